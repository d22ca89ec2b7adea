import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { InputError, unknownName } from "../core/problem";
import { projectRoot } from "../core/root";
import type { Source } from "../experiment/source";
import { openStore, type Store } from "../experiment/store";
import { paperTable } from "../papers/paperTable";
import type { TablePlan } from "../papers/plan";
import { plannedTable } from "../papers/plannedSeconds";
import { runPaperTable } from "../papers/runPaperTable";
import { type Scale, scaleNamed } from "../papers/scale";
import { planOfStatistics, statisticsOf, statisticsTables } from "../papers/statisticsTables";
import type { PaperTable } from "../papers/table";
import { fileOfTable, paperNamed, plansOf } from "../papers/tables";
import { presets } from "../simulator/presets";
import { exportTable } from "../view/export";
import { toText } from "../view/markdown";
import { paperView } from "../view/paper";
import { duration, jobProgress } from "../view/progress";
import { command } from "./command";

interface Options {
	paper?: string;
	scale?: string;
	data: string;
	raw?: string;
	store?: string;
	write?: boolean;
	dryRun?: boolean;
}

/** Paper → the number that begins its notebook's name. */
const NOTEBOOKS: Readonly<Record<string, string>> = { esmm: "04" };
/** Impressions a second that are simulated and counted for a table of statistics, where nothing was measured. */
const COUNTED = 100_000;

function notebooksOf(paper: string | undefined): string[] {
	const all = readdirSync(join(projectRoot(), "notebooks")).filter((name) => name.endsWith(".ipynb"));
	const begins = paper === undefined ? "" : (NOTEBOOKS[paper] ?? "none");
	return all.filter((name) => name.startsWith(begins)).sort();
}

/** Executes one notebook in a kernel of its own; its executed copy is written whole. */
function executeNotebook(name: string, env: Record<string, string>, signal: AbortSignal): Promise<void> {
	const root = projectRoot();
	const python = join(root, ".venv/bin/python");
	if (!existsSync(python)) throw new InputError("there is no .venv yet: `npm run setup` makes it");
	const [from, to] = [join(root, "notebooks", name), join(env.FIGURES, "notebooks", name)];
	return new Promise((done, reject) => {
		const child = spawn(python, [join(root, "lib/setup/execute.py"), from, to], {
			stdio: ["ignore", 2, 2],
			env: { ...process.env, ...env },
		});
		signal.addEventListener("abort", () => child.kill("SIGINT"));
		child.on("error", reject);
		child.on("exit", (code) => {
			if (signal.aborted) reject(new Error("stopped; the same command goes on with the runs that are missing"));
			else if (code === 0) done();
			else reject(new Error(`${name} did not run to its end (see above)`));
		});
	});
}

/** The log that tables are computed on, as its paper reads it; undefined for simulated ones. */
function sourceFor({ protocol, title }: TablePlan, raw: string | undefined): Source | undefined {
	if (raw === undefined) return undefined;
	if (!protocol.own) throw new InputError(`${title} was not computed on Ali-CCP: leave --data out`);
	return { source: "aliccp", raw, protocol: protocol.own.protocol };
}

/** The raw folder of `--data aliccp`; undefined for the simulator. */
function rawOf({ data, raw }: Options): string | undefined {
	if (data !== "simulator" && data !== "aliccp") throw unknownName("data", data, ["simulator", "aliccp"]);
	if (data === "simulator" && raw !== undefined) throw new InputError("--raw belongs to --data aliccp");
	if (data === "aliccp" && raw === undefined)
		throw new InputError("--data aliccp needs --raw DIR, the folder with the raw files");
	return raw;
}

interface Asked {
	scale: Scale;
	paper?: string;
	raw?: string;
	store: Store;
}

