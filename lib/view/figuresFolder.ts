import { join } from "node:path";
import { projectRoot } from "../core/root";
import { type Scale, scaleNamed } from "../papers/scale";

/**
 * The folder of figures and tables: the one that the environment variable FIGURES names, else the project's figures/, which holds those
 * of scale demo, with tiny/ and full/ in it for those of the other scales.
 *
 * @param scale default: that of the environment variable SCALE, else demo
 */
export const figuresFolder = (scale: Scale = scaleNamed()): string =>
	process.env.FIGURES || join(projectRoot(), "figures", ...(scale === "demo" ? [] : [scale]));
