import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { offPolicy } from "../../metrics/propensity";
import { readPrepared } from "../prepared/read";
import { temporaryFolders } from "../readers/temporaryFolders";
import { importOpenBandit, openBandit, readPropensities } from "./openBandit";
import { writeOpenBandit } from "./openBanditWriter";

const folder = temporaryFolders();
const real = process.env.SAMPLES === undefined ? "" : join(process.env.SAMPLES, "open-bandit");
const isReal = existsSync(join(real, "random_men.csv"));

describe("Open Bandit", () => {
	let at = real;
	beforeAll(async () => {
		console.log(
			`Open Bandit: ${isReal ? `the real rows in ${real}` : "written rows of the same format; SAMPLES names no real ones"}`,
		);
		if (isReal) return;
		at = folder();
		await writeOpenBandit(at, { rows: 4000, items: 12, seed: 2 });
	});

	it("becomes a prepared log whose only event is the click", async () => {
		for (const policy of ["random", "bts"]) {
			const out = folder();
			const path = join(at, `${policy}_men.csv`);
			const [header, ...lines] = readFileSync(path, "utf8").trimEnd().split("\n");
			const names = header.split(",");
			const rows = lines.map((line) => line.split(","));
			const card = await importOpenBandit({ files: [path], out, minFrequency: 1 });
			expect(card.read).toBe(lines.length);
			expect(card.dropped).toEqual([]);
			expect(card.remarks).toEqual([]);
			expect(card.rows.train + card.rows.valid + card.rows.test).toBe(lines.length);
			expect(Object.keys(card.events)).toEqual(["click"]);
			expect(Object.keys(card.files)).toEqual([`${policy}_men.csv`, `${policy}_men_item_context.csv`]);
			const fields = card.fields.map(({ name }) => name);
			expect(fields).toEqual(Object.keys(openBandit.schema.features));
			expect(fields).not.toContain("propensity_score");

			const data = await readPrepared(out);
			const times = rows.map((row) => Date.parse(row[names.indexOf("timestamp")].replace(" ", "T")));
			const inTime = times.every((time, i) => i === 0 || times[i - 1] <= time);
			expect(inTime).toBe(true);
			const order = (["train", "valid", "test"] as const).flatMap((part) => [...data.split[part]]);
			expect(order.map((row) => data.events.click[row])).toEqual(
				rows.map((row) => Number(row[names.indexOf("click")])),
			);

			const number = data.fields.find(({ name }) => name === "user-item_affinity")!;
			const shown = rows.map((row) =>
				Number(row[names.indexOf(`user-item_affinity_${row[names.indexOf("item_id")]}`)]),
			);
			const scaling = card.fields.find(({ name }) => name === "user-item_affinity") as {
				mean: number;
				deviation: number;
			};
			const scaled = shown.map((value) => Math.fround(Math.tanh((value - scaling.mean) / scaling.deviation)));
			if (number.kind !== "number") throw new Error("the affinity is no number");
			expect(order.map((row) => number.values[row])).toEqual(scaled);

			const context = readFileSync(join(at, `${policy}_men_item_context.csv`), "utf8")
				.trimEnd()
				.split("\n");
			const feature = context.slice(1).map((line) => line.split(",")[3]);
			const field = data.fields.find(({ name }) => name === "item_feature_1")!;
			if (field.kind !== "id") throw new Error("the item feature is no id");
			const codes = new Map<string, Set<number>>();
			for (const [i, row] of order.entries()) {
				const item = feature[Number(rows[i][names.indexOf("item_id")])];
				codes.set(item, (codes.get(item) ?? new Set()).add(field.ids[row]));
			}
			expect([...codes.values()].every((set) => set.size === 1)).toBe(true);
			expect(new Set([...codes.values()].map((set) => [...set][0])).size).toBe(codes.size);
		}
	});

	it("says by the propensities of Thompson sampling what the random policy got, within three standard errors", async () => {
		const random = await readPropensities(join(at, "random_men.csv"));
		const bts = await readPropensities(join(at, "bts_men.csv"));
		const ctr = offPolicy(random.click, random.propensity, 1 / random.items);
		const guess = offPolicy(bts.click, bts.propensity, 1 / bts.items);
		expect(ctr.meanWeight).toEqual({ value: 1, se: 0 });
		expect(ctr.effectiveSampleSize).toBeCloseTo(random.click.length, 6);
		expect(Math.abs(guess.meanWeight.value - 1) / guess.meanWeight.se).toBeLessThan(3);
		expect(guess.effectiveSampleSize).toBeLessThan(bts.click.length);
		for (const estimate of [guess.ips, guess.snips]) {
			const se = Math.hypot(estimate.se as number, ctr.ips.se as number);
			expect(Math.abs((estimate.value as number) - (ctr.ips.value as number)) / se).toBeLessThan(3);
		}
		const { value: own } = offPolicy(bts.click, bts.propensity, bts.propensity).ips;
		expect(own).toBeCloseTo(bts.click.reduce((n, click) => n + click, 0) / bts.click.length, 12);
		console.log(
			`Open Bandit, ${isReal ? "real rows" : "written rows"}: random policy's CTR ${ctr.ips.value} ± ${ctr.ips.se}; from bts by IPS ${guess.ips.value} ± ${guess.ips.se}, SNIPS ${guess.snips.value} ± ${guess.snips.se}; mean weight ${guess.meanWeight.value} ± ${guess.meanWeight.se}; effective rows ${guess.effectiveSampleSize} of ${bts.click.length}`,
		);
	});
});

describe("importOpenBandit", () => {
	it("refuses several files, a missing item context, and one that does not fit", async () => {
		const at = folder();
		await writeOpenBandit(at, { rows: 50, items: 5, seed: 2 });
		const [log, bts, context] = ["random_men.csv", "bts_men.csv", "random_men_item_context.csv"].map((name) =>
			join(at, name),
		);
		const load = (files: string[]) => importOpenBandit({ files, out: folder(), minFrequency: 1 });
		await expect(load([log, bts])).rejects.toThrow("takes one file");
		const lines = readFileSync(context, "utf8").split("\n");
		writeFileSync(context, [lines[0], lines[2], lines[1], ...lines.slice(3)].join("\n"));
		await expect(load([log])).rejects.toThrow(`${context}:2 is of item 1, not 0`);
		writeFileSync(context, lines.slice(0, 4).join("\n"));
		await expect(load([log])).rejects.toThrow("columns of 5 items, but");
		rmSync(context);
		await expect(load([log])).rejects.toThrow("item_context.csv cannot be read (ENOENT)");
	});
});
