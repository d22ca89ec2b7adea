import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { InputError, unknownName } from "../core/problem";
import { halfOf } from "../data/leftovers";
import { checkWritable } from "../data/writable";
import { savedRun } from "../experiment/savedRun";
import { openStore } from "../experiment/store";
import { type Scale, scaleNamed } from "../papers/scale";
import { paperTable } from "../papers/table/paperTable";
import { namesOf, storedPaperRuns } from "../papers/table/runPaperTable";
import { fileOfTable, nameOfTable, papers, tablePlans } from "../papers/tables";
import { MODEL } from "../train/modelFile";
import { exportTable } from "../view/export";
import { figuresFolder } from "../view/figuresFolder";
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

/** A file to give, and the scale of its numbers where it is known. */
interface Given {
	file: string;
	scale?: Scale;
}

const OF_PAPER = new RegExp(`^(${papers.join("|")})[-/](?:table-)?(.+)$`);

/** "esm2-table-3", "esm2/table-3", "esm2/3": one name, the last; "esm2-figure-3" is "esm2/figure-3"; others are as they are. */
const nameOf = (stem: string): string => stem.replace(OF_PAPER, "$1/$2");

/** What `export --table … --scale` built: no table of its own. */
const isBuilt = (name: string): boolean => /-(tiny|demo)$/.test(name);

/** The scale of what lies in the folder of figures; where FIGURES names one, nobody knows who wrote it. */
const scaleOf = (name: string, at: Scale): Pick<Given, "scale"> =>
	process.env.FIGURES ? {} : { scale: name.endsWith("-full") ? "full" : at };

/** Files of a format in the folder of figures of a scale, by name. */
function written(end: string, at = scaleNamed()): Map<string, Given> {
	const folder = figuresFolder(at);
	const there = existsSync(folder) ? readdirSync(folder).filter((one) => one.endsWith(end)) : [];
	return new Map(
		there.map((one) => {
			const name = nameOf(one.slice(0, -end.length));
			return [name, { file: join(folder, one), ...scaleOf(name, at) }];
		}),
	);
}

const unknown = (kind: "table" | "figure", name: string, known: readonly string[]): InputError =>
	new InputError(
		`${unknownName(kind, name, [...new Set(known)].filter((one) => !isBuilt(one)).sort()).message}; "npm run reproduce" writes what is missing`,
	);

/** A figure that the notebooks wrote. */
function figureFile(given: string, format: string): Given {
	const there = written(endOf("figure", format));
	const found = there.get(nameOf(given));
	if (!found) throw unknown("figure", given, [...there.keys()]);
	return found;
}

/** A table: the file that is there, else, if runs give it, one that is built from results in the store. */
async function tableFile(given: string, format: string, { scale, store }: Options): Promise<Given> {
	const name = nameOf(given);
	const at = scaleNamed(scale);
	const there = written(endOf("table", format), at);
	const plan = tablePlans.find((one) => nameOf(nameOfTable(one)) === name);
	const found = plan && scale !== undefined ? undefined : there.get(name);
	if (found) return found;
	if (!plan) throw unknown("table", given, [...tablePlans.map(nameOfTable), ...there.keys()]);
	const runs = await storedPaperRuns(plan, { scale: at, store: openStore(store, "read") });
	if ("missing" in runs)
		throw new InputError(
			`${name} at scale ${at}: ${runs.missing.length} of ${runs.runs} runs are not in the store (${namesOf(runs.missing)}); "npm run reproduce -- --paper ${plan.paper} --scale ${at}" does them`,
		);
	const [file] = exportTable(
		paperView(await paperTable(runs)),
		`${fileOfTable(plan)}${scale === undefined ? "" : `-${at}`}`,
		{ formats: [TABLES[format] as "md" | "html" | "tex" | "csv"], folder: figuresFolder(at) },
	);
	return { file, scale: at };
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
			.option("--table <name>", "as esmm/2, or its file's name esmm-table-2: ESMM's Table 2")
			.option("--figure <name>", "as funnel or esm2/figure-4")
			.option(
				"--scale <name>",
				"a table's (default demo): builds it from the runs of that scale in the store, though a file is there",
			)
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
		const from: Given =
			model !== undefined
				? { file: savedRun(openStore(store, "read"), model) }
				: table !== undefined
					? await tableFile(table, format ?? "markdown", options)
					: figureFile(figure as string, format ?? "svg");
		const file = out === undefined ? relative(".", from.file) : copied(from.file, out);
		const words = from.scale ? `scale ${from.scale}` : "of the scale it was written at";
		return {
			json: { file, ...(from.scale ? { scale: from.scale } : {}) },
			text: model === undefined ? `${file} (${words})` : file,
		};
	},
);
