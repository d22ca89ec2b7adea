import { summary } from "../../metrics/comparison/paired";
import type { Published } from "../published";
import type { PaperRow } from "../table/table";

/** A statistic of logs, beside the paper's. */
export interface Statistic {
	/** The data set or analysis as the paper names it: "Public Dataset". */
	label: string;
	/** As the paper prints it: "#user". */
	column: string;
	/** A count or a fraction a log; null where a log does not tell. */
	values: readonly (number | null)[];
	published: Published | null;
}

/** What the statistics were counted on. */
export interface CountedOn {
	/** For people: 'simulated log "aliccp", 3 seeds'. */
	log: string;
	/** Whether it is the paper's own log, so that the numbers should agree. */
	own: boolean;
}

/**
 * Rows of a table of statistics. Of another log than the paper's no number is compared ("not-comparable"); of its own
 * log a number is "within" when it rounds to what is printed, else "outside".
 */
export function statisticRows(statistics: readonly Statistic[], { log, own }: CountedOn): PaperRow[] {
	return statistics.map(({ label, column, values, published }): PaperRow => {
		const known = values.filter((value): value is number => value !== null);
		const ours = known.length > 0 ? summary(known) : nothing;
		const row = { label, model: null, hyper: {}, column, ours, published, best: false };
		if (known.length === 0) return { ...row, verdict: "not-comparable", reason: `${log} does not tell` };
		if (!published) return { ...row, verdict: "not-comparable", reason: "the paper's number is unknown" };
		if (!own) return { ...row, verdict: "not-comparable", reason: `another log than the paper's: ${log}` };
		const same = roundsTo(ours.mean, published.value);
		return {
			...row,
			verdict: same ? "within" : "outside",
			reason: `${log}: ${ours.mean} ${same ? "rounds" : "does not round"} to the printed ${published.value}`,
		};
	});
}

const nothing = { mean: Number.NaN, std: Number.NaN, n: 0, low: Number.NaN, high: Number.NaN };

/** Whether a number is what is printed, to the digits that are printed: 84 million stands for 83.5 up to 84.5. */
export function roundsTo(value: number, printed: number): boolean {
	if (printed === 0) return value === 0;
	const [digits, exponent] = Number(printed.toPrecision(12)).toExponential().split("e");
	const decimals = digits.split(".")[1]?.length ?? 0;
	return Math.abs(value - printed) <= 0.5 * 10 ** (Number(exponent) - decimals) * (1 + 1e-9);
}
