import { describe, expect, it } from "vitest";
import { reliability } from "../calibration";
import { evaluate } from "../evaluate";
import reference from "./reference.json";

// The same scores, labels, users and truths as in reference.py, whose values reference.json holds.
const [ROWS, USERS] = [3000, 40];

/** Element i of the numbers called `name`, in [0, 1). */
function unit(name: string, i: number): number {
	const k = [...name].reduce((sum, letter, place) => sum + (place + 1) * letter.charCodeAt(0), 0) % 9973;
	return ((i * 7919 + k * 104729 + ((i * i) % 9973) * (31 + k)) % 10007) / 10007;
}

/** In (0, 1); so many different values, or a value a row. */
function column(name: string, levels?: number): Float32Array {
	const values = Float32Array.from({ length: ROWS }, (_, i) => unit(name, i));
	if (levels !== undefined) return values.map((_, i) => (Math.floor(unit(name, i) * levels) + 0.5) / levels);
	const order = [...values.keys()].sort((a, b) => unit(name, a) - unit(name, b) || a - b);
	for (const [place, row] of order.entries()) values[row] = (place + 1) / (ROWS + 1);
	return values;
}

const user = Int32Array.from({ length: ROWS }, (_, i) => Math.floor(unit("user", i) * USERS));
const truth = column("truth", 500);
const RATES: Readonly<Record<string, number>> = { common: 0.7, rare: 0.03 };

const PROB = "click|impression";
/** What a name of reference.json is called here, and which part of it is meant. */
function found(metrics: ReturnType<typeof evaluate>, name: string): number | null | undefined {
	const [kind, part] = name.startsWith("truth.") ? [name, ""] : name.split(/\.(?=[a-z])/);
	if (part === "se") return metrics[`${kind}(${PROB})`].se;
	if (part === "uniform") return metrics[`${kind}(${PROB};weight=uniform)`].value;
	if (kind === "truth.ceiling") return metrics[`truth.auc(${PROB})`].ceiling;
	return metrics[`${kind}(${PROB})`].value;
}

const { "scikit-learn": sklearn, scipy } = reference.versions;
describe(`values of scikit-learn ${sklearn} and SciPy ${scipy}`, () => {
	const cases = Object.entries(reference.values) as [string, Record<string, number>][];
	it.each(cases)("%s", (name, expected) => {
		const [, levels, labelled] = /^(\S+) levels, (\S+)$/.exec(name) as RegExpExecArray;
		const scores = column(`scores ${levels}`, levels === "all" ? undefined : Number(levels));
		const click = Uint8Array.from(scores, (p, i) => +(unit(`labels ${labelled}`, i) < RATES[labelled] * (0.2 + p)));
		const metrics = evaluate({ [PROB]: scores }, { events: { click }, truth: { [PROB]: truth }, user });
		for (const [metric, value] of Object.entries(expected))
			expect(found(metrics, metric), metric).toBeCloseTo(value, 11);
		const curve = reference.curves[Object.keys(RATES).indexOf(labelled)];
		if (levels !== "all") return;
		for (const [i, bin] of reliability(scores, click).entries())
			for (const [j, value] of [bin.predicted, bin.observed, bin.low, bin.high].entries())
				expect(value, `bin ${i}`).toBeCloseTo(curve[i][j], 11);
	});
	it("covers eight cases: ties of all sizes, common and rare positives", () => {
		expect(cases.map(([name]) => name)).toHaveLength(8);
		expect(cases.reduce((sum, [, values]) => sum + Object.keys(values).length, 0)).toBe(8 * 7 + 2 * 11 + 4 * 8);
	});
});
