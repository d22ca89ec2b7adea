import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { readSafetensors } from "../tensor/safetensors";
import { bitsOf } from "./checkpointBits";
import { type Killable, killedUntilEnd, trainInProcess } from "./killing";
import { toyFolder } from "./toyFolder";

const folder = temporaryFolders();
let made: string;
beforeAll(async () => {
	made = folder();
	await toyFolder(folder(), made);
});
const killable: Record<string, () => Killable> = {
	"two stages with hooks, balances, frozen weights and dropout": () => ({ model: "staged" }),
	"the same, streamed from a folder": () => ({ model: "staged", folder: made }),
	"compiled steps with dropout": () => ({ model: "compiled" }),
};

describe("killed by the system at random moments, three times in one training", () => {
	it.each(Object.keys(killable))(
		"%s: it ends with the bits of one that was never killed",
		async (name) => {
			const [whole, killed] = [join(folder(), "whole"), join(folder(), "killed")];
			expect(await trainInProcess(killable[name](), whole)).toBe(true);
			expect(await killedUntilEnd(killable[name](), killed, 3, 1)).toBe(3);
			expect(await bitsOf(killed)).toEqual(await bitsOf(whole));
		},
		300_000,
	);
});

describe("the same seed", () => {
	it("in two processes: the same bits", async () => {
		const [one, two] = [join(folder(), "one"), join(folder(), "two")];
		for (const path of [one, two]) await trainInProcess({ model: "staged" }, path);
		expect(await bitsOf(two)).toEqual(await bitsOf(one));
	}, 200_000);
	it("with one thread and with two: the same bits, while products are too small to be divided", async () => {
		const [one, two] = [join(folder(), "one"), join(folder(), "two")];
		await trainInProcess({ model: "staged", threads: 1 }, one);
		await trainInProcess({ model: "staged", threads: 2 }, two);
		expect(await bitsOf(two)).toEqual(await bitsOf(one));
	}, 200_000);
	// TensorFlow divides the sums of a large product among its threads, so they are added up in another order.
	it("wide layers: the same bits with as many threads, those of another number to rounding", async () => {
		const paths = ["one", "two", "again"].map((name) => join(folder(), name));
		for (const [i, threads] of [1, 2, 2].entries()) await trainInProcess({ model: "wide", threads }, paths[i]);
		expect(await bitsOf(paths[2])).toEqual(await bitsOf(paths[1]));
		const [one, two] = await Promise.all(paths.slice(0, 2).map(async (path) => (await readSafetensors(path)).arrays));
		const gap = (name: string) => {
			const [a, b] = [one, two].map((arrays) => (arrays.get(name) as { values: Float32Array }).values);
			return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
		};
		for (const name of one.keys()) expect(gap(name), name).toBeLessThan(1e-5);
	}, 300_000);
});
