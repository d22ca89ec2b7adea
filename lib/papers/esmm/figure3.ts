import type { TableMethod, TablePlan } from "../table/plan";
import { esmmColumns, esmmMethods, esmmNotes, esmmScales } from "./table2";

/** Shares of the training rows; the paper's text names 1 % alone, the others are ours. */
export const esmmShares = [0.01, 0.05, 0.1, 0.25, 0.5, 1] as const;

const scales = esmmScales({ demo: 3, full: 5 });

/** "BASE, 5 %". */
const labelAt = (label: string, share: number): string => `${label}, ${Math.round(100 * share)} %`;

/**
 * Figure 3 of ESMM as a table: both AUCs of every method of Table 2, trained on nested shares of the training rows and judged on the
 * same test part; each share has its own BASE to be compared with, and its own shared CTR network (Ma et al. 2018, §3.3).
 */
export const esmmFigure3: TablePlan = {
	paper: "esmm",
	table: "Figure 3",
	title: "ESMM, Figure 3",
	methods: esmmShares.flatMap((share) =>
		esmmMethods.map(
			({ label, ...method }): TableMethod => ({
				...method,
				label: labelAt(label, share),
				...(share === 1 ? {} : { share }),
				against: labelAt("BASE", share),
			}),
		),
	),
	columns: esmmColumns,
	baseline: labelAt("BASE", 1),
	protocol: { ctr: "shared", split: "esmm", scales: { ...scales, tiny: { ...scales.tiny, leastShare: 0.5 } } },
	notes: [
		...esmmNotes,
		"the rows of a share are among those of a larger one, the same for every method and seed; settings are those of all rows",
		"shares are of single impressions, not of whole requests: at a small share most impressions of a request are missing",
		"the paper's curves have no printed numbers; its text says: every method gains with data, ESMM-NS and ESMM are above all others at every rate, BASE is beaten everywhere but by AMAN at 1 % on clicked rows",
	],
};
