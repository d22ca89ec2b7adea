import { parentPort } from "node:worker_threads";
import type { Field } from "./dataset";
import { gather } from "./gather";

/** What the thread is sent: fields to read from, or rows to gather from the fields that came last. */
export type GatherMessage = { fields: readonly Field[] } | { at: Int32Array };

// A thread that gathers rows, in the order in which it is asked.
let fields: readonly Field[] = [];
parentPort!.on("message", (message: GatherMessage) => {
	if ("fields" in message) {
		({ fields } = message);
		return;
	}
	const gathered = gather(fields, message.at);
	const { unique, index, sorted, pooled, numbers } = gathered;
	const arrays = [unique, index, sorted.order, sorted.places, pooled?.cells, pooled?.weights, numbers];
	parentPort!.postMessage(
		gathered,
		arrays.flatMap((array) => (array ? [array.buffer as ArrayBuffer] : [])),
	);
});
