import type { JobsOutcome } from "../runJobs";
import type { Rung } from "./halving";
import { chosenOf, rowsOf, type SweepRow, searchNotes } from "./outcome";
import { type Entry, jobsOf, type Placed, type Tried, triedOf } from "./round";
import type { Sweep } from "./spec";

/** Does the jobs of a round. */
export type DoRound = (placed: readonly Placed[]) => Promise<JobsOutcome>;

/** What a search found. */
export interface Found {
	/** Model → the trial that validation chose, of models with one. */
	chosen: ReadonlyMap<string, Tried>;
	table: readonly SweepRow[];
	notes: readonly string[];
}

/** Runs the rounds of a search one after another: of each model the best trials of a round go on to the next, as many as it takes. */
export async function search(
	sweep: Sweep,
	rungs: readonly Rung[],
	fingerprints: ReadonlyMap<number, string>,
	doRound: DoRound,
): Promise<Found> {
	const rounds = new Map<string, Tried[][]>(sweep.models.map(({ model }) => [model.name, []]));
	const chosen = new Map<string, Tried>();
	let entries: Entry[] = sweep.models.map((swept) => ({ swept, trials: swept.trials }));
	for (const [at, { share }] of rungs.entries()) {
		const placed = jobsOf(sweep, entries, { share, fingerprints });
		const tried = triedOf(sweep, placed, await doRound(placed));
		entries = entries.map(({ swept }) => {
			const { ranked = [], failed = [] } = tried.get(swept.model.name) ?? {};
			rounds.get(swept.model.name)?.push([...ranked, ...failed]);
			const best = at === rungs.length - 1 ? chosenOf(ranked) : undefined;
			if (best) chosen.set(swept.model.name, best);
			return { swept, trials: ranked.slice(0, rungs[at + 1]?.most).map(({ trial }) => trial) };
		});
	}
	const table = [...rounds].flatMap(([model, of]) => rowsOf(model, of, chosen.get(model)));
	const all = [...rounds.values()].flat(2);
	return { chosen, table, notes: [...searchNotes(sweep, table), ...doctorNotes(all)] };
}

/** What the doctor found in the runs' trainings: each result has the words. */
function doctorNotes(tried: readonly Tried[]): string[] {
	const counts = new Map<string, number>();
	for (const { faults } of tried) for (const fault of faults) counts.set(fault, (counts.get(fault) ?? 0) + 1);
	if (counts.size === 0) return [];
	const each = [...counts].map(([fault, count]) => `${fault} in ${count} run${count > 1 ? "s" : ""}`).join(", ");
	return [`The doctor found: ${each}; the results tell where.`];
}
