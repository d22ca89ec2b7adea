import { join } from "node:path";
import { InputError } from "../../core/problem";
import { thread } from "../readers/thread";
import { type PartJob, type PartListener, type PartTable, type ReadPart, readPart } from "./part";
import type { Piece } from "./pieces";

/** What a reading thread posts. */
export type PartMessage =
	| { table: PartTable; piece: Piece }
	| { bytes: number }
	| { read: ReadPart }
	| { problem: string; isInput: boolean };

/** Parts of more bytes than this together are read in threads of their own: below it, starting them takes longer. */
export const SMALL = 100e6;

/**
 * Reads parts of Ali-CCP: each in a thread of its own, at the same time, with one more for the files' hashes; or one after the
 * other in this thread. What comes of a
 * part is the same either way, and in the same order; pieces of different parts come in turns.
 *
 * @throws InputError as `readPart`; of several, the first that is met. What a listener throws ends the reading.
 */
export async function readParts(
	jobs: readonly PartJob[],
	listeners: readonly PartListener[],
	inThreads: boolean,
): Promise<ReadPart[]> {
	if (!inThreads) {
		const read: ReadPart[] = [];
		for (const [i, job] of jobs.entries()) read.push(await readPart(job, listeners[i]));
		return read;
	}
	const names = jobs.map(({ part }) => [part.common, part.skeleton]);
	const hashing = hashesOf(jobs.flatMap(({ folder }, i) => names[i].map((name) => join(folder, name))));
	const threads = jobs.map((job, i) => readInThread({ ...job, hashed: false }, listeners[i]));
	const endAll = () => {
		for (const { end } of [...threads, hashing]) end();
	};
	const reading = threads.map(({ read }) =>
		read.catch((problem) => {
			endAll();
			throw problem;
		}),
	);
	// Where a file cannot be read, its reader says so better than the hashing.
	const ended = await Promise.allSettled<ReadPart | string[]>([...reading, hashing.hashes]);
	const told = ended.filter((result): result is PromiseRejectedResult => result.status === "rejected");
	const first =
		told.find(({ reason }) => reason instanceof InputError) ??
		told.find(({ reason }) => !(reason instanceof Ended)) ??
		told[0];
	if (first) throw first.reason;
	const hashes = await hashing.hashes;
	return Promise.all(
		threads.map(async ({ read }, i) => ({
			...(await read),
			files: Object.fromEntries(names[i].map((name, k) => [name, hashes[2 * i + k]])),
		})),
	);
}

/** The SHA-256 of files, in order, made in a thread. */
function hashesOf(paths: readonly string[]): { hashes: Promise<string[]>; end: () => void } {
	const worker = thread("data/readers/hashThread.ts", paths);
	let end = () => {};
	const hashes = new Promise<string[]>((resolve, reject) => {
		end = () => {
			reject(new Ended());
			void worker.terminate();
		};
		worker.on("error", reject);
		worker.on("message", resolve);
		worker.on("exit", () => reject(new Error("the hashing thread ended before its files did")));
	});
	return { hashes, end };
}

/** A thread that was ended because another one failed. */
class Ended extends Error {}

function readInThread(job: PartJob, listener: PartListener): { read: Promise<ReadPart>; end: () => void } {
	const worker = thread("data/aliccp/partThread.ts", job);
	let end = () => {};
	const read = new Promise<ReadPart>((resolve, reject) => {
		end = () => {
			reject(new Ended());
			void worker.terminate();
		};
		worker.on("error", reject);
		worker.on("exit", () => reject(new Error("a reading thread ended before its part did")));
		worker.on("message", (message: PartMessage) => {
			try {
				if ("piece" in message) {
					listener.piece(message.table, message.piece);
					// What was taken goes back to be filled again: fresh memory costs more than the rows that fill it.
					const buffer = message.table === "common" ? undefined : (message.piece.flat[0].buffer as ArrayBuffer);
					worker.postMessage(buffer, buffer ? [buffer] : []);
				} else if ("bytes" in message) void listener.bytes(message.bytes);
				else if ("read" in message) resolve(message.read);
				else reject(message.isInput ? new InputError(message.problem) : new Error(message.problem));
			} catch (problem) {
				reject(problem);
			}
		});
	});
	return { read, end };
}
