import { expect, it, vi } from "vitest";
import type { Dataset, Field } from "../data/dataset";
import { gather } from "../data/gather";
import { toyDataset } from "../data/toyDataset";
import { gathering } from "./gathering";
import type { Rows } from "./step";

const n = 400;
const shared: Field = {
	...{ kind: "ids", name: "past", size: 5, offsets: Int32Array.of(0, 2, 2, 5), ids: Int32Array.of(1, 4, 2, 2, 3) },
	...{ list: Int32Array.from({ length: n }, (_, row) => row % 3), weights: Float32Array.of(1, 0.5, 2, 1, 1) },
};
const one = toyDataset();
const other: Dataset = { ...one, fields: [shared, ...one.fields].slice(0, 2) };
const ENOUGH = Number.POSITIVE_INFINITY;

/** Batches of 60 rows of both data sets in turn, with lists and without. */
async function* batches(): AsyncGenerator<Rows> {
	for (let from = 0; from < n; from += 60) {
		const at = Int32Array.from({ length: Math.min(60, n - from) }, (_, i) => n - 1 - from - i);
		yield { data: from % 120 === 0 ? one : other, at };
	}
}

it("a thread gathers the same features for every batch, in order", async () => {
	let seen = 0;
	const plain = batches();
	for await (const { data, at, gathered } of gathering(batches(), ENOUGH)) {
		const { value } = await plain.next();
		expect(at).toEqual(value.at);
		expect(gathered).toEqual(gather(data.fields, at));
		seen++;
	}
	expect(seen).toBe(7);
	expect((await plain.next()).done).toBe(true);
});

it("a small training gathers for itself", async () => {
	for await (const { gathered } of gathering(batches(), 1000)) expect(gathered).toBeUndefined();
});

it("so does a process that was given one thread", async () => {
	vi.stubEnv("TF_NUM_INTRAOP_THREADS", "1");
	for await (const { gathered } of gathering(batches(), ENOUGH)) expect(gathered).toBeUndefined();
	vi.unstubAllEnvs();
});

it("its thread ends when the training does, and a failure of the source is heard", async () => {
	const threads = () => process.getActiveResourcesInfo().filter((name) => name === "MessagePort").length;
	const before = threads();
	for await (const { at } of gathering(batches(), ENOUGH))
		if (at.length > 0) {
			expect(threads()).toBeGreaterThan(before);
			break;
		}
	expect(threads()).toBe(before);
	async function* broken(): AsyncGenerator<Rows> {
		yield* batches();
		throw new Error("the disk is gone");
	}
	const all = async () => {
		for await (const { at } of gathering(broken(), ENOUGH)) expect(at.length).toBeGreaterThan(0);
	};
	await expect(all()).rejects.toThrow("the disk is gone");
	expect(threads()).toBe(before);
});
