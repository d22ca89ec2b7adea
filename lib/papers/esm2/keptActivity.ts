import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import writeFileAtomic from "write-file-atomic";
import { projectRoot } from "../../core/root";
import type { PaperRuns } from "../table/runPaperTable";
import { runsOfActivity, type UserActivity, userActivity } from "./figure7";

/** Beside the results that the project keeps for everybody, which have no predictions; RESULTS names another folder. */
const fileOf = () => join(process.env.RESULTS ?? join(projectRoot(), "data/results"), "esm2/figure-7.json");

/** Figure 7 of ESM² as it is kept for these very runs; undefined where it is not. */
export function readActivity(runs: Pick<PaperRuns, "results">): UserActivity | undefined {
	const file = fileOf();
	const kept = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as UserActivity) : undefined;
	return kept && isDeepStrictEqual(kept.runs, runsOfActivity(runs)) ? kept : undefined;
}

/**
 * Figure 7 of ESM² where it is kept, else computed from the runs' predictions.
 *
 * @throws InputError runs that kept no predictions
 */
export const keptActivity = async (runs: PaperRuns): Promise<UserActivity> =>
	readActivity(runs) ?? (await userActivity(runs));

/** Keeps Figure 7 for everybody, whole. @returns the file */
export async function keepActivity(activity: UserActivity): Promise<string> {
	const file = fileOf();
	await mkdir(dirname(file), { recursive: true });
	await writeFileAtomic(file, `${JSON.stringify(activity)}\n`);
	return file;
}
