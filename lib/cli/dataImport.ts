import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { InputError } from "../core/problem";
import { memorySize } from "../data/duckdb";
import { importAliExpress } from "../data/files/aliexpress";
import { type ImportFiles, importFiles } from "../data/files/importFiles";
import { importOpenBandit } from "../data/files/openBandit";
import { parseSchemaFile } from "../data/files/schemaFile";
import { bucketsIn, type Card, type PerPart } from "../data/prepared/card";
import { toText } from "../view/markdown";
import { duration, type Progress, progress } from "../view/progress";
import type { Table } from "../view/table";
import { type Job, wholeNumber } from "./command";

interface Options {
	schema: string;
	out: string;
	memory?: string;
	minFrequency: number;
}

const builtIn: Readonly<Record<string, (options: Omit<ImportFiles, "schema" | "reader">) => Promise<Card>>> = {
	aliexpress: importAliExpress,
	openBandit: importOpenBandit,
};

const HELP = `
The schema file is JSON:
  {"user":"uid","time":"ts","events":{"click":"is_click","conversion":"is_buy"},"implies":{"conversion":"click"},
   "features":{"cat":{"kind":"id"},"price":{"kind":"number"},"tags":{"kind":"ids","weights":"w"}},
   "split":{"by":"time","valid":0.1,"test":0.2}}
events, features and split are needed.
  kind "id"      whole numbers or text. Where all are whole numbers, 0 and below mean "absent"; with "text":true they are ids
  kind "ids"     lists: in CSV 1|2|3 or [1,2,3] or ["a","b"]; "weights" names a column with a number for each
  kind "number"  a missing one becomes the mean of the training part; with "numbers":"quantiles" beside "features" numbers are ids,
                 their buckets among 32 quantiles of the training part, and a missing one is 0, a code of its own
  group          "user", "item", "cross" or "context" of any feature: models may give items another width of embeddings
  split          {"by":"time","column":C,"valid":V,"test":T} along a column's span (the time, unless a column is named)
                 {"by":"user"|"row","valid":V,"test":T,"seed":N} drawn; {"by":"column","column":C} holds train, valid, test
                 {"by":"file","test":["test*.csv"],"valid":V,"seed":N,"group":C} test by file name, validation drawn
  truth, oracle  of simulated logs: {"conversion|click":"its column"}, and columns that no model may see
Built in: --schema aliexpress (train.csv test.csv of a country), --schema openBandit (one log, as random/men/men.csv).`;

/** `npm run data -- import`: a log of one's own becomes a prepared folder. */
export const importJob: Job<Options> = {
	about: "Prepares a log of your own, CSV (also .gz, tab-separated) or Parquet, by a schema file.",
	define: (options) =>
		options
			.argument("<FILE...>", "files of the log, in order")
			.requiredOption("--schema <S.json>", "what the columns mean; or aliexpress, openBandit")
			.requiredOption("--out <DIR>", "folder of the prepared log")
			.option("--memory <SIZE>", "most memory of the data engine, as 1GB")
			.option(
				"--min-frequency <N>",
				'ids in fewer training rows become "unknown"',
				wholeNumber("--min-frequency", 1),
				10,
			)
			.addHelpText("after", HELP),
	work: async ({ schema, out, memory, minFrequency }, signal, files) => {
		const begun = performance.now();
		if (memory !== undefined) memorySize(memory);
		let shown: Progress | undefined;
		const common = {
			...{ files, out, memory, minFrequency, signal },
			progress: (share: number, words: string) => {
				shown ??= progress({ label: "import", total: 1 });
				shown.update(share, words);
			},
		};
		const work = Object.hasOwn(builtIn, schema)
			? builtIn[schema](common)
			: importFiles({ ...common, schema: await schemaOf(schema) });
		const card = await work.finally(() => shown?.end());
		const seconds = (performance.now() - begun) / 1000;
		const peakMemoryMB = Math.round(process.resourceUsage().maxRSS / 1024);
		return { json: jsonOf(card, seconds, peakMemoryMB), text: pageOf(card, out, seconds, peakMemoryMB) };
	},
};