/** Every table with its runs and seconds, before anything starts. */
async function planned({ scale, paper, raw, store }: Asked) {
	const plans = raw === undefined ? plansOf(paper) : plansOf(paper).filter(({ protocol }) => protocol.own);
	const tables = await Promise.all(
		plans.map((plan) => plannedTable(plan, { scale, data: sourceFor(plan, raw), store })),
	);
	const { aliccp, esm2, seeds } = planOfStatistics(scale);
	const counted = Object.entries(raw === undefined ? statisticsOf : {})
		.filter(([of]) => paper === undefined || of === paper)
		.flatMap(([of, names]) => names.map((table) => ({ paper: of, table })))
		.map((of) => {
			const { preset, rows = presets[preset].N } = of.paper === "esm2" ? esm2 : aliccp;
			const seconds = Math.ceil((seeds * rows) / COUNTED);
			return { ...of, preset, rows, seeds, runs: 0, stored: 0, seconds, from: `${COUNTED} impressions a second` };
		});
	return { plans, all: [...tables, ...counted] };
}

command<Options>(
	"reproduce",
	"Executes the notebooks headless, trains what is missing, and writes figures/.",
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
			.option("--dry-run", "says which runs there would be and how long they would take, and starts nothing"),
	async (options, signal) => {
		const begun = performance.now();
		const scale = scaleNamed(options.scale);
		const paper = options.paper === undefined ? undefined : paperNamed(options.paper);
		const raw = rawOf(options);
		const notebooks = raw === undefined ? notebooksOf(paper) : [];
		const folder = options.store === undefined ? undefined : resolve(options.store);
		const store = openStore(folder, options.dryRun ? "read" : "write");
		const { plans, all } = await planned({ scale, paper, raw, store });
		if (all.length === 0 && notebooks.length === 0)
			throw new InputError(
				`there is no table${raw === undefined ? "" : " on Ali-CCP"} of ${paper} yet: take one of ${[...new Set([...plansOf(undefined).map((plan) => plan.paper), ...Object.keys(statisticsOf)])].join(", ")}`,
			);
		const total = all.reduce((sum, { seconds }) => sum + seconds, 0);
		const lines = [
			`${scale}: ${notebooks.join(", ") || "no notebooks"}`,
			...all.map((one) => {
				const log = one.preset === undefined ? "" : ` on ${one.seeds} logs of ${one.preset}, ${one.rows} impressions`;
				const runs = one.runs === 0 ? "counted" : `${one.runs} runs (${one.stored} in the store)`;
				return `${one.paper}, ${one.table}: ${runs}${log}, about ${duration(one.seconds)} (${one.from})`;
			}),
			`in all about ${duration(total)} for these tables`,
		];
		if (options.dryRun) return { json: { scale, notebooks, planned: all, seconds: total }, text: lines.join("\n") };
		process.stderr.write(`${lines.join("\n")}\n`);
		const figures = resolve(process.env.FIGURES || join(projectRoot(), "figures"));
		mkdirSync(join(figures, "notebooks"), { recursive: true });
		const env = { SCALE: scale, FIGURES: figures, ...(folder === undefined ? {} : { STORE: folder }) };
		for (const [i, name] of notebooks.entries()) {
			process.stderr.write(`[${i + 1}/${notebooks.length}] ${name}, scale ${scale}\n`);
			await executeNotebook(name, env, signal);
			if (options.write) copyFileSync(join(figures, "notebooks", name), join(projectRoot(), "notebooks", name));
		}
		const tables: PaperTable[] = raw === undefined ? await statisticsTables({ scale, paper, signal }) : [];
		for (const plan of plans) {
			const data = sourceFor(plan, raw);
			const table = await paperTable(
				await runPaperTable(plan, { scale, data, store, signal, on: jobProgress(plan.title) }),
			);
			exportTable(paperView(table), `${fileOfTable(plan)}${data ? "-aliccp" : ""}`, { folder: figures });
			tables.push(table);
		}
		const seconds = Math.round((performance.now() - begun) / 1000);
		const text = [
			...tables.map((table) => toText(paperView(table))),
			`${seconds} s; figures and executed notebooks are in ${figures}`,
		];
		return { json: { tables, seconds }, text: text.join("\n") };
	},
);
