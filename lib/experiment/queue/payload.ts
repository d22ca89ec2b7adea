import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { arePredictionsKept, sumOfFile } from "../predictions";
import type { RunResult } from "../result";
import { holds, type Store } from "../store";

/** What comes back from a worker. */
export interface Payload {
	result: RunResult;
	/** Kept predictions as Parquet in base64, or "shared": they lie in the shared folder. */
	predictions?: string;
}

/** The most bytes of predictions that go through the queue; more go through the shared folder. */
export const MOST = 16 * 2 ** 20;

const SHARED = "shared";

/** Where a run's predictions lie in a shared folder. */
const placeIn = (shared: string, run: string): string => join(shared, "predictions", `${run}.parquet`);

/**
 * A result and its predictions out of the worker's store.
 *
 * @param shared a folder that the driver sees too
 * @throws Error predictions that are too large for the queue, and no shared folder
 */
export async function pack(store: Store, result: RunResult, shared?: string, most = MOST): Promise<Payload> {
	if (result.predictions === undefined) return { result };
	const path = store.predictions(result.run);
	const { size } = await stat(path);
	if (size <= most) return { result, predictions: (await readFile(path)).toString("base64") };
	if (shared === undefined)
		throw new Error(
			`its predictions are ${(size / 2 ** 20).toFixed(0)} MiB, and ${most / 2 ** 20} go through the queue: give worker and sweep the same folder with --shared`,
		);
	await writeWhole(placeIn(shared, result.run), await readFile(path));
	return { result, predictions: SHARED };
}

/**
 * Puts what came back into the driver's store; the first result of a run stays.
 *
 * @throws Error predictions that are damaged, or not where they should be
 */
export async function unpack(store: Store, payload: Payload, shared?: string): Promise<RunResult> {
	const { predictions } = payload;
	const { cached: _, ...rest } = payload.result;
	const result: RunResult = { ...rest, cached: false };
	const there = store.get(result.run);
	if (there && holds(there, result) && (!there.predictions || (await arePredictionsKept(store, there))))
		return { ...there, cached: false };
	if (result.predictions) {
		const { sha256 } = result.predictions;
		const bytes = await bytesOf(predictions, result.run, shared);
		if (createHash("sha256").update(bytes).digest("hex") !== sha256)
			throw new Error(`the predictions of run ${result.run.slice(0, 12)} arrived damaged`);
		const path = store.predictions(result.run);
		if (!existsSync(path) || (await sumOfFile(path)) !== sha256) await writeWhole(path, bytes);
	}
	await store.put(result);
	return { ...(store.get(result.run) ?? result), cached: false };
}

async function bytesOf(predictions: string | undefined, run: string, shared: string | undefined): Promise<Buffer> {
	if (predictions === undefined) throw new Error(`run ${run.slice(0, 12)} arrived without its predictions`);
	if (predictions !== SHARED) return Buffer.from(predictions, "base64");
	const path = shared === undefined ? undefined : placeIn(shared, run);
	if (path === undefined || !existsSync(path))
		throw new Error(
			`the predictions of run ${run.slice(0, 12)} lie in the workers' shared folder: give the sweep the same one with --shared`,
		);
	return readFile(path);
}

async function writeWhole(path: string, bytes: Buffer): Promise<void> {
	await mkdir(dirname(path), { recursive: true });
	const aside = `${path}.${process.pid}.half`;
	await writeFile(aside, bytes);
	await rename(aside, path);
}
