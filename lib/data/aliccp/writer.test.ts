import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolders } from "../readers/temporaryFolders";
import { collectAliCcp } from "./collect";
import { CSTWA_FIELDS } from "./elements";
import { type AliCcpScan, scanAliCcp } from "./scan";
import { writeAliCcp } from "./writer";

const folder = temporaryFolders();
const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);

describe("written files have the shape of the source", () => {
	const ROWS = 100_000;
	const seen = new Map<number, number>();
	let scan: AliCcpScan;
	let clicks = 0;
	beforeAll(async () => {
		const at = folder();
		await writeAliCcp(at, { rows: ROWS, seed: 3, commonElements: 518 });
		const item = CSTWA_FIELDS.indexOf("205");
		scan = await scanAliCcp({
			folder: at,
			lists: { rowLists: [], commonLists: [] },
			sink: {
				common: () => undefined,
				row({ ids, click }) {
					seen.set(ids[item], (seen.get(ids[item]) ?? 0) + 1);
					clicks += click;
				},
			},
		});
	});

	it("in the elements of rows and common rows, and in the rows of a common row", () => {
		const { rowElements, commonElements, rowsPerCommonRow } = scan.statistics;
		// The shares of the fields add up to 13.35; the source's 13.5 is not reached.
		expect(Math.abs(rowElements.mean - 13.35)).toBeLessThan(0.15);
		expect(rowElements.least).toBeGreaterThanOrEqual(1);
		expect(rowElements.most).toBeLessThanOrEqual(50);
		// 1,727 lengths that spread as far as their mean: a standard error of 13.
		expect(Math.abs(commonElements.mean - 518)).toBeLessThan(40);
		expect(commonElements.least).toBeGreaterThanOrEqual(1);
		expect(commonElements.most).toBeGreaterThan(2000);
		expect(commonElements.most).toBeLessThanOrEqual(2706);
		expect(rowsPerCommonRow).toBeCloseTo(57.9, 1);
	});

	it.each<[field: string, share: number, tolerance: number]>([
		["101", 0.998, 0.005],
		["121", 0.87, 0.05],
		["126", 0.416, 0.07],
		["129", 0.637, 0.07],
		["205", 1, 0],
		["206", 1, 0],
		["207", 1, 0],
		["210", 1, 0],
		["301", 1, 0],
		["216", 0.712, 0.03],
		["508", 0.696, 0.01],
		["509", 0.221, 0.01],
		["702", 0.224, 0.01],
		["853", 0.41, 0.01],
		["109_14", 0.99, 0.01],
		["110_14", 0.99, 0.01],
	])("in the share of rows that have %s: %d", (field, share, tolerance) => {
		expect(Math.abs(scan.statistics.fields[field].share - share)).toBeLessThanOrEqual(tolerance);
	});

	it.each<[field: string, ids: number, tolerance: number]>([
		["210", 6.1, 0.1],
		["853", 3.4, 0.1],
		["109_14", 70, 7],
		["110_14", 252, 25],
		["127_14", 155, 15],
		["150_14", 136, 14],
	])("in the ids a row has of %s: %d", (field, ids, tolerance) => {
		expect(Math.abs(scan.statistics.fields[field].idsPerRow - ids)).toBeLessThan(tolerance);
	});

	it("in the popularity of items: how many there are, 42.6 % of them seen once, a fall with the power 1.26", () => {
		expect(Math.abs(seen.size / ROWS - 3_078_306 / 42_300_135)).toBeLessThan(0.002);
		const counts = [...seen.values()].sort((a, b) => b - a);
		expect(Math.abs(counts.filter((count) => count === 1).length / counts.length - 0.426)).toBeLessThan(0.02);
		const points = Array.from({ length: 971 }, (_, i) => [Math.log(30 + i), Math.log(counts[29 + i])]);
		const [x, y] = [0, 1].map((axis) => sum(points.map((point) => point[axis])) / points.length);
		const slope = sum(points.map(([a, b]) => (a - x) * (b - y))) / sum(points.map(([a]) => (a - x) ** 2));
		expect(Math.abs(slope + 1.26)).toBeLessThan(0.08);
	});

	it("in its click rate", () => {
		expect(Math.abs(clicks / ROWS - 0.0389)).toBeLessThan(0.006);
	});
});

it("written labels are explained by fields: the click rate of a row's category predicts", async () => {
	const at = folder();
	await writeAliCcp(at, { rows: 20000, seed: 3 });
	const { kept } = await collectAliCcp(at);
	const clicks = new Map<number, [clicked: number, seen: number]>();
	const categoryOf = (row: number) => kept[row].ids[CSTWA_FIELDS.indexOf("206")];
	for (let row = 0; row < kept.length; row += 2) {
		const [clicked, seen] = clicks.get(categoryOf(row)) ?? [0, 0];
		clicks.set(categoryOf(row), [clicked + kept[row].click, seen + 1]);
	}
	const scored = Array.from({ length: kept.length / 2 }, (_, i) => 2 * i + 1).map((row) => {
		const [clicked, seen] = clicks.get(categoryOf(row)) ?? [0, 0];
		return { score: (clicked + 0.4) / (seen + 10), label: kept[row].click };
	});
	const positives = scored.filter(({ label }) => label === 1);
	const negatives = scored.filter(({ label }) => label === 0);
	let wins = 0;
	for (const { score } of positives)
		for (const other of negatives) wins += score > other.score ? 1 : score === other.score ? 0.5 : 0;
	expect(wins / (positives.length * negatives.length)).toBeGreaterThan(0.65);
});
