import { describe, expect, it } from "vitest";
import { temporaryFolders } from "../../data/readers/temporaryFolders";
import type { RunResult } from "../../experiment/result";
import { openStore } from "../../experiment/store";
import { esmmTable2 } from "../esmm/table2";
import { jobsOfTable } from "./jobsOfTable";
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
	it("that no paper prints: nothing of theirs, and of many comparisons the smallest and the largest that could be seen", async () => {
		const labels = Array.from({ length: 14 }, (_, i) => `M${i}`);
		const methods = labels.map((label) => ({ label, model: "esmm" }));
		const columns = esmmTable2.columns.slice(0, 1);
		const plan: TablePlan = { ...esmmTable2, published: undefined, methods, columns, baseline: "M0" };
		const each = Object.fromEntries(labels.map((label, i) => [label, [0.6, 0.61 + 0.001 * i, 0.62]]));
		const { rows, lead, notes } = await paperTable(runsOf(plan, each, 20_000));
		expect(notes).toContain("no paper prints these numbers: they are ours alone");
		expect(notes.join("\n")).not.toMatch(/theirs:|the paper's Table/);
		expect(rows[0].reason).toBe("baseline; no paper prints such a table");
		expect(rows[13].reason).toMatch(/^no difference seen: M13 − M0 = .*, smallest detectable 0\.\d{4}$/);
		expect(lead?.[0]).toMatch(/could detect is 0\.\d{4} \(M1 − M0\) to 0\.\d{4} \(M13 − M0\)$/);
	});
	it("methods on shares that are too small for a scale's logs are left out, by name", async () => {
		const scales = { ...esmmTable2.protocol.scales };
		const plan: TablePlan = {
			...esmmTable2,
			methods: [
				{ label: "BASE", model: "base" },
				{ label: "ESMM", model: "esmm" },
				{ label: "BASE, 1 %", model: "base", share: 0.01, against: "BASE, 1 %" },
			],
			protocol: { ...esmmTable2.protocol, scales: { ...scales, tiny: { ...scales.tiny, leastShare: 0.5 } } },
		};
		const labels = async (scale: "tiny" | "demo") => [
			...new Set((await jobsOfTable(plan, scale, undefined, {})).map(({ label }) => label)),
		];
		expect(await labels("tiny")).toEqual(["BASE", "ESMM"]);
		expect(await labels("demo")).toEqual(["BASE", "ESMM", "BASE, 1 %"]);
		expect((await paperTable(runsOf(plan, values, 20_000))).notes).toContain(
			"left out at scale tiny, whose logs are too small for it: BASE, 1 %",
		);
	});
});
