import type { Job } from "../experiment/job";
import type { JobEvent } from "../experiment/runJobs";
import { lineOf } from "../train/doctor/finding";

/** Gathers what the doctor finds in the runs of tables. */
export interface FindingsOfTables {
	/** Runs that are to come, each with its table. */
	expect(job: Job, table: string): void;
	/** Hears what becomes of a run; after the last of a table it tells. */
	hear(event: Pick<JobEvent, "kind" | "job" | "result">): void;
	/** Tells what was not told yet. */
	end(): void;
}

/**
 * What the doctor finds, told once a table with the number of its runs, "esm2, Table 3: 8 runs: dead field: …", as soon as the last run of
 * the table has ended. Runs of the store were told of when they were done.
 */
export function findingsOfTables(
	tell = (line: string): void => void process.stderr.write(`${line}\n`),
): FindingsOfTables {
	const tables = new Map<string, string>();
	const ended = new Set<string>();
	const found = new Map<string, Map<string, number>>();
	const flush = (table: string) => {
		for (const [line, runs] of found.get(table) ?? []) tell(`${table}: ${runs} run${runs === 1 ? "" : "s"}: ${line}`);
		found.delete(table);
	};
	return {
		expect: (job, table) => void tables.set(job.hash, table),
		hear({ kind, job, result }) {
			const table = tables.get(job.hash);
			if (table === undefined || ended.has(job.hash) || kind === "begun" || kind === "step") return;
			ended.add(job.hash);
			if (kind === "done") {
				const lines = found.get(table) ?? new Map<string, number>();
				for (const line of new Set(result?.findings.map(lineOf))) lines.set(line, (lines.get(line) ?? 0) + 1);
				found.set(table, lines);
			}
			if (![...tables].some(([hash, of]) => of === table && !ended.has(hash))) flush(table);
		},
		end: () => [...found.keys()].forEach(flush),
	};
}
