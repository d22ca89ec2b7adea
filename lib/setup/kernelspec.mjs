import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { writeWhole } from "./files.mjs";

/** What this step is called in messages. */
export const title = "notebook kernel";

/** The kernelspec as it should be: the template with this Node in it. The launcher is found relative to it. */
function wanted({ kernelTemplate }) {
	return readFileSync(kernelTemplate, "utf8").replace('"NODE"', JSON.stringify(process.execPath));
}

/** Why Jupyter would not start the kernel as it should, or undefined if it would. */
export function problem(at) {
	if (!existsSync(at.kernelspec)) return "not there";
	return readFileSync(at.kernelspec, "utf8") === wanted(at) ? undefined : "it changed";
}

/** Writes the kernelspec into .venv, nowhere else. */
export async function make(at) {
	mkdirSync(dirname(at.kernelspec), { recursive: true });
	writeWhole(at.kernelspec, wanted(at));
}
