import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type BenchResult, digits, figure, ratio } from "../../bench/figures";
import { textOf, withResult } from "../../bench/results";
import { differences } from "../../bench/sameTables";
import { validRows } from "../../bench/validRows";
import { CSTWA_FIELDS } from "../data/aliccp/elements";
import { openDuckDb, sqlText } from "../data/duckdb";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { split } from "../data/split";
import { toyLog } from "../data/toyLog";

const folder = temporaryFolders();

describe("figures", () => {
	it("are the median, the least and the most; a ratio spans what any two measurements give", () => {
		expect(figure([5, 1, 3])).toEqual({ median: 3, min: 1, max: 5 });
		expect(figure([4, 2])).toEqual({ median: 3, min: 2, max: 4 });
		expect(ratio(figure([10, 20, 40]), figure([2, 5]))).toEqual({ median: 20 / 3.5, min: 2, max: 20 });
		expect([0.123456, 24.1, 132999.6].map(digits)).toEqual(["0.123", "24.1", "133,000"]);
	});

	it("go into their own section of RESULTS.md, and leave the others as they are", () => {
		const result = (bench: string, n: number): BenchResult => ({
			bench,
			machine: { system: "linux", processor: "P", cores: 2, memoryGB: 8 },
			versions: { node: "20" },
			commit: "abc",
			date: "2026-01-02",
			figures: { [`${bench}.ratio`]: figure([n]) },
			notes: ["a note"],
		});
		const one = withResult("", result("data", 7));
		expect(one).toContain("| data.ratio | 7 | 7 | 7 |");
		const other = "## train\n\nby hand\n";
		const both = `${one}\n${other}`;
		const again = withResult(both, result("data", 8));
		expect(again).toBe(both.replace("| data.ratio | 7 | 7 | 7 |", "| data.ratio | 8 | 8 | 8 |"));
		const appended = withResult(both, result("memory", 1));
		expect(appended.startsWith(both)).toBe(true);
		expect(withResult(appended, result("memory", 1))).toBe(appended);
		expect(textOf(result("data", 7))).toMatch(/data\.ratio +7 +7 +7/);
	});
});

it("tables are compared id by id: other numbers pass, another id or label does not", async () => {
	const [ours, peer, work] = [folder(), folder(), folder()];
	const header = ["click", "conversion", ...CSTWA_FIELDS];
	const row = (click: number, id: number, last: number) => [click, 0, ...CSTWA_FIELDS.map(() => id).fill(last, 17)];
	const write = async (rows: Record<string, number[][]>, names: Record<string, string>, parquet: boolean) => {
		const db = await openDuckDb();
		for (const [part, of] of Object.entries(rows)) {
			const path = join(parquet ? ours : peer, names[part]);
			const values = of.map((one) => `(${one.join(",")})`).join(",");
			const columns = header.map((name) => `"${name}"`).join(",");
			await db.run(
				`COPY (SELECT * FROM (VALUES ${values}) t(${columns})) TO ${sqlText(path)} (${parquet ? "FORMAT parquet" : "HEADER"})`,
			);
		}
		db.close();
	};
	const parquet = { train: "train.parquet", valid: "valid.parquet", test: "test.parquet" };
	const csv = { train: "ali_ccp_train.csv", valid: "ali_ccp_val.csv", test: "ali_ccp_test.csv" };
	const table = (code: (id: number) => number, last = 1) => ({
		train: [row(1, code(1), 1), row(0, code(2), 0), row(0, code(1), 1)],
		valid: [row(0, code(2), last)],
		test: [row(1, code(0), 1)],
	});
	const fresh = () => {
		const at = join(work, String(Math.random()));
		mkdirSync(at);
		return at;
	};
	await write(
		table((id) => id),
		parquet,
		true,
	);
	await write(
		table((id) => [0, 7, 5][id]),
		csv,
		false,
	);
	expect(await differences(ours, peer, fresh())).toEqual([]);
	await write(
		table((id) => [0, 7, 5][id], 0),
		csv,
		false,
	);
	expect(await differences(ours, peer, fresh())).toEqual([expect.stringMatching(/^field 301: .* 1 with one 0$/)]);
	const wrong = table((id) => [0, 7, 5][id]);
	wrong.train[1][0] = 1;
	wrong.test.push(row(0, 0, 1));
	await write(wrong, csv, false);
	expect(await differences(ours, peer, fresh())).toEqual([
		"train: click differs in 1 rows",
		"test: 1 rows of ours, 2 of the peer",
	]);
});

it("the peer's validation rows are those of our split", () => {
	const rule = { by: "source", valid: 0.1, seed: 6 } as const;
	const part = Uint8Array.from({ length: 5000 }, (_, row) => (row < 4000 ? 0 : 1));
	const parts = split(toyLog({ rows: 5000, part }), rule);
	const valid = validRows(4000, rule);
	expect(Array.from(valid.keys()).filter((row) => valid[row] === 1)).toEqual([...parts.valid]);
	expect(parts.valid.length).toBeGreaterThan(300);
	expect(() => validRows(10, { by: "time", valid: 0.1, test: 0.2 })).toThrow("validRows.ts must follow");
});
