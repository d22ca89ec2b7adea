import { expect, it } from "vitest";
import { stream } from "../../core/random";
import type { RunResult } from "../../experiment/result";
import { evaluate } from "../../metrics/evaluate";
import { esm2Table4, esm2Table5 } from "./tables3to5";
import { topIdentity } from "./topIdentity";

/** Runs with real metrics of drawn scores on one test part of 8100 rows a seed, 1 % of the clicked ones positive. */
function runsOf(labels: readonly string[], seeds: number): Record<string, RunResult[]> {
	const parts = Array.from({ length: seeds }, (_, seed) => {
		const random = stream(seed, "part");
		const click = Uint8Array.from({ length: 8100 }, () => (random.uniform() < 0.5 ? 1 : 0));
		const conversion = click.map((one) => (one === 1 && random.uniform() < 0.04 ? 1 : 0));
		return { click, conversion };
	});
	const run = (label: string, seed: number) => {
		const random = stream(seed, label);
		const { click, conversion } = parts[seed];
		const scores = Float32Array.from(conversion, (one) => (one + 3 * random.uniform()) / 4);
		const predictions = { "conversion|click": scores, "conversion|impression": scores };
		const test = evaluate(predictions, { events: { click, conversion }, truth: {} });
		return { test, data: { name: "a log" } } as RunResult;
	};
	return Object.fromEntries(labels.map((label) => [label, parts.map((_, seed) => run(label, seed))]));
}

const results = runsOf(["GBDT", "ESMM", "ESM2"], 2);

it.each([
	["Table 4", esm2Table4, "conversion|click"],
	["Table 5", esm2Table5, "conversion|impression"],
])("ours of %s implies the rate of the test part at every cut", (_, plan, prob) => {
	const table = topIdentity({ plan, results });
	const rates = results.GBDT.map(({ test }) => {
		const { n, positives } = test?.[`auc(${prob})`] ?? { n: Number.NaN, positives: Number.NaN };
		return positives / n;
	});
	const ours = table.rows.map((row) => row.ours.mean);
	expect(ours).toHaveLength(3 * 3 + 1);
	for (const mean of ours) expect(mean).toBeCloseTo((rates[0] + rates[1]) / 2, 14);
	expect(table.notes[0]).toBe(
		"ours: 18 of 18 cuts of runs have a conversion above them, and in each of them the rate is that of the test part",
	);
});

it("theirs implies several rates, none of them Table 1's", () => {
	const of = (plan: typeof esm2Table4) => topIdentity({ plan, results });
	const [four, five] = [of(esm2Table4), of(esm2Table5)];
	const theirs = (table: typeof four, label: string) =>
		table.rows
			.filter((row) => row.label === label)
			.map((row) => Number((100 * (row.published?.value ?? 0)).toPrecision(3)));
	expect(theirs(four, "GBDT")).toEqual([0.327, 0.364, 0.27]);
	expect(theirs(four, "Table 1")).toEqual([1.1]);
	expect(theirs(five, "ESM2")).toEqual([0.0237, 0.0902, 0.0685]);
	expect(theirs(five, "Table 1")).toEqual([0.0695]);
	expect(four.notes[1]).toContain("imply from 0.27 % to 0.37 %: they cannot come from one test set");
	expect(five.notes[1]).toContain("imply from 0.024 % to 0.090 %");
});

it("a run without a conversion above a cut tells nothing there, and is counted", () => {
	const none = runsOf(["GBDT", "ESMM"], 1);
	for (const name of ["precision@0.1%(conversion|click)", "recall@0.1%(conversion|click)"])
		none.GBDT[0] = {
			...none.GBDT[0],
			test: { ...none.GBDT[0].test, [name]: { ...none.GBDT[0].test?.[name], value: 0 } as never },
		};
	const table = topIdentity({ plan: esm2Table4, results: none });
	expect(table.notes[0]).toMatch(
		/^ours: 5 of 6 cuts.*; a run without one tells nothing, and its seed is left out of its method's mean$/,
	);
	const [silent, ...others] = table.rows;
	expect([silent.label, silent.column, silent.ours.n]).toEqual(["GBDT", "P·(n_k/n)/R at top 0.1 %", 0]);
	expect(others).toHaveLength(2 * 3);
	for (const { ours } of others) expect(ours.mean).toBeCloseTo(others[5].ours.mean, 14);
});

it("each row is its own method's: what is wrong with one is seen in its rows alone", () => {
	const sound = runsOf(["GBDT", "ESMM", "ESM2"], 2);
	const doubled = sound.ESMM.map((run) => {
		const precision = Object.entries(run.test ?? {}).filter(([name]) => name.startsWith("precision@"));
		const twice = precision.map(([name, metric]) => [name, { ...metric, value: 2 * (metric.value ?? Number.NaN) }]);
		return { ...run, test: { ...run.test, ...Object.fromEntries(twice) } };
	});
	const [before, after] = [sound, { ...sound, ESMM: doubled }].map(
		(results) => topIdentity({ plan: esm2Table5, results }).rows,
	);
	const changes = after.map(({ label, ours }, i) => [label, +(ours.mean / before[i].ours.mean).toFixed(12)]);
	const of = (label: string, change: number) => Array.from({ length: 3 }, () => [label, change]);
	expect(changes).toEqual([...of("GBDT", 1), ...of("ESMM", 2), ...of("ESM2", 1), ["Table 1", 1]]);
});
