import { holm } from "../../metrics/comparison/holm";
import { type ActivityGain, gainsOf, growthOf, printedGains } from "../../papers/esm2/activityGains";
import { activityMetrics, type UserActivity } from "../../papers/esm2/figure7";
import { barsWithIntervals } from "../barsWithIntervals";
import type { Figure } from "../figure";
import type { Cell, Estimate, Table } from "../table";

const title = "ESM², Figure 7: gain of ESM² over ESMM by users' purchases";
const called: Readonly<Record<ActivityGain["metric"], string>> = {
	"auc(conversion|click)": "CVR AUC",
	"auc(conversion|impression)": "CTCVR AUC",
	"truth.auc(conversion|click)": "true CVR AUC",
};

const inPercent = (of: Estimate | null): Estimate | null =>
	of && { mean: 100 * of.mean, low: 100 * (of.low ?? Number.NaN), high: 100 * (of.high ?? Number.NaN), digits: 2 };

/** Figure 7 of ESM² as a table: a row a group of users, both methods and the relative gain with its 95 % interval over paired seeds. */
export function activityView(activity: UserActivity): Table {
	const { groups, log, seeds } = activity;
	const right = (name: string) => ({ name, align: "right" as const });
	return {
		title,
		columns: [
			...[{ name: "purchases in training" }, right("test impressions"), right("purchases among them")],
			...activityMetrics.flatMap((metric) => [
				right(`${called[metric]}, ESMM`),
				right("ESM²"),
				right("gain, % [95 %]"),
			]),
		],
		rows: groups.map((group): Cell[] => [
			...[group.name, group.rows, group.conversions],
			...gainsOf(group).flatMap(({ ESMM, ESM2, gain }) => [ESMM, ESM2, inPercent(gain)]),
		]),
		notes: [
			`ours: ${log}, the runs of Table 3, ${seeds} paired seeds; users grouped by their purchases in the training part, cut at quantiles of the test impressions`,
			"the true CVR AUC ranks all impressions of a group against the true P(conversion | click), so it needs no purchases of the test part",
			...growths(activity),
			...left(activity),
			printedGains(),
		],
	};
}

/** Whether the gain grows with activity, a sentence a metric; p-values of the three are adjusted together. */
function growths(activity: UserActivity): string[] {
	const found = activityMetrics.map((metric) => growthOf(activity, metric));
	const adjusted = holm(found.map((one) => one?.p ?? null));
	const tests = adjusted.filter((p) => p !== null).length;
	const signed = (x: number) => `${x < 0 ? "−" : "+"}${Math.abs(100 * x).toFixed(2)}`;
	return activityMetrics.map((metric, i) => {
		const [one, p] = [found[i], adjusted[i]];
		if (one === null || p === null) return `${called[metric]}: whether the gain grows cannot be tested`;
		const seen = p > 0.05 ? "no growth seen" : one.mean > 0 ? "it grows" : "it shrinks";
		const after = `p ${p < 0.0001 ? "< 0.0001" : `= ${p.toFixed(4)}`} after Holm over ${tests}`;
		return `${called[metric]}: the gain of those who buy most less that of those who buy least is ${signed(one.mean)} [${signed(one.low)}, ${signed(one.high)}] points of per cent over ${one.n} paired seeds, ${after}: ${seen}`;
	});
}

function left({ groups, seeds }: UserActivity): string[] {
	const lost = groups.flatMap((group) =>
		gainsOf(group).flatMap(({ metric, left }) =>
			left > 0 ? [`${called[metric]} of ${group.name} in ${left} of ${seeds}`] : [],
		),
	);
	return lost.length > 0 ? [`seeds left out, whose rows of the group have one class alone: ${lost.join(", ")}`] : [];
}

/** The same as a figure: the relative gain of each group with its interval, a panel a metric. */
export function activityFigure({ groups }: UserActivity): Figure {
	const gains = groups.map(gainsOf);
	return barsWithIntervals({
		title,
		methods: groups.map(({ name }) => `purchases: ${name}`),
		metrics: activityMetrics.map((metric, m) => ({
			name: `${called[metric]}, gain in %`,
			values: gains.map((of) => inPercent(of[m].gain)),
		})),
	});
}
