import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { projectRoot } from "../core/root";
import { checkWritable } from "../data/writable";
import type { RunResult } from "./result";

/** Where results of runs lie: one JSON file each, named by the run's hash. */
export interface Store {
	/** The result of a run, or undefined when there is none. A file that is no result is reported and counts as none. */
	get(run: string): RunResult | undefined;
	/** Writes a result whole, and removes the checkpoint of its training. */
	put(result: RunResult): Promise<void>;
	/** The file that keeps the state of a run's training until its result is there. */
	checkpoint(run: string): string;
	/** The folder of a run's saved model, where `npm run train` kept one. */
	model(run: string): string;
	/** Hashes that begin with a text, of runs with a result or a saved model. */
	runs(prefix: string): string[];
}

/**
 * The store in a folder; without one, that of the environment variable STORE, else data/runs.
 *
 * @param use "read": nothing will be put into it, so it may be one that cannot be written to
 * @throws InputError a folder that cannot be made or written to: said before anything is computed for it
 */
export function openStore(
	folder = process.env.STORE ?? join(projectRoot(), "data/runs"),
	use: "read" | "write" = "write",
): Store {
	if (use === "write")
		checkWritable(
			folder,
			(why) => `results cannot be kept in "${folder}" (${why}): give a folder that can be written to`,
		);
	const file = (run: string) => join(folder, `${run}.json`);
	const checkpoint = (run: string) => join(folder, `${run}.checkpoint`);
	return {
		get(run) {
			if (!existsSync(file(run))) return undefined;
			try {
				const result = JSON.parse(readFileSync(file(run), "utf8")) as RunResult;
				if (result.run === run && result.metrics && result.data?.dropped) return result;
			} catch {
				// falls through: said below
			}
			process.stderr.write(`${file(run)} is damaged; the run is done again\n`);
			return undefined;
		},
		async put(result) {
			await mkdir(folder, { recursive: true });
			await writeFileAtomic(file(result.run), `${JSON.stringify(result, null, "\t")}\n`);
			await rm(checkpoint(result.run), { force: true });
		},
		checkpoint,
		model: (run) => join(folder, `${run}.model`),
		runs(prefix) {
			const names = existsSync(folder) ? readdirSync(folder) : [];
			const found = names.flatMap((name) => /^([0-9a-f]{64})\.(?:json|model)$/.exec(name)?.[1] ?? []);
			return [...new Set(found)].filter((run) => run.startsWith(prefix)).sort();
		},
	};
}
