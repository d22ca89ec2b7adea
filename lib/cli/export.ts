import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { InputError, unknownName } from "../core/problem";
import { projectRoot } from "../core/root";
import { halfOf } from "../data/leftovers";
import { checkWritable } from "../data/writable";
import { savedRun } from "../experiment/savedRun";
import { openStore } from "../experiment/store";
import { MODEL } from "../train/modelFile";
import { command } from "./command";

interface Options {
	model?: string;
	table?: string;
	figure?: string;
	format?: string;
	out?: string;
	store?: string;
}

/** Format → how its files end. */
const TABLES: Readonly<Record<string, string>> = { latex: "tex", markdown: "md", csv: "csv", html: "html" };
const FIGURES: Readonly<Record<string, string>> = { svg: "svg", png: "png", pdf: "pdf" };

/** A file that the notebooks and `reproduce` wrote. */
function written(kind: "table" | "figure", name: string, format: string): string {
	const formats = kind === "table" ? TABLES : FIGURES;
	if (!Object.hasOwn(formats, format)) throw unknownName("format", format, Object.keys(formats));
	const folder = process.env.FIGURES ?? join(projectRoot(), "figures");
	const end = `.${formats[format]}`;
	const stem = name.replace(/^([\w-]+)\/(\w+)$/, "$1-table-$2");
	const file = join(folder, `${stem}${end}`);
	if (existsSync(file)) return file;
	const there = existsSync(folder) ? readdirSync(folder).filter((one) => one.endsWith(end)) : [];
	const names = there.map((one) => one.slice(0, -end.length));
	const known = kind === "table" ? names.map((one) => one.replace(/^([\w-]+)-table-(\w+)$/, "$1/$2")) : names;
	throw new InputError(`${unknownName(kind, name, known).message}; "npm run reproduce" writes what is missing`);
}

/** Copies a file or a folder to a new place, whole. */
function copied(from: string, to: string): string {
	if (to === "") throw new InputError("--out has no name: give a path that is not there yet");
	if (existsSync(to)) throw new InputError(`--out ${to} is there: give another name`);
	checkWritable(
		dirname(to),
		(why) => `--out ${to} cannot be written (${why}): give a path in a folder that can be written to`,
	);
	mkdirSync(dirname(to), { recursive: true });
	const half = halfOf(to);
	if (existsSync(join(from, MODEL))) cpSync(from, half, { recursive: true });
	else copyFileSync(from, half);
	renameSync(half, to);
	return to;
}

command<Options>(
	"export",
	"Gives a trained model, a table or a figure as a file: says where it lies, or copies it.",
	(c) =>
		c
			.option("--model <R>", "a run's hash, or its first 6 characters or more")
			.option("--table <name>", "as esmm/2: ESMM's Table 2")
			.option("--figure <name>", "as funnel")
			.option("--format <name>", "a table's: latex, markdown (default), csv, html; a figure's: svg (default), png, pdf")
			.option("--out <path>", "copies it there")
			.option("--store <dir>", "where runs lie (default data/runs)"),
	async ({ model, table, figure, format, out, store }) => {
		if ([model, table, figure].filter((one) => one !== undefined).length !== 1)
			throw new InputError("say one of --model R, --table PAPER/N and --figure NAME");
		if (model !== undefined && format !== undefined)
			throw new InputError("--format belongs to --table and --figure: a model is a folder of safetensors and JSON");
		const from =
			model !== undefined
				? savedRun(openStore(store, "read"), model)
				: table !== undefined
					? written("table", table, format ?? "markdown")
					: written("figure", figure as string, format ?? "svg");
		const file = out === undefined ? relative(".", from) : copied(from, out);
		return { json: { file }, text: file };
	},
);
