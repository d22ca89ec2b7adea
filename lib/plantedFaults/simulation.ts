import type { Plan } from "./plan";

/** Faults of the simulator and its files. */
export const simulation: Plan[] = [
	[
		"a sequence holds an act of its own request",
		"simulator/sequence.ts",
		"events.impression[middle] < row)",
		"events.impression[middle] <= row)",
		"simulator/sequence.test.ts",
		"conversions at once no sequence holds an act of its own request or of a later moment, and each lies in its user's part",
	],
	[
		"the random log sees events of the test part",
		"simulator/beside.ts",
		"const end = testDay(knobs) * DAY;",
		"const end = (testDay(knobs) + 5) * DAY;",
		"simulator/randomExposure.test.ts",
		"the random log's counts and sequences end with the training part",
	],
	[
		"candidates of the replay table count as shown",
		"simulator/history.ts",
		"if (events.looks?.[row] === 1) continue;",
		"if (events.looks?.[row] === 2) continue;",
		"simulator/replay.test.ts",
		"a candidate that was shown has the features of its impression, but for the position",
	],
	[
		"a ranking is judged at the logged positions' examination",
		"simulator/rerank.ts",
		"outcome.conversions[request] += exam[at] * pctcvr1[order[at]];",
		"outcome.conversions[request] += pctcvr1[order[at]];",
		"simulator/replay.test.ts",
		"a ranking by the truth brings the most, the reverse the least, each at its new position",
	],
	[
		"the random log's size changes the fingerprint of the log",
		"simulator/simulate.ts",
		'const apart: readonly string[] = ["randomLog", "replayRequests"];',
		'const apart: readonly string[] = ["replayRequests"];',
		"simulator/lateKnobs.test.ts",
		"knobs that came later leave the fingerprint of a log without them as it was",
	],
	[
		"a list's place in a Parquet file counts from the first row of all",
		"data/parquet.ts",
		"offsets[row] - offsets[from]",
		"offsets[row]",
		"data/parquet.test.ts",
		"writeParquet writes every value of every type, in order",
	],
	[
		"a user's history in Ali-CCP's form is of after the day's first request",
		"experiment/simulated/aliCcp.ts",
		"write.common(group[0])",
		"write.common(group[group.length - 1])",
		"experiment/simulated/aliCcp.test.ts",
		"a simulated log as Ali-CCP's raw files has histories of before the day's first request, with log counts, and crosses of the row's own",
	],
];
