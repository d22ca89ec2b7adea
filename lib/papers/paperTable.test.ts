import { describe, expect, it } from "vitest";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import type { RunResult } from "../experiment/result";
import { openStore } from "../experiment/store";
import { esmmTable2 } from "./esmm";
import { paperTable } from "./paperTable";
import type { TablePlan } from "./plan";
import type { PaperRuns } from "./runPaperTable";

const store = openStore(temporaryFolders()());
/** Runs that nobody computed: of each method a value a seed, on a log of so many impressions. */
function runsOf(plan: TablePlan, values: Record<string, number[]>, read: number, data?: PaperRuns["data"]): PaperRuns {
	const result = (value: number, seed: number): RunResult => {
		const metric = { value, se: 0.01, space: "click", n: 1000, positives: 50 };
		const both = { "auc(conversion|click)": metric, "auc(conversion|impression)": metric };
		return {
			...{ run: `${seed}`, cached: false, model: "m", seed, hyper: {}, share: 1, ctr: "own", part: "valid", epochs: 1 },
			...{ kept: [1], findings: [], samplesPerSecond: 1, engine: { tier: "native-cpu", tensorflow: "0" } },
			data: {
				name: "the log",
				fingerprint: "f",
				read,
				rows: { train: 1, valid: 1, test: 1 },
				dropped: {},
				remarks: {},
			},
			metrics: both,
			test: both,
		} as unknown as RunResult;
	};
	const results = Object.fromEntries(
		Object.entries(values).map(([label, of]) => [label, of.map((value, i) => result(value, i + 1))]),
	);
	return { plan, scale: "tiny", data, chosen: [], results, left: [], store, seconds: 1 };
}
const aliccp = { source: "aliccp", raw: "raw", protocol: "esmm" } as const;
const values = { BASE: [0.66, 0.664, 0.656], ESMM: [0.7, 0.705, 0.697] };
const verdicts = async (runs: PaperRuns) =>
	(await paperTable(runs)).rows.map(({ label, column, verdict }) => [label, column.slice(0, 3), verdict]);

describe("the paper's own log", () => {
	it("is one of its source, protocol and size: its numbers are held against the printed ones", async () => {
		const own = runsOf(esmmTable2, values, 85_000_000, aliccp);
		expect(await verdicts(own)).toEqual([
			["BASE", "CVR", "within"],
			["ESMM", "CVR", "outside"],
			["BASE", "CTC", "outside"],
			["ESMM", "CTC", "outside"],
		]);
		const { notes } = await paperTable(own);
		expect(notes[0]).toBe(
			"ours: the log, 85,000,000 impressions; 3 paired seeds of the start weights on one log: training noise only; mean ± sample deviation",
		);
		expect(notes.join("\n")).toContain("mean ± deviation of 10 runs; the same log, so numbers are compared");
	});
	it("is none of another size, protocol or source: only the order is judged, and the table says why", async () => {
		const order = [
			["BASE", "CVR", "not-comparable"],
			["ESMM", "CVR", "same-order"],
			["BASE", "CTC", "not-comparable"],
			["ESMM", "CTC", "same-order"],
		];
		const small = runsOf(esmmTable2, values, 20_000, aliccp);
		expect(await verdicts(small)).toEqual(order);
		expect((await paperTable(small)).notes.join("\n")).toContain(
			"another log (it has 20,000 impressions, the paper's about 84,000,000), so only the order is compared",
		);
		expect(await verdicts(runsOf(esmmTable2, values, 85_000_000, { ...aliccp, protocol: "cstwa" }))).toEqual(order);
		expect(await verdicts(runsOf(esmmTable2, values, 85_000_000))).toEqual(order);
	});
	it("may be that of some columns only", async () => {
		const [cvr, ctcvr] = esmmTable2.columns;
		const plan: TablePlan = { ...esmmTable2, columns: [{ ...cvr, own: false }, ctcvr] };
		expect((await verdicts(runsOf(plan, values, 85_000_000, aliccp))).map(([, , verdict]) => verdict)).toEqual([
			...["not-comparable", "same-order", "outside", "outside"],
		]);
	});
});

describe("what a table says of itself", () => {
	it("shares of the log, each with a baseline of its own, and notes of its methods", async () => {
		const methods = [
			{ label: "BASE", model: "base" },
			{ label: "ESMM", model: "esmm", note: "a note" },
			{ label: "BASE 1 %", model: "base", share: 0.01, against: "BASE 1 %" },
			{ label: "ESMM 1 %", model: "esmm", share: 0.01, against: "BASE 1 %" },
		];
		const plan: TablePlan = { ...esmmTable2, methods, columns: esmmTable2.columns.slice(0, 1) };
		const shares = { ...values, "BASE 1 %": [0.6, 0.61, 0.62], "ESMM 1 %": [0.62, 0.63, 0.641] };
		const { rows, lead, notes } = await paperTable(runsOf(plan, shares, 20_000));
		expect(rows.map(({ reason }) => /\w+( 1 %)? − \w+( 1 %)?/.exec(reason)?.[0])).toEqual([
			...[undefined, "ESMM − BASE", undefined, "ESMM 1 % − BASE 1 %"],
		]);
		expect(rows[3].reason).toMatch(/the paper's number is unknown$/);
		expect(lead?.[0]).toMatch(/\(ESMM 1 % − BASE 1 %\)$/);
		expect(notes[0]).toContain("of which each method trains on its share");
		expect(notes).toContain("ESMM: a note");
	});
	it("a metric that a run lacks has no value, and no verdict", async () => {
		const plan: TablePlan = {
			...esmmTable2,
			columns: [{ column: "CVR AUC (clicked)", metric: "gauc(conversion|click)" }],
		};
		const { rows } = await paperTable(runsOf(plan, values, 20_000));
		expect(rows.map(({ ours, verdict }) => [ours.mean, verdict])).toEqual(
			Array(2).fill([Number.NaN, "not-comparable"]),
		);
	});
});
