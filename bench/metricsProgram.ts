import { gauc } from "../lib/metrics/gauc";
import { auc } from "../lib/metrics/ranking";
import { readScoredRows } from "./scoredRows";

/**
 * AUC and GAUC of a folder's scored rows, several times after one to warm up; prints the seconds of each and the values.
 *
 * `node --import tsx bench/metricsProgram.ts FOLDER TIMES`
 */
function main(folder: string, times: number): void {
	const { scores, labels, user } = readScoredRows(folder);
	const timed = (work: () => number | null) => {
		const begun = performance.now();
		const value = work();
		return { value, seconds: (performance.now() - begun) / 1000 };
	};
	const runs = Array.from({ length: times + 1 }, () => ({
		auc: timed(() => auc(scores, labels).value),
		gauc: timed(() => gauc(scores, labels, user).value),
	})).slice(1);
	const seconds = { auc: runs.map((run) => run.auc.seconds), gauc: runs.map((run) => run.gauc.seconds) };
	process.stdout.write(`${JSON.stringify({ auc: runs[0].auc.value, gauc: runs[0].gauc.value, seconds })}\n`);
}

main(process.argv[2], Number(process.argv[3]));
