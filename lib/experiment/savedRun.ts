import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../core/problem";
import type { Store } from "./store";

/**
 * The folder of a saved model that a command was told: by a run's hash, or the 6 or more characters it begins with, or as a folder.
 *
 * @throws InputError no such run or folder, more than one, or a run whose model was not kept; then it says how to make it
 */
export function savedRun(store: Store, named: string): string {
	if (existsSync(named) && statSync(named).isDirectory()) return named;
	if (!/^[0-9a-f]{6,64}$/.test(named))
		throw new InputError(
			`${named} is neither a folder of a saved model nor a run: give the hash that "npm run train" prints, or its first 6 characters or more`,
		);
	const found = store.runs(named);
	if (found.length === 0)
		throw new InputError(`no run ${named} is in the store: "npm run train" makes one; --store DIR names another store`);
	if (found.length > 1)
		throw new InputError(`${found.length} runs begin with ${named}: ${found.join(", ")}. Give more characters`);
	const [run] = found;
	const folder = store.model(run);
	if (existsSync(folder)) return folder;
	const result = store.get(run);
	const which = result === undefined ? "" : ` (${result.model} on ${result.data.name}, seed ${result.seed})`;
	throw new InputError(
		`run ${run.slice(0, 12)}${which} has a result but no saved model, which only "npm run train" keeps: remove ${join(folder, "..", `${run}.json`)} and train it with "npm run train" again`,
	);
}
