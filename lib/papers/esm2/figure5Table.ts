import { published } from "../published";
import type { PaperRuns } from "../table/runPaperTable";
import { type ColumnOfRuns, judge, type PaperTable } from "../table/table";
import type { AbTest } from "./abTest";
import { abTest } from "./abTest";

const measures = ["cvr", "conversions"] as const;

/**
 * A simulated A/B test as a paper's table: lifts over the baseline, mean over seeds, each judged against the method it is compared with.
 * The lead tells ESM² against ESMM, which is all that the paper prints; the notes tell the intervals over users.
 */
export async function abTable(runs: PaperRuns): Promise<PaperTable> {
	const { plan, results } = runs;
	const test = await abTest(runs);
	const baseline = test.methods.find(({ label }) => label === plan.baseline) as AbTest["methods"][number];
	const columns = plan.columns.map(({ column, metric }, c): ColumnOfRuns => {
		const methods = test.methods.map(({ label, model, seeds }) => {
			const values = seeds.map((seed, s) => seed[measures[c]] / baseline.seeds[s][measures[c]] - 1);
			const { against = plan.baseline } = plan.methods.find((method) => method.label === label) ?? {};
			return { label, model, hyper: results[label][0].hyper, values, published: null, against };
		});
		return { column, metric, methods };
	});
	const { paper, title, table } = plan;
	return {
		...{ paper, title, table },
		lead: leadOf(test),
		notes: [...abNotes(test), ...plan.notes],
		rows: judge(columns),
	};
}

/** What the paper says of ESM² and ESMM, beside what the test says of them. */
export function leadOf({ lifts }: AbTest): string[] {
	const found = lifts.filter(({ label, against }) => label === "ESM2" && against === "ESMM");
	const theirs = published("ESM2", "Figure 5 (text)", "ESM2 vs ESMM online", "CVR gain")?.value;
	return found.map(({ measure, users, seeds, adjusted }) => {
		const ours = `ESM2 over ESMM, ${nameOf[measure]}: ${percent(users.value)} ${interval(users)} over users, ${percent(seeds.mean)} ${interval(seeds)} over ${seeds.n} seeds`;
		const seen =
			adjusted === null
				? "no test over seeds"
				: adjusted > 0.05
					? "no difference seen over seeds"
					: `a difference over seeds (p ${adjusted < 0.0001 ? "< 0.0001" : `= ${adjusted.toFixed(4)}`} after Holm)`;
		const said = measure === "cvr" && theirs !== undefined ? `; the paper's online test: ${percent(theirs)}` : "";
		return `${ours}: ${seen}${said}`;
	});
}

/** What the numbers are of. */
export function abNotes({ requests, users, logs, methods, lifts }: AbTest): string[] {
	const count = (n: number) => n.toLocaleString("en-US");
	const level = ({ label, clicks, conversions, cvr }: AbTest["methods"][number]) =>
		`${label} ${clicks.toFixed(4)} clicks, ${conversions.toFixed(5)} purchases, CVR ${cvr.toFixed(5)}`;
	const tests = lifts.filter(({ seeds }) => seeds.p !== null).length;
	return [
		`${count(requests)} requests of ${count(users)} users on ${logs} logs, test days alone: each method ranks all candidates by its pCTCVR at position 1, and the first ten are shown`,
		"CVR = Σ pctcvr / Σ pctr, purchases = Σ pctcvr, from the truth at the new positions with pctcvr = pctr · pcvr_obs; no event is drawn, so the only chance is in users, logs and trainings",
		`a slate brings: ${methods.map(level).join("; ")}`,
		`intervals over users: all logs together, 95 % bootstrap over users (${count(users)}; of different logs they are different), trainings as they are; intervals over seeds: 95 % t-interval of single logs' lifts, each log with its training; p over seeds after Holm over ${tests} comparisons`,
		`over users: ${lifts.map(({ label, against, measure, users }) => `${label} over ${against}, ${nameOf[measure]} ${percent(users.value)} ${interval(users)}`).join("; ")}`,
	];
}

/** How a measure is called in tables and figures. */
export const nameOf = { cvr: "CVR", conversions: "purchases" } as const;

/** "+1.25 %". */
const percent = (x: number): string => `${x < 0 ? "−" : "+"}${Math.abs(100 * x).toFixed(2)} %`;

const interval = ({ low, high }: { low: number; high: number }): string =>
	Number.isFinite(low) ? `[${percent(low)}, ${percent(high)}]` : "(no interval)";
