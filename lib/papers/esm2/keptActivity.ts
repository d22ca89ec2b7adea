import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import writeFileAtomic from "write-file-atomic";
import { projectRoot } from "../../core/root";
import { sha256 } from "../../data/prepare";
import type { PaperRuns } from "../table/runPaperTable";
import { activityVersion, runsOfActivity, type UserActivity, userActivity } from "./figure7";

/** Beside the results that the project keeps for everybody, which have no predictions; RESULTS names another folder. */
const fileOf = () => join(process.env.RESULTS ?? join(projectRoot(), "data/results"), "esm2/figure-7.json");

/** A kept figure: which program grouped the users, and the sum of it all. */
type Kept = UserActivity & { activityVersion: number; sha256: string };

const sumOf = (content: object): string => sha256(JSON.parse(JSON.stringify(content)));

/**
 * Figure 7 of ESM² as it is kept for these very runs; undefined where it is not. A file that was changed, or was made by another version
 * of the grouping, is told and counts as none.
 */
export function readActivity(runs: Pick<PaperRuns, "results">): UserActivity | undefined {
	const file = fileOf();
	if (!existsSync(file)) return undefined;
	const { activityVersion: version, ...kept } = contentOf(file) ?? {};
	if (version === activityVersion && "runs" in kept)
		return isDeepStrictEqual(kept.runs, runsOfActivity(runs)) ? kept : undefined;
	const wrong = version === undefined ? "is damaged" : `groups users as version ${version} did, not ${activityVersion}`;
	process.stderr.write(`${file} ${wrong}; it counts as none\n`);
	return undefined;
}

/** What a file holds; undefined where it is not as it was written. */
function contentOf(file: string): Omit<Kept, "sha256"> | undefined {
	try {
		const { sha256: sum, ...content } = JSON.parse(readFileSync(file, "utf8")) as Kept;
		return sumOf(content) === sum ? content : undefined;
	} catch {
		// no JSON
		return undefined;
	}
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
	const content = { ...activity, activityVersion };
	await writeFileAtomic(file, `${JSON.stringify({ ...content, sha256: sumOf(content) })}\n`);
	return file;
}
