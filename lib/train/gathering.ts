import type { Worker } from "node:worker_threads";
import type { Field } from "../data/dataset";
import type { Gathered } from "../data/gather";
import type { GatherMessage } from "../data/gatherThread";
import { thread } from "../data/readers/thread";
import { sharedFields } from "../data/sharedFields";
import type { Rows } from "./step";

/** Batches gathered at a time while one trains. */
const AHEAD = 3;

/** From so many values on a thread of its own pays for its start, some 50 ms. */
const WORTH = 2_000_000;

/**
 * The same batches with their features gathered, by a thread, while the ones before train. The features are the same to the
 * last bit; small trainings are left to gather for themselves, and so are processes that were given one thread: the other cores
 * have trainings of their own.
 *
 * @param values how many values the batches have in all: rows times fields
 */
export async function* gathering(batches: AsyncIterable<Rows>, values: number): AsyncGenerator<Rows> {
	if (values < WORTH || isOneOfMany()) {
		for await (const rows of batches) yield rows;
		return;
	}
	const worker = thread("data/gatherThread.ts", undefined);
	const answers = answersOf(worker);
	const send = (message: GatherMessage) => worker.postMessage(message);
	const asked: { rows: Rows; gathered: Promise<Gathered> }[] = [];
	const take = async (): Promise<Rows> => {
		const { rows, gathered } = asked.shift() as (typeof asked)[number];
		return { ...rows, gathered: await gathered };
	};
	let fields: readonly Field[] | undefined;
	try {
		for await (const rows of batches) {
			if (rows.data.fields !== fields) {
				fields = rows.data.fields;
				send({ fields: sharedFields(fields) });
			}
			send({ at: rows.at });
			asked.push({ rows, gathered: answers.next() });
			if (asked.length > AHEAD) yield await take();
		}
		while (asked.length > 0) yield await take();
	} finally {
		await worker.terminate();
	}
}

/** Whether TensorFlow was given one thread, as in the processes of a sweep. */
const isOneOfMany = (): boolean => process.env.TF_NUM_INTRAOP_THREADS === "1";

/** What a thread answers, in order. Its end or failure rejects what is still asked. */
function answersOf(worker: Worker): { next(): Promise<Gathered> } {
	const waiting: { resolve(gathered: Gathered): void; reject(problem: Error): void }[] = [];
	worker.on("message", (gathered: Gathered) => waiting.shift()?.resolve(gathered));
	worker.on("error", (problem) => {
		for (const { reject } of waiting.splice(0)) reject(problem);
	});
	return {
		next() {
			const answer = new Promise<Gathered>((resolve, reject) => waiting.push({ resolve, reject }));
			// Whoever awaits it hears of a failure; until then nobody does.
			answer.catch(() => {});
			return answer;
		},
	};
}
