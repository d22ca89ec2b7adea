import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../core/root";
import type { Dataset } from "../data/dataset";
import { makeFolder } from "../data/prepared/madeFolder";
import { readPrepared } from "../data/prepared/read";
import { streamPrepared } from "../data/prepared/stream";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { evaluate, labelled } from "../metrics/evaluate";
import { base } from "../models/base";
import { evaluateFolder } from "./evaluateFolder";
import { type Fitted, fit } from "./fit";

const folder = temporaryFolders();
const hyper = { embedding: 4, mlp: [8], dropout: 0, batch: 500, lr: 0.005, epochs: 1 };
let made: string;
let data: Dataset;
let fitted: Fitted;

beforeAll(async () => {
	made = folder();
	await makeFolder(made, { train: 4000, valid: 2000, test: 60_000 }, true);
	data = await readPrepared(made);
	fitted = await fit(base, { data, seed: 1, hyper });
});

describe("evaluateFolder", () => {
	it("gives what evaluate gives with everything in memory, to the last bit, and leaves nothing in the folder", async () => {
		const before = readdirSync(made);
		const told: number[] = [];
		const progress = (done: number, total: number) => told.push(done / total);
		const metrics = await evaluateFolder({ fitted, folder: made, part: "test", progress });
		const rows = data.split.test;
		expect(metrics).toEqual(evaluate(fitted.predict(rows), labelled(data, rows)));
		expect(Object.keys(metrics)).toHaveLength(9 + 9 + 36 + 7 + 2 * 13);
		expect(metrics["auc(conversion|click)"].n).toBeLessThan(metrics["auc(click|impression)"].n / 5);
		expect(readdirSync(made)).toEqual(before);
		expect(told).toEqual([...told].sort((a, b) => a - b));
		expect(told.at(-1)).toBe(1);
		expect(told.length).toBeGreaterThan(2);
	});
	it("stops when it is told to", async () => {
		const signal = AbortSignal.abort();
		await expect(evaluateFolder({ fitted, folder: made, part: "test", signal })).rejects.toThrow(
			/^stopped after \d+ of/,
		);
	});
	it("a part without rows has no value, and says why", async () => {
		const empty = folder();
		await makeFolder(empty, { train: 100, valid: 0, test: 0 });
		const metrics = await evaluateFolder({ fitted, folder: empty, part: "test" });
		expect(metrics).toEqual({});
	});
});

describe("predictOn", () => {
	it("refuses a vocabulary of another size, another order, and fewer fields", async () => {
		const piece = (await streamPrepared(made, "test").next()).value as Dataset;
		const rows = Int32Array.of(0, 5);
		const [first, second, ...others] = piece.fields;
		const other = (fields: Dataset["fields"]) => () => fitted.predictOn({ name: "other", fields }, rows);
		expect(fitted.predictOn(piece, rows)).toEqual(fitted.predict(rows.map((row) => data.split.test[row])));
		const text = "other is encoded otherwise than made, which the model was trained on: its field";
		expect(other([{ ...first, size: 7 } as never, second, ...others])).toThrow(
			`${text} 1 is f0 of 7 ids, not f0 of 200000`,
		);
		expect(other([second, first, ...others])).toThrow(`${text} 1 is f1 of`);
		expect(other([first, second])).toThrow(`${text} 3 is nothing, not f2`);
	});
});

describe("memory", () => {
	/** Bytes by which evaluating so many rows raises the resident memory of a process of its own. */
	async function growth(rows: number): Promise<number> {
		const at = folder();
		await makeFolder(at, { train: 100, valid: 100, test: rows }, false, 6);
		const args = ["--expose-gc", "--import", "tsx", "bench/evaluationProgram.ts", at, "formula"];
		const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: projectRoot(), encoding: "utf8" });
		if (!stdout) throw new Error(stderr);
		const measured = JSON.parse(stdout);
		expect(measured.rows).toBe(rows);
		return measured.bytes;
	}
	it("takes at most 12 bytes a row for all three Probs together: 1 million rows against 7 million", async () => {
		const [few, many] = [await growth(1_000_000), await growth(7_000_000)];
		const perRow = (many - few) / 6_000_000;
		expect(perRow, `${few} and ${many} bytes`).toBeLessThan(12);
		// Less than the sort's own 8 bytes would mean that nothing was measured.
		expect(perRow).toBeGreaterThan(4);
	}, 180_000);
});
