import type { ClusterDifference } from "../../metrics/comparison/clusterDifference";
import { holm } from "../../metrics/comparison/holm";
import { type PairedSummary, paired, type Summary, summary } from "../../metrics/comparison/paired";
import type { Published } from "../published";
import { isBest } from "./best";
import { type Compared, type Difference, hold, order, type Verdict } from "./verdict";

export type { Verdict };

/** One number of a paper's table: ours beside theirs. */
export interface PaperRow {
	/** The method as the paper prints it. */
	label: string;
	/** The registered model; null for statistics. */
	model: string | null;
	hyper: object;
	column: string;
	/** Over seeds; a fraction. */
	ours: Summary;
	published: Published | null;
	verdict: Verdict;
	/** Why the verdict, with the interval it rests on. */
	reason: string;
	/** The best of its column, as far as can be told (`isBest`). */
	best: boolean;
	/** Less the method that it is compared with; absent for a baseline, and for statistics. */
	compared?: Compared;
}

/** A paper's table as data. */
export interface PaperTable {
	/** The name that commands take: "esmm". */
	paper: string;
	/** As people cite it: "ESMM, Table 2". */
	title: string;
	/** As the paper numbers it: "Table 2". */
	table: string;
	/** What is said before the numbers: the smallest differences that these runs could detect. */
	lead?: string[];
	/** What it was computed on and how often, what was left out. */
	notes: string[];
	rows: PaperRow[];
}

/** A method's numbers in one column. */
export interface MethodValues {
	label: string;
	model: string;
	hyper: object;
	/** One a seed; seeds in the same order for every method. */
	values: number[];
	published: Published | null;
	/** Label of the method that it is compared with: its own for a baseline. */
	against: string;
	/** With one seed: the difference to `against` over the users of the test part, or why it is not known. */
	overUsers?: ClusterDifference | string;
}

/** One column of a table. */
export interface ColumnOfRuns {
	column: string;
	metric: string;
	/** Whether the numbers are of the paper's own log. */
	own?: boolean;
	methods: readonly MethodValues[];
}

/**
 * Judges every cell of a table, columns one after another, methods in their order. The p-values of all comparisons of the table,
 * each method with its baseline in each column, are adjusted together (Holm). `order` and `hold` are the rules of the verdicts.
 *
 * @param of of how many `runs` a printed number is the mean, where the paper says so; `printed` false: no paper prints the table
 */
export function judge(columns: readonly ColumnOfRuns[], of: { runs?: number; printed?: boolean } = {}): PaperRow[] {
	const { runs, printed } = of;
	const cells = columns.flatMap((column) => column.methods.map((method) => ({ column, method })));
	const differences = cells.map(({ column, method }) => differenceOf(column, method));
	const tests = differences.filter((difference) => typeof difference?.p === "number").length;
	const adjusted = holm(differences.map((difference) => difference?.p ?? null));
	return cells.map(({ column, method }, i): PaperRow => {
		const { label, model, hyper, values, published } = method;
		const ours = summary(values);
		const difference = differences[i];
		const baseline = column.methods.find((other) => other.label === method.against);
		const compared = difference && { ...difference, adjusted: adjusted[i], tests };
		const judged = column.own
			? hold({ label, ours, published, runs, compared })
			: order({ compared, published, baseline: baseline?.published ?? null, printed });
		const best = isBest(method, column.methods, column.metric, differenceBetween);
		const row = { label, model, hyper, column: column.column, ours, published, ...judged, best };
		return compared ? { ...row, compared } : row;
	});
}

/** A method less its baseline; undefined for a baseline. */
export function differenceOf({ methods }: Pick<ColumnOfRuns, "methods">, method: MethodValues): Difference | undefined {
	const baseline = methods.find((other) => other.label === method.against);
	if (!baseline || baseline === method) return undefined;
	return differenceBetween(method, baseline);
}

/** Over paired seeds; of one seed over users, where that is known. */
function differenceBetween(a: MethodValues, b: MethodValues): Difference {
	const [names, seeds] = [`${a.label} − ${b.label}`, a.values.length];
	if (seeds > 1) return { names, over: `${seeds} paired seeds`, ...tested(paired(a.values, b.values)) };
	const known = a.against === b.label ? a.overUsers : undefined;
	const one = { names, over: "one seed", mean: a.values[0] - b.values[0] };
	const untested = { low: Number.NaN, high: Number.NaN, p: null, detectable: Number.NaN };
	if (known === undefined || typeof known === "string")
		return { ...one, ...untested, reason: known ?? "one seed: no interval and no test" };
	const { difference, low, high, p, detectable, clusters, reason } = known;
	const over = `${clusters.toLocaleString("en-US")} users of one seed, drawn again`;
	return { ...one, over, mean: difference ?? one.mean, low, high, p, detectable, reason };
}

const tested = ({ mean, low, high, p, detectable, reason }: PairedSummary): Omit<Difference, "names" | "over"> => ({
	...{ mean, low, high, p, detectable },
	...(reason === undefined ? {} : { reason }),
});
