import { detectable, paired, type Summary, summary } from "../metrics/compare";
import type { Published } from "./published";

/** How ours stands to theirs. */
export type Verdict = "same-order" | "within" | "outside" | "not-comparable";

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
	/** The best of its column: its paired difference to every other method has an interval above 0. */
	best: boolean;
}

/** A paper's table as data. */
export interface PaperTable {
	/** The name that commands take: "esmm". */
	paper: string;
	/** As people cite it: "ESMM, Table 2". */
	title: string;
	/** As the paper numbers it: "Table 2". */
	table: string;
	/** What it was computed on, how often, and the smallest difference it could see. */
	notes: string[];
	rows: PaperRow[];
}

/** Values of one column of a table, by method, one a seed; seeds in the same order for every method. */
export interface ColumnOfRuns {
	column: string;
	methods: { label: string; model: string; hyper: object; values: number[]; published: Published | null }[];
}

const points = (x: number): string => `${x >= 0 ? "+" : "−"}${Math.abs(x).toFixed(4)}`;

/**
 * Judges every method of a column against the first one, the paper's baseline, by the paired difference over seeds.
 *
 * Absolute values are of another log than the paper's and are not compared. The order is: "same-order" when the
 * 95 % interval of the difference lies on the side the paper prints, "outside" when it lies on the other side, and
 * "not-comparable" when it holds 0 (no difference seen) or the paper's number is unknown.
 */
export function judge({ column, methods }: ColumnOfRuns): PaperRow[] {
	const [baseline] = methods;
	return methods.map(({ label, model, hyper, values, published }, i): PaperRow => {
		const others = methods.filter((_, j) => j !== i);
		const best = others.length > 0 && others.every((other) => paired(values, other.values).low > 0);
		const row = { label, model, hyper, column, ours: summary(values), published, best };
		if (i === 0) {
			const reason = "baseline; the absolute value belongs to another log than the paper's";
			return { ...row, verdict: "not-comparable", reason };
		}
		const unknown = [...values, ...baseline.values].findIndex((value) => !Number.isFinite(value));
		if (unknown >= 0) {
			const reason = `the metric could not be computed for seed number ${(unknown % values.length) + 1}: no comparison`;
			return { ...row, verdict: "not-comparable", reason };
		}
		if (values.length === 1) {
			const one = values[0] - baseline.values[0];
			const reason = `${label} − ${baseline.label} = ${points(one)} with one seed: no interval, no comparison`;
			return { ...row, verdict: "not-comparable", reason };
		}
		const difference = paired(values, baseline.values);
		const { mean, low, high, n } = difference;
		const ours = `${label} − ${baseline.label} = ${points(mean)} [${points(low)}, ${points(high)}] over ${n} paired seeds (smallest detectable ${points(detectable(difference))})`;
		if (!published || !baseline.published)
			return { ...row, verdict: "not-comparable", reason: `${ours}; the paper's number is unknown` };
		const theirs = published.value - baseline.published.value;
		const paper = `the paper prints ${points(theirs)}`;
		if (!(low > 0 || high < 0)) {
			return { ...row, verdict: "not-comparable", reason: `no difference seen: ${ours}; ${paper}` };
		}
		const same = Math.sign(mean) === Math.sign(theirs);
		return {
			...row,
			verdict: same ? "same-order" : "outside",
			reason: `${same ? "same order" : "opposite order"}: ${ours}; ${paper}`,
		};
	});
}
