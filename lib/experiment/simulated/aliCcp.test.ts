import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { CSTWA_FIELDS } from "../../data/aliccp/elements";
import { type PlainAliCcp, plainAliCcp } from "../../data/aliccp/plain";
import { temporaryFolders } from "../../data/readers/temporaryFolders";
import { split, splits } from "../../data/split";
import { makeWorld, type Simulated, simulate } from "../../simulator/simulate";
import { type WrittenSimulatedAliCcp, writeSimulatedAliCcp } from "./aliCcp";

const folders = temporaryFolders();
const make = () => simulate({ preset: "tiny", seed: 1, rows: 8000, knobs: { ctr: 0.3, cvr: 0.2, U: 100 } });

/** Elements of a line by field: [id, value] each. */
function elementsOf(line: string): Map<string, [number, number][]> {
	const fields = new Map<string, [number, number][]>();
	const list = line.slice(line.lastIndexOf(",") + 1);
	for (const element of list.split("\x01")) {
		const [field, rest] = element.split("\x02");
		const [id, value] = rest.split("\x03").map(Number);
		fields.set(field, [...(fields.get(field) ?? []), [id, value]]);
	}
	return fields;
}

describe("a simulated log as Ali-CCP's raw files", () => {
	let log: Simulated;
	let folder: string;
	let written: WrittenSimulatedAliCcp;
	let read: PlainAliCcp;
	let c: Record<string, Int32Array>;
	const linesOf = (name: string) => readFileSync(join(folder, name), "latin1").trimEnd().split("\n");
	beforeAll(async () => {
		log = make();
		c = log.columns as Record<string, Int32Array>;
		folder = folders();
		written = await writeSimulatedAliCcp(log, folder);
		read = plainAliCcp(folder);
	});

	test("reads back without a dropped row, with the same clicks and conversions in each part", () => {
		expect([...read.dropped, ...read.droppedCommon, ...read.unread]).toEqual([]);
		expect(read.rows.length).toBe(log.rows);
		const { train, valid, test } = split(log, splits.esmm);
		const count = (event: string, rows: Int32Array) => rows.reduce((sum, row) => sum + c[event][row], 0);
		for (const [code, rows, told] of [
			[0, [...train, ...valid], written.train],
			[1, [...test], written.test],
		] as const) {
			const ofPart = (event: "click" | "conversion") =>
				read.rows.reduce((sum, row) => sum + (row.part === code ? row[event] : 0), 0);
			expect(told.rows).toBe(rows.length);
			expect(ofPart("click")).toBe(count("click", Int32Array.from(rows)));
			expect(ofPart("conversion")).toBe(count("conversion", Int32Array.from(rows)));
			expect(told.conversions).toBe(ofPart("conversion"));
		}
		expect(written.test.conversions).toBeGreaterThan(20);
		expect(readdirSync(folder).sort()).toEqual([...written.files].sort());
	});

	test("has each impression with its user, item and position, found by its sampleID", () => {
		let at = 0;
		for (const name of ["train", "test"])
			for (const line of linesOf(`sample_skeleton_${name}.csv`)) {
				const row = Number(line.slice(0, line.indexOf(","))) - 1;
				for (const [field, column] of Object.entries({
					...{ "101": "user", "205": "item", "206": "category", "207": "shop", "216": "brand", "301": "position" },
					...{ "124": "gender", "125": "age", "126": "power" },
				}))
					if (read.rows[at].ids[CSTWA_FIELDS.indexOf(field as never)] !== c[column][row])
						expect.fail(`${field} of sample ${row + 1}`);
				at++;
			}
		expect(at).toBe(log.rows);
	});

	test("stores a user once a day: rows of one common row are of one user and day and lie together", () => {
		const seen = new Set<number>();
		const common = read.rows.map((row) => row.common);
		for (let at = 0; at < common.length; at++) {
			if (at > 0 && common[at] === common[at - 1]) continue;
			if (seen.has(common[at])) expect.fail(`common row ${common[at]} comes twice`);
			seen.add(common[at]);
		}
		const days = new Set(c.user.map((user, row) => user * 100 + c.day[row]));
		expect(seen.size).toBe(days.size);
		expect(written.train.commonRows + written.test.commonRows).toBe(days.size);
	});

	test("has histories of before the day's first request, with log counts, and crosses of the row's own", () => {
		const { events, start, length } = log.sequences;
		const { items } = makeWorld(log.knobs, 1);
		const counts = (row: number, of: (at: number) => number) => {
			const found = new Map<number, number>();
			for (let at = start[row]; at < start[row] + length[row]; at++) found.set(of(at), (found.get(of(at)) ?? 0) + 1);
			return found;
		};
		const shopOf = (at: number) => items.shop[events.item[at] - 1] + 1;
		const common = new Map(linesOf("common_features_test.csv").map((line) => [line.split(",")[0], elementsOf(line)]));
		const done = new Set<string>();
		let crossed = 0;
		for (const line of linesOf("sample_skeleton_test.csv")) {
			const [sample, , , key] = line.split(",");
			const row = Number(sample) - 1;
			const own = elementsOf(line);
			const [, inCategory] = own.get("508")?.[0] ?? [0, 0];
			const [, inShop] = own.get("509")?.[0] ?? [0, 0];
			expect(inCategory).toBeCloseTo(Math.log1p(counts(row, (at) => events.category[at]).get(c.category[row]) ?? 0), 4);
			expect(inShop).toBeCloseTo(Math.log1p(counts(row, shopOf).get(c.shop[row]) ?? 0), 4);
			expect(own.get("210")?.length).toBe(2);
			if (inShop > 0) crossed++;
			if (done.has(key)) continue;
			done.add(key);
			const first = c.user.findIndex((user, i) => user === c.user[row] && c.day[i] === c.day[row]);
			const fields = common.get(key);
			for (const [field, of] of [
				["109_14", (at: number) => events.category[at]],
				["110_14", shopOf],
				["127_14", (at: number) => events.brand[at]],
			] as const) {
				const told = Object.fromEntries(
					(fields?.get(field) ?? []).map(([id, value]) => [id, Math.round(Math.expm1(value))]),
				);
				expect(told, `${field} of sample ${sample}`).toEqual(Object.fromEntries(counts(first, of)));
			}
		}
		expect(crossed).toBeGreaterThan(50);
	});

	test("is the same bytes for the same options", async () => {
		const other = folders();
		await writeSimulatedAliCcp(make(), other);
		const sha = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");
		for (const name of written.files) expect(sha(join(other, name)), name).toBe(sha(join(folder, name)));
	});
});

test("conversions without a click are refused, and a request to stop leaves no file", async () => {
	const direct = simulate({ preset: "tiny", seed: 1, rows: 1000, knobs: { pDirect: 0.1 } });
	await expect(writeSimulatedAliCcp(direct, folders())).rejects.toThrow(/knob "pDirect"/);
	const folder = folders();
	const log = simulate({ preset: "tiny", seed: 1, rows: 1000 });
	await expect(writeSimulatedAliCcp(log, folder, { signal: AbortSignal.abort() })).rejects.toThrow(/stopped/);
	expect(readdirSync(folder)).toEqual(["common_features_train.csv"]);
});
