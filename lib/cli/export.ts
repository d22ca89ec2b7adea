import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { InputError, unknownName } from "../core/problem";
import { projectRoot } from "../core/root";
import { halfOf } from "../data/leftovers";
import { checkWritable } from "../data/writable";
import { savedRun } from "../experiment/savedRun";
import { openStore } from "../experiment/store";
import { scaleNamed } from "../papers/scale";
import { paperTable } from "../papers/table/paperTable";
import { namesOf, storedPaperRuns } from "../papers/table/runPaperTable";
import { fileOfTable, nameOfTable, tablePlans } from "../papers/tables";
import { MODEL } from "../train/modelFile";
import { exportTable } from "../view/export";
import { paperView } from "../view/papers/paper";
import { command } from "./command";

interface Options {
	model?: string;
	table?: string;
	figure?: string;
	format?: string;
	scale?: string;
	out?: string;
	store?: string;
}

/** Format → how its files end. */
const TABLES: Readonly<Record<string, string>> = { latex: "tex", markdown: "md", csv: "csv", html: "html" };
const FIGURES: Readonly<Record<string, string>> = { svg: "svg", png: "png", pdf: "pdf" };

/** How the files of a format end. */
function endOf(kind: "table" | "figure", format: string): string {
	const formats = kind === "table" ? TABLES : FIGURES;
	if (!Object.hasOwn(formats, format)) throw unknownName("format", format, Object.keys(formats));
	return `.${formats[format]}`;
}

/** Tables that can be asked for: those that are there as files, and those that runs give. */
const tableNames = (files: readonly string[]): string[] => [
	...new Set([
		...tablePlans.map(nameOfTable),
		...files.map((one) => one.replace(/^([\w-]+?)-table-([\w-]+)$/, "$1/$2")),
	]),
];

const figuresFolder = (): string => process.env.FIGURES || join(projectRoot(), "figures");

/** A file that the notebooks and `reproduce` wrote. */
function written(kind: "table" | "figure", name: string, format: string): string {
	const [folder, end] = [figuresFolder(), endOf(kind, format)];
	const stem = name.replace(/^([\w-]+)\/(\w+)$/, "$1-table-$2");
	const file = join(folder, `${stem}${end}`);
	if (existsSync(file)) return file;
	const there = existsSync(folder) ? readdirSync(folder).filter((one) => one.endsWith(end)) : [];
	const names = there.map((one) => one.slice(0, -end.length));
	const known = kind === "table" ? tableNames(names) : names;
	throw new InputError(`${unknownName(kind, name, known).message}; "npm run reproduce" writes what is missing`);
}

/** A paper's table: the file that is there, else one that is built from results in the store. */
async function tableFile(name: string, format: string, { scale, store }: Options): Promise<string> {
	const plan = tablePlans.find((one) => nameOfTable(one) === name);
	const file = plan && join(figuresFolder(), `${fileOfTable(plan)}${endOf("table", format)}`);
	if (!plan || !file || (scale === undefined && existsSync(file))) return written("table", name, format);
	const at = scaleNamed(scale);
	const runs = await storedPaperRuns(plan, { scale: at, store: openStore(store, "read") });
	if ("missing" in runs)
		throw new InputError(
			`${name} at scale ${at}: ${runs.missing.length} of ${runs.runs} runs are not in the store (${namesOf(runs.missing)}); "npm run reproduce -- --paper ${plan.paper} --scale ${at}" does them`,
		);
	const formats = [TABLES[format] as "md" | "html" | "tex" | "csv"];
	return exportTable(paperView(await paperTable(runs)), `${fileOfTable(plan)}${scale === undefined ? "" : `-${at}`}`, {
		formats,
	})[0];
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
			.option("--scale <name>", "a table's: builds it from the runs of that scale in the store, though a file is there")
			.option("--format <name>", "a table's: latex, markdown (default), csv, html; a figure's: svg (default), png, pdf")
			.option("--out <path>", "copies it there")
			.option("--store <dir>", "where runs lie (default data/runs)"),
	async (options) => {
		const { model, table, figure, format, out, store, scale } = options;
		if ([model, table, figure].filter((one) => one !== undefined).length !== 1)
			throw new InputError("say one of --model R, --table PAPER/N and --figure NAME");
		if (model !== undefined && format !== undefined)
			throw new InputError("--format belongs to --table and --figure: a model is a folder of safetensors and JSON");
		if (scale !== undefined && table === undefined)
			throw new InputError("--scale belongs to --table: it says which runs a table is built from");
		const from =
			model !== undefined
				? savedRun(openStore(store, "read"), model)
				: table !== undefined
					? await tableFile(table, format ?? "markdown", options)
					: written("figure", figure as string, format ?? "svg");
		const file = out === undefined ? relative(".", from) : copied(from, out);
		return { json: { file }, text: file };
	},
);
