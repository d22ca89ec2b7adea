import { type PairedSummary, paired, type Summary, summary } from "../../metrics/comparison/paired";
import { published } from "../published";
import { type ActivityGroup, activityMetrics, type UserActivity } from "./figure7";

/** What ESM² gains over ESMM in one group and metric. */
export interface ActivityGain {
	metric: (typeof activityMetrics)[number];
	/** Of the group; values of seeds that have both. */
	ESMM: Summary | null;
	ESM2: Summary | null;
	/** Relative: (ESM² − ESMM) / ESMM, over paired seeds; null without any. */
	gain: PairedSummary | null;
	/** Seeds in which the group has no value. */
	left: number;
}

/** The gains of a group, a metric after another. */
export const gainsOf = ({ values }: Pick<ActivityGroup, "values">): ActivityGain[] =>
	activityMetrics.map((metric) => {
		const { ESMM, ESM2 } = values[metric];
		const both = ESMM.flatMap((a, i) => {
			const b = ESM2[i];
			return a === null || b === null ? [] : [[a, b] as const];
		});
		const left = ESMM.length - both.length;
		if (both.length === 0) return { metric, ESMM: null, ESM2: null, gain: null, left };
		const relative = both.map(([a, b]) => b / a - 1);
		return {
			...{ metric, left },
			ESMM: summary(both.map(([a]) => a)),
			ESM2: summary(both.map(([, b]) => b)),
			gain: paired(
				relative,
				relative.map(() => 0),
			),
		};
	});

/**
 * Whether the gain grows with activity, as in the paper: the relative gain of the group that buys most less that of the one that buys
 * least, over paired seeds; null with one group or without seeds that have both.
 */
export function growthOf(
	{ groups }: Pick<UserActivity, "groups">,
	metric: ActivityGain["metric"],
): PairedSummary | null {
	const [least, most] = [groups[0], groups[groups.length - 1]].map(({ values }) => values[metric]);
	const gain = ({ ESMM, ESM2 }: typeof least, i: number) => {
		const [a, b] = [ESMM[i], ESM2[i]];
		return a === null || b === null ? Number.NaN : b / a - 1;
	};
	const pairs = least.ESMM.map((_, i) => [gain(most, i), gain(least, i)]).filter((pair) => pair.every(Number.isFinite));
	if (groups.length < 2 || pairs.length === 0) return null;
	return paired(
		pairs.map(([high]) => high),
		pairs.map(([, low]) => low),
	);
}

const theirGroups = ["[0,10]", "[11,20]", "[21,50]", "[50,+]"] as const;

/** What the paper says of its groups, by all purchases of a user. */
export function printedGains(): string {
	const of = (group: string) =>
		published(
			"ESM2",
			"Figure 7 (text)",
			`ESM2 vs ESMM relative gain, users with purchases ${group}`,
			"AUC relative gain",
		);
	const each = theirGroups.map((group) => `${group} +${(100 * (of(group)?.value ?? Number.NaN)).toFixed(2)} %`);
	return `theirs, by a user's purchases: ${each.join(", ")}, of an AUC that the text does not name, while the AUC itself falls`;
}
