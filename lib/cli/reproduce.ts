import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { InputError, unknownName } from "../core/problem";
import { projectRoot } from "../core/root";
import { openStore } from "../experiment/store";
import { planOfTable2, runTable2, table2 } from "../papers/esmm";
import { type Scale, scaleNamed } from "../papers/scale";
import { planOfStatistics, statisticsOf, statisticsTables } from "../papers/statisticsTables";
import { toText } from "../view/markdown";
import { paperView } from "../view/paper";
import { command } from "./command";

interface Options {
	paper?: string;
	scale?: string;
	store?: string;
	write?: boolean;
	dryRun?: boolean;
}

/** Paper → the number that begins its notebook's name. */
const papers: Record<string, string> = { esmm: "04" };

function notebooksOf(paper: string | undefined): string[] {
	if (paper !== undefined && !Object.hasOwn(papers, paper)) throw unknownName("paper", paper, Object.keys(papers));
	const all = readdirSync(join(projectRoot(), "notebooks")).filter((name) => name.endsWith(".ipynb"));
	return all.filter((name) => paper === undefined || name.startsWith(papers[paper])).sort();
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

command<Options>(
	"reproduce",
	"Executes the notebooks headless, trains what is missing, and writes figures/.",
	(c) =>
		c
			.option("--paper <name>", "only one paper: esmm")
			.option("--scale <name>", "tiny, demo or full (default demo)")
			.option("--store <dir>", "where results lie (default data/runs)")
			.option("--write", "also puts the executed notebooks back into notebooks/")
			.option("--dry-run", "says what would be executed and starts nothing"),
	async (options, signal) => {
		const begun = performance.now();
		const scale: Scale = scaleNamed(options.scale);
		const notebooks = notebooksOf(options.paper);
		const figures = join(projectRoot(), "figures");
		if (options.dryRun) {
			const plan = planOfTable2(scale);
			const text = `${scale}: ${notebooks.join(", ")}; ESMM's Table 2: ${plan.runs} runs on ${plan.seeds} logs of preset ${plan.preset}`;
			const counted = Object.entries(statisticsOf)
				.filter(([paper]) => options.paper === undefined || options.paper === paper)
				.flatMap(([paper, names]) => names.map((table) => ({ paper, table, runs: 0, ...planOfStatistics(scale) })));
			const planned = [{ paper: "esmm", table: "Table 2", ...plan }, ...counted];
			return { json: { scale, notebooks, planned }, text: `${text}; statistics: ${counted.length} tables` };
		}
		const folder = options.store === undefined ? undefined : resolve(options.store);
		const store = openStore(folder);
		mkdirSync(join(figures, "notebooks"), { recursive: true });
		const env = { SCALE: scale, FIGURES: figures, ...(folder === undefined ? {} : { STORE: folder }) };
		for (const [i, name] of notebooks.entries()) {
			process.stderr.write(`[${i + 1}/${notebooks.length}] ${name}, scale ${scale}\n`);
			await executeNotebook(name, env, signal);
			if (options.write) copyFileSync(join(figures, "notebooks", name), join(projectRoot(), "notebooks", name));
		}
		const statistics = await statisticsTables({ scale, paper: options.paper, signal });
		const tables = [...statistics, table2(await runTable2({ scale, store, signal }))];
		const seconds = Math.round((performance.now() - begun) / 1000);
		const text = [
			...tables.map((table) => toText(paperView(table))),
			`${seconds} s; figures and executed notebooks are in figures/`,
		];
		return { json: { tables, seconds }, text: text.join("\n") };
	},
);
