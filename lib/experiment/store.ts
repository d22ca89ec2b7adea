import { existsSync, readFileSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { InputError } from "../core/problem";
import { projectRoot } from "../core/root";
import type { RunResult } from "./result";

/** Where results of runs lie: one JSON file each, named by the run's hash. */
export interface Store {
	/** The result of a run, or undefined when there is none. A file that is no result is reported and counts as none. */
	get(run: string): RunResult | undefined;
	/** Writes a result whole. */
	put(result: RunResult): Promise<void>;
}

/**
 * The store in a folder; without one, that of the environment variable STORE, else data/runs.
 *
 * @throws InputError the folder is a file
 */
export function openStore(folder = process.env.STORE ?? join(projectRoot(), "data/runs")): Store {
	if (existsSync(folder) && !statSync(folder).isDirectory())
		throw new InputError(`the store "${folder}" is a file: give a folder, which need not be there yet`);
	const file = (run: string) => join(folder, `${run}.json`);
	return {
		get(run) {
			if (!existsSync(file(run))) return undefined;
			try {
				const result = JSON.parse(readFileSync(file(run), "utf8")) as RunResult;
				if (result.run === run && result.metrics) return result;
			} catch {
				// falls through: said below
			}
			process.stderr.write(`${file(run)} is damaged; the run is done again\n`);
			return undefined;
		},
		async put(result) {
			await mkdir(folder, { recursive: true });
			await writeFileAtomic(file(result.run), `${JSON.stringify(result, null, "\t")}\n`);
		},
	};
}
