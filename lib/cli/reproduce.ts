import { copyFileSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { InputError, unknownName } from "../core/problem";
import { projectRoot } from "../core/root";
import { checkResultsFolder } from "../experiment/committed";
import { openStore } from "../experiment/store";
import { type Scale, scaleNamed } from "../papers/scale";
import { statisticsOf, statisticsTables } from "../papers/statistics/statisticsTables";
import { expectedSeconds, plannedRuns } from "../papers/table/plannedSeconds";
import type { PaperTable } from "../papers/table/table";
import { paperNamed, plansOf } from "../papers/tables";
import { figuresFolder } from "../view/figuresFolder";
import { toText } from "../view/markdown";
import { orderingsView } from "../view/papers/orderings";
import { paperView } from "../view/papers/paper";
import { duration, progress } from "../view/progress";
import { command } from "./command";
import { executeNotebook, notebooksOf } from "./executeNotebook";
import { basisOf, counted, doRuns, lineOf, neededFor } from "./reproduceRuns";
import { writeTables } from "./reproduceTables";

interface Options {
	paper?: string;
	scale?: string;
	data: string;
	raw?: string;
	store?: string;
	write?: boolean;
	keep?: boolean;
	dryRun?: boolean;
}

/** Seconds of a notebook that finds its runs in the store. */
const NOTEBOOK = 20;

/** The raw folder of `--data aliccp`; undefined for the simulator. */
function rawOf({ data, raw }: Options): string | undefined {
	if (data !== "simulator" && data !== "aliccp") throw unknownName("data", data, ["simulator", "aliccp"]);
	if (data === "simulator" && raw !== undefined) throw new InputError("--raw belongs to --data aliccp");
	if (data === "aliccp" && raw === undefined)
		throw new InputError("--data aliccp needs --raw DIR, the folder with the raw files");
	return raw;
}

command<Options>(
	"reproduce",
	"Trains what is missing, executes the notebooks headless, and writes figures/ (of other scales than demo: figures/SCALE/).",
	(c) =>
		c
			.option("--paper <name>", "only one paper: esmm, esm2, hm3, metacvr or cstwa")
			.option("--scale <name>", "tiny, demo or full (default demo)")
			.option(
				"--data <source>",
				"simulator, or aliccp: the tables of papers that used it, without notebooks",
				"simulator",
			)
			.option("--raw <dir>", "aliccp: folder of the raw files")
			.option("--store <dir>", "where results lie (default data/runs)")
			.option("--write", "also puts the executed notebooks back into notebooks/")
			.option("--keep", "does the runs alone, and keeps each result as it comes under data/results, to be committed")
			.option("--dry-run", "says which runs there would be and how long they would take, and starts nothing"),
	async (options, signal) => {
		const begun = performance.now();
		const scale = scaleNamed(options.scale);
		const paper = options.paper === undefined ? undefined : paperNamed(options.paper);
		const raw = rawOf(options);
		const keep = options.keep ?? false;
		const notebooks = raw === undefined && !keep ? notebooksOf(paper) : [];
		const folder = options.store === undefined ? undefined : resolve(options.store);
		const store = openStore(folder, options.dryRun ? "read" : "write");
		if (keep && !options.dryRun) checkResultsFolder();
		const asked = { scale, paper, raw, store };
		const needed = await neededFor(asked);
		const expected = { store, expected: expectedSeconds(store), before: new Set<string>() };
		const all = [
			...[...needed.tables, ...needed.further].map((one) => plannedRuns(one, expected)),
			...(keep ? [] : counted(asked)),
		];
		if (all.length === 0 && notebooks.length === 0)
			throw new InputError(
				`there is no table${raw === undefined ? "" : " on Ali-CCP"} of ${paper} yet: take one of ${[...new Set([...plansOf(undefined).map((plan) => plan.paper), ...Object.keys(statisticsOf)])].join(", ")}`,
			);
		const total = all.reduce((sum, { seconds }) => sum + seconds, NOTEBOOK * notebooks.length);
		const lines = [
			`${scale}: ${notebooks.join(", ") || "no notebooks"}`,
			...all.map(lineOf),
			...basisOf(needed, store),
			`in all about ${duration(total)}${notebooks.length > 0 ? `, ${NOTEBOOK} s of them for each notebook` : ""}`,
		];
		if (options.dryRun) return { json: { scale, notebooks, planned: all, seconds: total }, text: lines.join("\n") };
		process.stderr.write(`${lines.join("\n")}\n`);
		const seconds = () => Math.round((performance.now() - begun) / 1000);
		const { written, runs } = await doRuns({ ...asked, keep, signal }, needed);
		if (keep) {
			const text = `${written} results are new in data/results, of ${runs.size} runs; ${seconds()} s`;
			return { json: { runs: runs.size, kept: written, seconds: seconds() }, text };
		}
		const figures = resolve(figuresFolder(scale));
		mkdirSync(join(figures, "notebooks"), { recursive: true });
		const env = { SCALE: scale, FIGURES: figures, ...(folder === undefined ? {} : { STORE: folder }) };
		for (const [i, name] of notebooks.entries()) {
			process.stderr.write(`[${i + 1}/${notebooks.length}] ${name}, scale ${scale}\n`);
			await executeNotebook(name, env, signal);
			if (options.write) copyFileSync(join(figures, "notebooks", name), join(projectRoot(), "notebooks", name));
		}
		const statistical = counted(asked).length > 0 ? await statistics({ scale, paper, signal }) : [];
		const { tables, orderings } = await writeTables(asked, needed, { folder: figures, counted: statistical });
		const text = [
			...tables.map((table) => toText(paperView(table))),
			...(orderings ? [toText(orderingsView(orderings))] : []),
			`${seconds()} s; figures and executed notebooks are in ${figures}`,
		];
		return {
			json: { tables, ...(orderings ? { orderings } : {}), seconds: seconds() },
			text: text.join("\n"),
		};
	},
);

/** The tables that describe logs, under a display of their own. */
async function statistics(of: { scale: Scale; paper?: string; signal: AbortSignal }): Promise<PaperTable[]> {
	const shown = progress({ label: "statistics of logs", total: 1 });
	return statisticsTables({ ...of, progress: (done, total) => shown.update(done / total) }).finally(() => shown.end());
}
