import { describe, expect, it } from "vitest";
import { countsOfLog } from "../../data/statistics";
import { toyDataset } from "../../data/toyDataset";
import { toyLog } from "../../data/toyLog";
import { cstwaTable1, preparedCounts } from "../cstwa/table1";
import { esm2Edges, esm2Figure3, esm2Table1 } from "../esm2/statistics";
import { esmmTable1 } from "../esmm/table1";
import { sparsity } from "./sparsity";
import { roundsTo, statisticRows } from "./statistics";
import { statisticsOf, statisticsTables } from "./statisticsTables";

const another = { log: "toy", own: false };
const own = { log: "Ali-CCP", own: true };
const aliccp = {
	impressions: 84_412_391,
	users: 404_000,
	items: 4_299_999,
	events: { click: 3_400_100, conversion: 18_200 },
};

describe("roundsTo", () => {
	it.each([
		[84_412_391, 84e6, true],
		[84_600_000, 84e6, false],
		[449_999, 4e5, true],
		[450_001, 4e5, false],
		[18_499, 18_000, true],
		[18_501, 18_000, false],
		[0.03894, 0.0389, true],
		[0.03896, 0.0389, false],
		[0.00022, 2 * 0.01 * 0.01, true],
		[0, 0, true],
		[1, 0, false],
	])("%d stands for %d: %s", (value, printed, same) => expect(roundsTo(value, printed)).toBe(same));
});

describe("statisticRows", () => {
	const one = { label: "Public Dataset", column: "#click", values: [10, 20], published: { value: 15 } };
	it("another log: not comparable, whatever the numbers", () => {
		const [row] = statisticRows([one], another);
		expect(row).toMatchObject({ model: null, verdict: "not-comparable", ours: { mean: 15, n: 2 }, best: false });
		expect(row.reason).toBe("another log than the paper's: toy");
	});
	it("its own log: within where it rounds to what is printed, else outside", () => {
		const verdict = (value: number) => statisticRows([{ ...one, published: { value } }], own)[0].verdict;
		expect([verdict(15), verdict(16), verdict(20)]).toEqual(["within", "outside", "within"]);
	});
	it("unknown on either side stays unknown", () => {
		expect(statisticRows([{ ...one, published: null }], own)[0]).toMatchObject({
			published: null,
			verdict: "not-comparable",
			reason: "the paper's number is unknown",
		});
		const [row] = statisticRows([{ ...one, values: [null] }], own);
		expect(row).toMatchObject({ verdict: "not-comparable", reason: "Ali-CCP does not tell" });
		expect(row.ours.mean).toBeNaN();
	});
});

describe("esmmTable1", () => {
	it("labels and columns are those of the paper, counts go where they belong", () => {
		const { rows } = esmmTable1([countsOfLog(toyLog(), "cat")], another);
		expect(rows.map((row) => [row.label, row.column, row.ours.mean, row.published?.value])).toEqual([
			["Public Dataset", "#user", 3, 4e5],
			["Public Dataset", "#item", 3, 4.3e6],
			["Public Dataset", "#impression", 20, 84e6],
			["Public Dataset", "#click", 10, 3.4e6],
			["Public Dataset", "#conversion", 5, 18_000],
			["Product Dataset", "#user", 3, 48e6],
			["Product Dataset", "#item", 3, 23.5e6],
			["Product Dataset", "#impression", 20, 8.95e9],
			["Product Dataset", "#click", 10, 324e6],
			["Product Dataset", "#conversion", 5, 1.774e6],
		]);
	});
	it("on Ali-CCP itself the public data set is compared, the product's never", () => {
		const verdicts = esmmTable1([aliccp], own).rows.map((row) => row.verdict);
		expect(verdicts.slice(0, 5)).toEqual(Array(5).fill("within"));
		expect(verdicts.slice(5)).toEqual(Array(5).fill("not-comparable"));
	});
});

describe("sparsity", () => {
	it("divides both sides alike, and says nothing of what is unknown", () => {
		const table = esmmTable1([aliccp], own);
		const [ctr] = sparsity(table, [["#click", "#impression"]]);
		expect(ctr.rate).toBe("#click / #impression");
		expect(ctr.ours).toBeCloseTo(3_400_100 / 84_412_391, 12);
		expect(ctr.theirs["Public Dataset"]).toBeCloseTo(3.4 / 84, 12);
		expect(ctr.theirs["Product Dataset"]).toBeCloseTo(324 / 8950, 12);
		expect(sparsity(table, [["#DAction", "#click"]])).toEqual([
			{ rate: "#DAction / #click", ours: null, theirs: { "Public Dataset": null, "Product Dataset": null } },
		]);
	});
});

