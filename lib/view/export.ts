import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { InputError } from "../core/problem";
import { inBrowser, type Studio } from "./browser";
import { toCsv } from "./csv";
import type { Figure } from "./figure";
import { figuresFolder } from "./figuresFolder";
import { toHtml } from "./html";
import { toLatex } from "./latex";
import { toMarkdown } from "./markdown";
import type { Table } from "./table";

/** The formats a figure is written in. */
export type FigureFormat = "svg" | "png" | "pdf";

/** The formats a table is written in. */
export type TableFormat = "md" | "html" | "tex" | "csv";

/**
 * The figure as SVG text, drawn by plotly.js in a headless browser: no scripts, the same bytes on every run.
 *
 * Ids inside the SVG come from the figure's content, so that two figures inlined in one page do not share them.
 * Throws an `InputError` that says what to install where there is no browser.
 */
export const svgOf = (figure: Figure): Promise<string> => inBrowser((studio) => draw(studio, figure));

/**
 * Writes the figure to `folder/NAME.svg`, `.png` (two pixels a CSS pixel) and `.pdf` (vector), each whole, and
 * answers the paths. The same figure gives the same bytes with the same browser.
 *
 * Default: all three formats, into `figuresFolder()`.
 */
export function exportFigure(
	figure: Figure,
	name: string,
	options: { formats?: FigureFormat[]; folder?: string } = {},
): Promise<string[]> {
	const { formats = ["svg", "png", "pdf"], folder } = options;
	const target = pathOf(name, folder);
	return inBrowser(async (studio) => {
		const svg = await draw(studio, figure);
		const files: string[] = [];
		for (const format of formats) {
			const file = `${target}.${format}`;
			if (format === "svg") writeWhole(file, svg);
			else writeWhole(file, await (format === "png" ? photograph : print)(studio, svg, sizeOf(figure)));
			files.push(file);
		}
		return files;
	});
}

/** Writes the table to `folder/NAME.md`, `.html`, `.tex`, `.csv`, each whole, and answers the paths. */
export function exportTable(
	table: Table,
	name: string,
	options: { formats?: TableFormat[]; folder?: string } = {},
): string[] {
	const { formats = ["md", "html", "tex", "csv"], folder } = options;
	const target = pathOf(name, folder);
	return formats.map((format) => {
		const file = `${target}.${format}`;
		writeWhole(file, TABLE_WRITERS[format](table));
		return file;
	});
}

const TABLE_WRITERS: Record<TableFormat, (table: Table) => string> = {
	md: toMarkdown,
	html: toHtml,
	tex: toLatex,
	csv: toCsv,
};

/**
 * Plotly draws random ids: they come from a generator (mulberry32) that starts from the figure's hash. And a page's first
 * drawing of a kind orders some attributes otherwise than later ones: every figure is drawn twice, the second time counts.
 */
async function draw({ plot }: Studio, figure: Figure): Promise<string> {
	const json = JSON.stringify(figure);
	const seed = createHash("sha256").update(json).digest().readInt32LE(0);
	const svg = await plot.evaluate<string>(`(async () => {
		let state;
		Math.random = () => {
			state = (state + 0x6d2b79f5) | 0;
			let t = Math.imul(state ^ (state >>> 15), 1 | state);
			t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
			return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
		};
		const size = ${JSON.stringify(sizeOf(figure))};
		const once = () => {
			state = ${seed};
			return Plotly.toImage(JSON.parse(${JSON.stringify(json)}), { format: "svg", imageDataOnly: true, ...size });
		};
		await once();
		return once();
	})()`);
	return `${svg}\n`;
}

async function photograph({ sheet }: Studio, svg: string, size: Size): Promise<Buffer> {
	await sheet.setViewportSize(size);
	await lay(sheet, svg);
	return sheet.screenshot({ type: "png" });
}

/** PDF, with the two dates that Chromium writes into it set to a fixed one of the same length. */
async function print({ sheet }: Studio, svg: string, size: Size): Promise<Buffer> {
	await lay(sheet, svg);
	const [width, height] = [`${size.width}px`, `${size.height}px`];
	const pdf = await sheet.pdf({ width, height, printBackground: true, pageRanges: "1" });
	const undated = pdf
		.toString("latin1")
		.replace(/(\/(?:Creation|Mod)Date \(D:)\d{14}/g, (_, before: string) => `${before}20200101000000`);
	return Buffer.from(undated, "latin1");
}

const lay = (sheet: Studio["sheet"], svg: string): Promise<unknown> =>
	sheet.evaluate(`void (document.body.innerHTML = ${JSON.stringify(svg)})`);

interface Size {
	width: number;
	height: number;
}

function sizeOf({ layout }: Figure): Size {
	const [width, height] = [layout.width ?? 700, layout.height ?? 450];
	if (typeof width !== "number" || typeof height !== "number" || !(width > 0) || !(height > 0))
		throw new InputError(`a figure's layout.width and layout.height are pixels, not ${width} × ${height}`);
	return { width, height };
}

function pathOf(name: string, folder = figuresFolder()): string {
	if (!/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(name))
		throw new InputError(`"${name}" is no name for a file: use letters, digits, "-", "_", "." and "/"`);
	return join(folder, name);
}

/** Under a temporary name beside the target, then renamed: a reader never sees half a file. */
function writeWhole(file: string, content: string | Buffer): void {
	mkdirSync(dirname(file), { recursive: true });
	const temporary = `${file}.${randomBytes(4).toString("hex")}`;
	writeFileSync(temporary, content);
	renameSync(temporary, file);
}
