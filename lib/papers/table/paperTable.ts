import type { RunResult } from "../../experiment/result";
import type { Store } from "../../experiment/store";
import { abTable } from "../esm2/figure5Table";
import { published } from "../published";
import { overUsers } from "./overUsers";
import type { TableColumn, TableMethod, TablePlan } from "./plan";
import type { PaperRuns } from "./runPaperTable";
import { notesOfSearch } from "./search";
import { type ColumnOfRuns, differenceOf, judge, type MethodValues, type PaperTable } from "./table";

/**
 * A paper's table, ours beside theirs, from its runs: a mean over seeds and a verdict with its reason for each cell, and before them
 * the smallest differences that these runs could detect. With one seed, differences are taken over users from kept predictions.
 */
export async function paperTable(runs: PaperRuns): Promise<PaperTable> {
	if (runs.plan.replay) return abTable(runs);
	const { plan, results, store } = runs;
	const here = plan.methods.filter(({ label }) => results[label] !== undefined);
	const columns: ColumnOfRuns[] = [];
	for (const column of plan.columns) {
		const methods = here.map((method) => valuesOf(plan, method, column, results[method.label]));
		if (methods[0].values.length === 1 && column.part !== "valid")
			for (const method of methods) await addOverUsers(method, column, results, store);
		columns.push({ column: column.column, metric: column.metric, own: isOwn(runs, column), methods });
	}
	const { paper, title, table } = plan;
	return {
		...{ paper, title, table },
		lead: columns.map(smallestSeen),
		notes: [...notesOf(runs), ...here.flatMap(({ label, note }) => (note ? [`${label}: ${note}`] : []))],
		rows: judge(columns, { runs: plan.published?.runs, printed: plan.published !== undefined }),
	};
}

function valuesOf(plan: TablePlan, method: TableMethod, column: TableColumn, results: RunResult[]): MethodValues {
	const { label, model, against = plan.baseline } = method;
	const values = results.map((result) => metricOf(result, column)?.value ?? Number.NaN);
	const { published: there } = plan;
	const theirs = there ? published(there.paper, there.table, label, column.column) : null;
	return { label, model, hyper: results[0].hyper, values, published: theirs, against };
}

const metricOf = (result: RunResult, { part, metric }: TableColumn) =>
	(part === "valid" ? result.metrics : result.test)?.[metric];

async function addOverUsers(
	method: MethodValues,
	{ metric }: TableColumn,
	results: Record<string, RunResult[]>,
	store: Store,
): Promise<void> {
	if (method.against === method.label) return;
	const [[one], [baseline]] = [results[method.label], results[method.against]];
	method.overUsers = await overUsers(store, one, baseline, metric);
}

/** Whether a column's numbers are of the log that the paper measured them on. */
function isOwn({ plan, data, results }: PaperRuns, column: TableColumn): boolean {
	const { own } = plan.protocol;
	if (!own || column.own === false || data?.source !== own.source || data.protocol !== own.protocol) return false;
	return Math.abs(readOf(results) / own.rows - 1) <= 0.05;
}

const firstOf = (results: Record<string, RunResult[]>): RunResult => Object.values(results)[0][0];
const readOf = (results: Record<string, RunResult[]>): number => firstOf(results).data.read;

/** Of more comparisons than this the smallest and the largest are told. */
const MANY = 12;

/** "CVR AUC: the smallest difference that 5 paired seeds could detect is 0.0143 (ESMM − BASE)". */
function smallestSeen(column: ColumnOfRuns): string {
	const differences = column.methods.flatMap((method) => differenceOf(column, method) ?? []);
	const known = differences.filter(({ detectable }) => Number.isFinite(detectable));
	const [sorted, words] = [
		[...known].sort((a, b) => a.detectable - b.detectable),
		({ names, detectable }: (typeof known)[number]) => `${detectable.toFixed(4)} (${names})`,
	];
	const each =
		known.length > MANY ? `${words(sorted[0])} to ${words(sorted[sorted.length - 1])}` : known.map(words).join(", ");
	if (known.length === 0) return `${column.column}: no comparison, so no difference that could be detected`;
	return `${column.column}: the smallest difference that ${known[0].over} could detect is ${each}`;
}

function notesOf(runs: PaperRuns): string[] {
	const { plan, scale, data, chosen, results, left } = runs;
	const { protocol } = plan;
	const one = firstOf(results);
	const n = Object.values(results)[0].length;
	const seeds = n === 1 ? "one seed" : `${n} paired seeds`;
	const paired = data
		? `${seeds} of the start weights on one log: training noise only`
		: `${seeds}, each with a log of its own`;
	const log = data ? one.data.name : `simulated log "${protocol.scales[scale].preset}"`;
	const split = data ? "" : `, split as in ${protocol.split === "esmm" ? "ESMM" : "ESM²"}`;
	const whole = plan.methods.every(({ share = 1 }) => share === 1) ? "" : ", of which each method trains on its share";
	const own = plan.columns.some((column) => isOwn(runs, column));
	const rows = protocol.own?.rows.toLocaleString("en-US");
	const where =
		data && protocol.own && !own
			? `another log (it has ${one.data.read.toLocaleString("en-US")} impressions, the paper's about ${rows})`
			: "another log";
	return [
		`ours: ${log}, ${one.data.read.toLocaleString("en-US")} impressions${split}${whole}; ${paired}; mean ± sample deviation`,
		...plan.columns.map((column) => onePart(column, metricOf(one, column))),
		...(protocol.ctr === "shared"
			? ["pCTCVR = pCVR of the method × pCTR of one independent CTR network a seed, the same for every method"]
			: []),
		"intervals: 95 %, each by itself; smallest detectable: seen in 80 % of tries, each by itself; p-values: two-sided, after Holm over all comparisons of the table; the best of a column is bold only where it is better than every other that has the same baseline at the end of its comparisons, after Holm over the column",
		plan.published
			? `theirs: the paper's ${plan.table}${plan.published.runs ? `, mean ± deviation of ${plan.published.runs} runs` : ""}; ${own ? "the same log, so numbers are compared" : `${where}, so only the order is compared`}`
			: "no paper prints these numbers: they are ours alone",
		...(left.length > 0 ? [`not registered yet, so left out: ${left.join(", ")}`] : []),
		...tooSmall(plan, scale),
		...notesOfSearch(plan, scale, chosen),
		...plan.notes,
	];
}

function tooSmall({ methods, protocol }: TablePlan, scale: PaperRuns["scale"]): string[] {
	const { leastShare = 0 } = protocol.scales[scale];
	const small = methods.filter(({ share = 1 }) => share < leastShare).map(({ label }) => label);
	return small.length > 0 ? [`left out at scale ${scale}, whose logs are too small for it: ${small.join("; ")}`] : [];
}

function onePart({ column, metric, part }: TableColumn, value: ReturnType<typeof metricOf>): string {
	const rows = value
		? ` (${value.n.toLocaleString("en-US")} rows, ${Math.round(value.positives)} positives in the first run)`
		: "";
	const error = value?.se ? `; standard error of one ${value.se.toFixed(4)}` : "";
	return `${column}: ${metric} on the ${part === "valid" ? "validation" : "test"} part${rows}${error}`;
}
