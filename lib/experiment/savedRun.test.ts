import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import type { RunResult } from "./result";
import { savedRun } from "./savedRun";
import { openStore } from "./store";

const folder = temporaryFolders();
const hash = (begin: string) => begin.padEnd(64, "0");

it("a saved model is found by its run's hash, by 6 characters of it, or as a folder", () => {
	const store = openStore(folder());
	const model = store.model(hash("abcdef1"));
	mkdirSync(model);
	mkdirSync(store.model(hash("abcdef2")));
	expect(savedRun(store, hash("abcdef1"))).toBe(model);
	expect(savedRun(store, "abcdef1")).toBe(model);
	expect(savedRun(store, model)).toBe(model);
	expect(() => savedRun(store, "abcdef")).toThrow(`2 runs begin with abcdef: ${hash("abcdef1")}, ${hash("abcdef2")}`);
	expect(() => savedRun(store, "abcde")).toThrow("abcde is neither a folder of a saved model nor a run");
	expect(() => savedRun(store, "123456")).toThrow("no run 123456 is in the store");
});

it("a result without a saved model: told how to make one", async () => {
	const at = folder();
	const run = hash("abc123");
	const result = { run, model: "esmm", seed: 3, metrics: {}, data: { name: "toy" } };
	await openStore(at).put(result as unknown as RunResult);
	expect(() => savedRun(openStore(at), "abc123")).toThrow(
		`run abc123000000 (esmm on toy, seed 3) has a result but no saved model, which only "npm run train" keeps: remove ${join(at, `${run}.json`)} and train it with "npm run train" again`,
	);
});
