import { parentPort, workerData } from "node:worker_threads";
import { InputError } from "../../core/problem";
import { type PartJob, readPart } from "./part";
import { buffersOf } from "./pieces";
import type { PartMessage } from "./threads";

// A thread that reads one part of Ali-CCP and posts its pieces. It waits while more than MOST of them have not been taken.
const MOST = 48;
const port = parentPort!;
let outstanding = 0;
let goOn = () => {};
const spare: ArrayBuffer[] = [];
port.on("message", (buffer: ArrayBuffer | undefined) => {
	if (buffer) spare.push(buffer);
	if (--outstanding <= MOST) goOn();
});
const post = (message: PartMessage, moved: ArrayBuffer[] = []) => port.postMessage(message, moved);

readPart(workerData as PartJob, {
	spare,
	piece(table, piece) {
		outstanding++;
		post({ table, piece }, buffersOf(piece));
	},
	bytes(more) {
		post({ bytes: more });
		if (outstanding > MOST)
			return new Promise<void>((resolve) => {
				goOn = resolve;
			});
	},
}).then(
	(read) => {
		post({ read });
		port.close();
	},
	(problem: Error) => {
		post({ problem: problem.message, isInput: problem instanceof InputError });
		port.close();
	},
);