describe("esm2", () => {
	const edges = esm2Edges.map((prob, i) => ({ prob, n: 100, positives: i, rate: i / 100, se: 0 }));
	it("Table 1 counts dAction as #DAction and conversion as #Purchase", () => {
		const counts = { impressions: 100, users: 2, items: 3, events: { click: 9, conversion: 1, dAction: 4 } };
		const { rows } = esm2Table1([counts], another);
		expect(rows.map((row) => [row.column, row.ours.mean])).toEqual([
			["#User", 2],
			["#Item", 3],
			["#Impression", 100],
			["#Click", 9],
			["#Purchase", 1],
			["#DAction", 4],
		]);
		expect(rows.every((row) => row.published !== null)).toBe(true);
	});
	it("Figure 3: edges by the paper's names, unknown ones stay unknown", () => {
		const { rows, notes } = esm2Figure3([edges, edges], another);
		const found = (column: string) => rows.find((row) => row.column === column);
		expect(found("P(SCart|click)")).toMatchObject({ published: { value: 0.1 }, ours: { mean: 0.01, n: 2 } });
		expect(found("P(purchase|Wish)")?.published?.value).toBeCloseTo(0.31, 12);
		expect(found("P(Wish|click)")?.published).toBeNull();
		expect(notes.join()).toContain("= 1.20% of the clicks, but Table 1 has 1.10% of them in all");
	});
});

describe("cstwaTable1", () => {
	it("counts the vocabulary that is left, the parts and the shares", () => {
		const data = toyDataset();
		const counts = preparedCounts(data, { user: "a", item: "b" });
		const share = (event: string) => data.events[event].reduce((sum, one) => sum + one, 0) / 1600;
		expect(counts).toEqual({
			...{ users: 12, items: 6, train: 700, validation: 300, test: 600 },
			...{ pos_click_pct: share("click"), pos_purchase_pct: share("conversion") },
		});
		const { rows } = cstwaTable1([counts], another);
		const printed = (label: string, column: string) =>
			rows.find((row) => row.label === label && row.column === column)?.published?.value;
		expect(printed("Public", "pos_click_pct")).toBeCloseTo(0.0389, 12);
		expect(printed("Industrial", "train")).toBe(465e6);
	});
	it("a data set without such a field does not tell", () => {
		expect(preparedCounts(toyDataset())).toMatchObject({ users: null, items: null });
	});
});

it("all tables of a scale: two logs each, every statistic counted, none compared", async () => {
	let heard = 0;
	const tables = await statisticsTables({ scale: "tiny", progress: (done, total) => (heard = done / total) });
	expect(tables.map(({ paper, table }) => `${paper} ${table}`)).toEqual([
		"esmm Table 1",
		"esm2 Table 1",
		"esm2 Section 3.1 / Figure 3 text",
		"cstwa Table 1",
	]);
	for (const { title, rows } of tables)
		for (const row of rows) {
			expect(row, `${title} ${row.column}`).toMatchObject({ model: null, verdict: "not-comparable", ours: { n: 2 } });
			expect(row.ours.mean, `${title} ${row.column}`).toBeGreaterThan(0);
		}
	expect(heard).toBe(1);
	const named = Object.entries(statisticsOf).flatMap(([paper, names]) => names.map((name) => `${paper} ${name}`));
	expect(named).toEqual(tables.map(({ paper, table }) => `${paper} ${table}`));
});

it("one paper's tables are those of all, and only its logs are simulated", async () => {
	const shares: number[] = [];
	const progress = (done: number, total: number) => shares.push(done / total);
	const tables = await statisticsTables({ scale: "tiny", paper: "esm2", progress });
	expect(tables.map(({ title }) => title)).toEqual(["ESM², Table 1", "ESM², Figure 3: edges of the behaviour graph"]);
	expect(tables.every(({ rows }) => rows.every((row) => row.ours.n === 2))).toBe(true);
	expect(shares.at(-1)).toBe(1);
});

it("a request to stop is heard between logs", async () => {
	const stop = new AbortController();
	stop.abort();
	await expect(statisticsTables({ scale: "tiny", signal: stop.signal })).rejects.toThrow("stopped");
});
