import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";

// A thread that posts the SHA-256 of files, in order.
const buffer = Buffer.allocUnsafe(1 << 22);
parentPort!.postMessage(
	(workerData as string[]).map((path) => {
		const file = openSync(path, "r");
		try {
			const hash = createHash("sha256");
			for (let n = readSync(file, buffer); n > 0; n = readSync(file, buffer)) hash.update(buffer.subarray(0, n));
			return hash.digest("hex");
		} finally {
			closeSync(file);
		}
	}),
);
