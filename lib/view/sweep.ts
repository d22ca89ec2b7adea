import { localPool } from "../experiment/pool";
import type { Runner } from "../experiment/runJobs";
import { openStore, type Store } from "../experiment/store";
import type { SweepOutcome } from "../experiment/sweep/outcome";
import { readSweep } from "../experiment/sweep/readSpec";
import { ownRunner, runSweep } from "../experiment/sweep/runSweep";
import type { ModelName, SweepSpec, SweptModel } from "../experiment/sweep/spec";
import { show } from "./notebook";
import { type SweepSurface, sweepProgress, sweepTable } from "./sweepTable";

/** How `sweep` runs. */
export interface SweepOptions {
	/** Where results lie; that of `openStore()` unless said. */
	store?: Store;
	/** Where runs run: child processes of this machine, as many as cores, unless said; this process for models of one's own. */
	runner?: Runner;
	/** Opens the test part for the chosen trial of each model; the store records that it did. */
	final?: boolean;
	signal?: AbortSignal;
	/** Where the live table is drawn, for a test. */
	surface?: SweepSurface;
}

/**
 * Runs a sweep with a live table under the cell (in a terminal: a line), and shows its table at the end. Run again, it goes on where
 * it was stopped; changed, it runs what is new.
 *
 * `await sweep({ models: ["base", "esmm"], data: { source: "simulator", preset: "demo", rows: 50_000 }, seeds: [1, 2, 3],
 * space: { "*": { lr: { log: [1e-4, 1e-2] } } }, search: "random", trials: 8, choose: { metric: "auc(conversion|impression)" } })`
 *
 * @throws InputError a field of the specification that is wrong
 */
export async function sweep<const M extends ModelName | SweptModel>(
	spec: SweepSpec<M>,
	options: SweepOptions = {},
): Promise<SweepOutcome> {
	const { final, signal, surface } = options;
	const checked = readSweep(spec);
	const store = options.store ?? openStore();
	const runner = options.runner ?? (checked.own ? ownRunner(checked, store) : localPool({ store }));
	const live = sweepProgress(surface);
	try {
		const outcome = await runSweep(checked, { store, runner, final, signal, on: live.hear });
		live.end();
		await show(sweepTable(outcome));
		return outcome;
	} finally {
		live.end();
		if (!options.runner) await runner.close();
	}
}
