import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import { projectRoot } from "../core/root";
import { svgOf } from "./export";
import { type Figure, isFigure } from "./figure";
import { toHtml } from "./html";
import { toMarkdown, toText } from "./markdown";
import { isTable, type Table } from "./table";

/** Contents by MIME type: a front end shows the richest one it knows. */
export type Bundle = Record<string, unknown>;

interface Message {
	data: Bundle;
	metadata: Bundle;
	transient: Bundle;
}
type Writer = (message: Message, update: boolean) => void;

/** The kernel's own module, where this process is a notebook kernel: only then it has been loaded. */
function writer(): Writer | undefined {
	const load = createRequire(join(projectRoot(), "package.json"));
	const kernel = load.cache[load.resolve("tslab/dist/jupyter.js")];
	return kernel?.exports.lastWriteDisplayData ?? undefined;
}

/** Whether this process is a notebook kernel. */
export const inNotebook = (): boolean => writer() !== undefined;

/**
 * Shows a table or a figure under the cell; outside a notebook, prints it.
 *
 * A figure goes out as Plotly JSON, which JupyterLab shows interactive, with its SVG beside it, which nbconvert
 * and code hosts show. Where no browser is there to draw the SVG, the interactive figure is shown alone, and a
 * line says so.
 */
export async function show(what: Table | Figure): Promise<void> {
	const write = writer();
	const text = isTable(what) ? toText(what) : `Figure: ${titleOf(what)}`;
	if (!write) {
		process.stdout.write(`${text}\n`);
		return;
	}
	const data = isFigure(what) ? await figureBundle(what) : tableBundle(what);
	write({ data: { ...data, "text/plain": text }, metadata: {}, transient: {} }, false);
}

const tableBundle = (table: Table): Bundle => ({ "text/html": toHtml(table), "text/markdown": toMarkdown(table) });

async function figureBundle(figure: Figure): Promise<Bundle> {
	const interactive = { "application/vnd.plotly.v1+json": figure };
	try {
		return { ...interactive, "image/svg+xml": await svgOf(figure) };
	} catch (problem) {
		process.stderr.write(`${problem instanceof Error ? problem.message : problem}\n`);
		return interactive;
	}
}

function titleOf({ layout }: Figure): string {
	const title = layout.title;
	const text = title && typeof title === "object" && "text" in title ? title.text : title;
	return String(text ?? "").replace(/<[^>]*>/g, "");
}

/** An output under the cell that can be replaced; undefined outside a notebook. */
export function liveOutput(): ((html: string, text: string) => void) | undefined {
	const write = writer();
	if (!write) return undefined;
	const transient = { display_id: randomBytes(8).toString("hex") };
	let shown = false;
	return (html, text) => {
		write({ data: { "text/html": html, "text/plain": text }, metadata: {}, transient }, shown);
		shown = true;
	};
}