async function schemaOf(path: string) {
	const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
		throw new InputError(
			`--schema ${path} cannot be read (${cause.code}): give a schema file, or ${Object.keys(builtIn).join(" or ")}`,
		);
	});
	return parseSchemaFile(text, basename(path));
}

const vocabularyOf = ({ fields }: Card): Record<string, number> =>
	Object.fromEntries(fields.flatMap((field) => (field.kind === "number" ? [] : [[field.name, field.size - 1]])));

const byReason = (list: Card["dropped"]) => Object.fromEntries(list.map(({ reason, count }) => [reason, count]));

const jsonOf = (card: Card, seconds: number, peakMemoryMB: number): object => ({
	rows: card.rows,
	clicks: card.events.click ?? null,
	conversions: card.events.conversion ?? null,
	events: card.events,
	read: card.read,
	dropped: byReason(card.dropped),
	remarks: byReason(card.remarks),
	vocabulary: vocabularyOf(card),
	unknown: card.unknown,
	files: card.files,
	fingerprint: card.fingerprint,
	seconds,
	peakMemoryMB,
});

/** Statistics of a prepared log, for people. */
function pageOf(card: Card, out: string, seconds: number, peakMemoryMB: number): string {
	const columns = (names: string[]) => names.map((name, i) => ({ name, align: i === 0 ? "left" : "right" }) as const);
	const parts = ["train", "valid", "test"] as const;
	const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
	const spaceOf = (event: string): [string, PerPart] => {
		const needs = card.schema.implies[event];
		return needs === undefined ? ["impression", card.rows] : [needs, card.events[needs]];
	};
	const row = (name: string, of: PerPart) => [name, ...parts.map((part) => of[part])];
	const rates = Object.entries(card.events).map(([event, of]) => {
		const [space, whole] = spaceOf(event);
		return [`${event}|${space}`, ...parts.map((part) => (whole[part] === 0 ? null : percent(of[part] / whole[part])))];
	});
	const rows: Table = {
		title: `${card.name}: ${card.read} rows read`,
		columns: columns(["", ...parts]),
		rows: [row("rows", card.rows), ...Object.entries(card.events).map(([event, of]) => row(event, of)), ...rates],
		notes: [`split ${JSON.stringify(card.split)}`],
	};
	const counted = [
		...card.dropped.map((one) => ["dropped", one] as const),
		...card.remarks.map((one) => ["remark", one] as const),
	];
	const left: Table = {
		title: "What was left out, or noticed",
		columns: [{ name: "" }, { name: "rows", align: "right" }, { name: "why" }, { name: "first" }],
		rows: counted.map(([what, { reason, count, first }]) => [what, count, reason, first]),
		notes: counted.length === 0 ? ["Nothing: every row is kept."] : [],
	};
	const vocabulary: Table = {
		title: `Features (vocabulary from the training part, ids in at least ${card.minFrequency} of its rows)`,
		columns: columns(["feature", "kind", "ids", "unknown in train", "in valid", "in test"]),
		rows: card.fields.map((field) =>
			field.kind === "number" || bucketsIn(field) !== undefined
				? [
						field.name,
						["number", ...(field.kind === "number" ? [] : [`${bucketsIn(field)} buckets`])].join(", "),
						null,
						null,
						null,
						null,
					]
				: [field.name, field.kind, field.size - 1, ...parts.map((part) => percent(card.unknown[field.name][part]))],
		),
		notes: [],
	};
	const end = `${out} is ready after ${duration(seconds)}, at most ${peakMemoryMB} MB: train on it with npm run train -- --model esmm --seed 1 --data ${out}`;
	return [...[rows, left, vocabulary].map(toText), end].join("\n");
}
