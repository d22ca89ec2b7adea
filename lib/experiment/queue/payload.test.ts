import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { temporaryFolders } from "../../data/readers/temporaryFolders";
import { metricsVersion } from "../../metrics/value";
import { models } from "../../models/index";
import { engineVersion } from "../../train/fit";
import { type Job, jobFor } from "../job";
import type { RunResult } from "../result";
import { openStore, type Store } from "../store";
import { queueAddress, reach } from "./address";
import { idOf } from "./bull";
import { outage } from "./outage";
import { pack, unpack } from "./payload";
import { throttled } from "./progress";
import { refusal } from "./versions";

const folder = temporaryFolders();
const run = "ab".repeat(32);
const bytes = Buffer.from("predictions of a run");
const sha256 = (of: Buffer) => createHash("sha256").update(of).digest("hex");

/** A result with predictions as a worker's store has it. */
async function worked(epochs = 3): Promise<{ store: Store; result: RunResult }> {
	const store = openStore(folder());
	const predictions = { parts: ["valid"], rows: 2, sha256: sha256(bytes) };
	const result = { run, metrics: {}, data: { dropped: {} }, epochs, cached: true, predictions } as unknown as RunResult;
	await store.put(result);
	writeFileSync(store.predictions(run), bytes);
	return { store, result };
}

it("a result and its predictions arrive as they were; the first of a run stays", async () => {
	const driver = openStore(folder());
	const { store, result } = await worked();
	const arrived = await unpack(driver, JSON.parse(JSON.stringify(await pack(store, result))));
	expect(arrived).toMatchObject({ run, epochs: 3, cached: false });
	expect(readFileSync(driver.predictions(run))).toEqual(bytes);
	const second = await worked(4);
	expect((await unpack(driver, await pack(second.store, second.result))).epochs).toBe(3);
	expect(driver.get(run)?.epochs).toBe(3);
	writeFileSync(driver.predictions(run), "lost");
	await unpack(driver, await pack(store, result));
	expect(readFileSync(driver.predictions(run))).toEqual(bytes);
});

it("predictions that are too large go through the shared folder, and without one that is said", async () => {
	const [driver, shared] = [openStore(folder()), folder()];
	const { store, result } = await worked();
	await expect(pack(store, result, undefined, 4)).rejects.toThrow(
		/go through the queue: give worker and sweep the same/,
	);
	const payload = await pack(store, result, shared, 4);
	expect(payload.predictions).toBe("shared");
	await expect(unpack(driver, payload)).rejects.toThrow(/lie in the workers' shared folder/);
	expect(existsSync(driver.predictions(run))).toBe(false);
	await unpack(driver, payload, shared);
	expect(readFileSync(driver.predictions(run))).toEqual(bytes);
	expect(readdirSync(driver.folder).sort()).toEqual([`${run}.json`, `${run}.predictions.parquet`]);
});

it("predictions that arrive damaged are refused, and no result is kept", async () => {
	const driver = openStore(folder());
	const { store, result } = await worked();
	const payload = await pack(store, result);
	const harmed = { ...payload, predictions: Buffer.from("other").toString("base64") };
	await expect(unpack(driver, harmed)).rejects.toThrow(/arrived damaged/);
	await expect(unpack(driver, { result })).rejects.toThrow(/arrived without its predictions/);
	expect(driver.get(run)).toBeUndefined();
});

it("a job of other versions, of the shared network too, is refused with which side is older", async () => {
	const source = { source: "simulator", preset: "tiny", logSeed: 1 } as const;
	const job = await jobFor({ model: "esmm", source, seed: 1 });
	const other = (change: object): Job => ({ ...job, run: { ...job.run, ...change } });
	expect(refusal(job)).toBeUndefined();
	expect(refusal(other({ engineVersion: engineVersion - 1 }))).toMatch(/^the engine .* the sweep's code is older/);
	expect(refusal(other({ metricsVersion: metricsVersion + 1 }))).toMatch(/^the metrics .* the worker's code is older/);
	expect(refusal(other({ model: "none" }))).toMatch(/does not know the model "none"/);
	const ctr = { model: "base", modelVersion: models.base.version + 1, hyper: {} };
	expect(refusal(other({ ctr }))).toMatch(/^the model "base" has version .* the worker's code is older/);
	expect(idOf({ ...job, final: { by: "x" } })).not.toBe(idOf(job));
});

it("an address is a URL of Redis or PostgreSQL, shown without its password; one that does not answer is told", async () => {
	expect(queueAddress("redis://:secret@here:6379").shown).toBe("Redis at here:6379");
	expect(queueAddress("postgresql://me:secret@here/db")).toMatchObject({
		kind: "PostgreSQL",
		shown: "PostgreSQL at here",
	});
	for (const wrong of ["", "here:6379", "http://here", "6379"])
		expect(() => queueAddress(wrong), wrong).toThrow(/--queue takes a URL as redis:/);
	for (const url of ["redis://:secret@127.0.0.1:1", "postgres://me:secret@127.0.0.1:1/db"])
		await expect(reach(queueAddress(url))).rejects.toThrow(
			/^--queue: cannot reach (?!.*secret).*127\.0\.0\.1:1 \(ECONNREFUSED\)/,
		);
});

it("an outage is told once, its end once, another problem once", () => {
	const lines: string[] = [];
	const { error, over } = outage("Redis at here", (line) => lines.push(line));
	over();
	for (let i = 0; i < 3; i++)
		error(Object.assign(new Error("connect ECONNREFUSED 1.2.3.4:1"), { code: "ECONNREFUSED" }));
	over();
	over();
	for (let i = 0; i < 3; i++) error(new Error("Missing lock"));
	expect(lines).toEqual([
		"Redis at here does not answer (ECONNREFUSED): trying until it does",
		"Redis at here answers again",
		"Redis at here: Missing lock",
	]);
});

it("of many events one at a time is passed on, the first at once", async () => {
	const passed: number[] = [];
	const pass = throttled<number>((event) => passed.push(event), 50);
	for (let i = 0; i < 5; i++) pass(i);
	await new Promise((next) => setTimeout(next, 60));
	pass(5);
	expect(passed).toEqual([0, 5]);
});
