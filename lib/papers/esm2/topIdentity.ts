import type { RunResult } from "../../experiment/result";
import { summary } from "../../metrics/comparison/paired";
import type { MetricValue } from "../../metrics/value";
import { published } from "../published";
import { statisticRows } from "../statistics/statistics";
import type { PaperRuns } from "../table/runPaperTable";
import type { PaperTable } from "../table/table";

const cuts = [0.1, 0.6, 1] as const;

const symbols =
	"P: precision at the cut, R: recall at the cut, n: rows of the test part in the space, n_k: rows above the cut; P·(n_k/n)/R is the rate of positives among the n rows";

/**
 * The check beside Tables 4 and 5 of ESM²: precision P, recall R and a cut of n_k of n rows tell the rate of positives of the test part,
 * P·(n_k/n)/R = (TP/n_k)·(n_k/n)·(n₊/TP) = n₊/n, the same for every method and cut. Ours from the runs, theirs from what is printed,
 * with n_k/n = k as n is large, and the rate that Table 1 gives.
 *
 * @param runs of Table 4 (clicked rows) or 5 (all impressions)
 */
export function topIdentity(runs: Pick<PaperRuns, "plan" | "results">): PaperTable {
	const { plan, results } = runs;
	const { name, prob, space } = of(plan.table);
	const seeds = Object.values(results)[0].map((_, i) => i);
	const columnOf = (cut: number) => `P·(n_k/n)/R at top ${cut} %`;
	const log = `${Object.values(results)[0][0].data.name}, ${seeds.length} seeds`;
	const rows = plan.methods
		.filter(({ label }) => results[label] !== undefined)
		.flatMap(({ label }) =>
			cuts.map((cut) => ({
				...{ label, column: columnOf(cut), published: theirs(plan.table, name, label, cut) },
				values: results[label].map((run) => rateAt(run, cut, prob)),
			})),
		);
	const rate = {
		...{ label: "Table 1", column: `${space === "click" ? "purchases / clicks" : "purchases / impressions"}, counted` },
		values: seeds.map((i) => counted(Object.values(results)[0][i], prob)),
		published: { value: printedCount("#Purchase") / printedCount(space === "click" ? "#Click" : "#Impression") },
	};
	return {
		...{
			paper: plan.paper,
			table: `${plan.table}, identity`,
			title: `${plan.title}, the rate of positives that it implies`,
		},
		notes: [checked(results, prob), contradiction(rows), symbols],
		rows: statisticRows([...rows, rate], { log, own: false }),
	};
}

const of = (table: string) =>
	table === "Table 4"
		? { name: "CVR", prob: "conversion|click", space: "click" }
		: { name: "CTCVR", prob: "conversion|impression", space: "impression" };

const metric = (run: RunResult, name: string): MetricValue | undefined => run.test?.[name];

/** P·(n_k/n)/R of a run; null where nothing positive is above the cut. */
function rateAt(run: RunResult, cut: number, prob: string): number | null {
	const [p, r] = ["precision", "recall"].map((kind) => metric(run, `${kind}@${cut}%(${prob})`));
	if (!p?.value || !r?.value || !p.top) return null;
	return (p.value * (p.top.rows / p.n)) / r.value;
}

function counted(run: RunResult, prob: string): number | null {
	const found = metric(run, `auc(${prob})`);
	return found && found.n > 0 ? found.positives / found.n : null;
}

function theirs(table: string, name: string, label: string, cut: number) {
	const [p, r] = ["Precision", "Recall"].map((kind) => published("ESM2", table, label, `${name}@top${cut}% ${kind}`));
	return p && r ? { value: (p.value * (cut / 100)) / r.value } : null;
}

const printedCount = (column: string): number =>
	published("ESM2", "Table 1", "offline dataset", column)?.value ?? Number.NaN;

/** "ours: 42 of 45 cuts of runs have a hit, and in each the rate is that of the test part, to 3e-16 of it". */
function checked(results: PaperRuns["results"], prob: string): string {
	const all = Object.values(results).flat();
	const errors = all.flatMap((run) => {
		const rate = counted(run, prob);
		return cuts.flatMap((cut) => {
			const found = rateAt(run, cut, prob);
			return found === null || !rate ? [] : [Math.abs(found / rate - 1)];
		});
	});
	const most = Math.max(0, ...errors);
	const each =
		most < 1e-9
			? "in each of them the rate is that of the test part"
			: `it is off by up to ${(100 * most).toPrecision(2)} %`;
	const left =
		errors.length < cuts.length * all.length
			? "; a run without one tells nothing, and its seed is left out of its method's mean"
			: "";
	return `ours: ${errors.length} of ${cuts.length * all.length} cuts of runs have a conversion above them, and ${each}${left}`;
}

/** "theirs: one test set has one rate, but the printed numbers imply from 0.27 % to 0.37 %". */
function contradiction(rows: readonly { published: { value: number } | null }[]): string {
	const rates = rows.flatMap(({ published }) => published?.value ?? []);
	const { mean } = summary(rates);
	const percent = (rate: number) => `${(100 * rate).toPrecision(2)} %`;
	const [low, high] = [Math.min(...rates), Math.max(...rates)].map(percent);
	const one = Math.max(...rates.map((rate) => Math.abs(rate / mean - 1))) < 0.01;
	return one
		? `theirs: the printed numbers imply one rate, ${low}`
		: `theirs: one test set has one rate, but the printed numbers imply from ${low} to ${high}: they cannot come from one test set with the stated cuts, so of Tables 4 and 5 only the order of methods is compared`;
}
