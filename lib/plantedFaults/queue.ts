// biome-ignore-all lint/suspicious/noTemplateCurlyInString: pieces of source text
import type { Plan } from "./plan";

/** Faults of runs that go over a queue. */
export const queue: Plan[] = [
	[
		"predictions that arrive damaged are kept",
		"experiment/queue/payload.ts",
		'.digest("hex") !== sha256)',
		'.digest("hex") === "")',
		"experiment/queue/payload.test.ts",
		"predictions that arrive damaged are refused, and no result is kept",
	],
	[
		"the newer side is called the older one",
		"experiment/queue/versions.ts",
		"worker < sweep ?",
		"worker > sweep ?",
		"experiment/queue/payload.test.ts",
		"a job of other versions, of the shared network too, is refused with which side is older",
	],
	[
		"a result without the test part answers a run that opens it",
		"experiment/queue/bull.ts",
		"`${hash}-final`",
		"hash",
		"experiment/queue/payload.test.ts",
		"a job of other versions, of the shared network too, is refused with which side is older",
	],
	[
		"fetched data are not compared with their hashes",
		"experiment/queue/sharedFolder.ts",
		"if ((await sumOfFile(path)) !== hash)",
		'if ((await sumOfFile(path)) === "")',
		"experiment/queue/sharedFolder.test.ts",
		"a shared folder refuses files that are damaged or missing, by name",
	],
	[
		"a worker does runs of other versions",
		"experiment/queue/worker.ts",
		"if (why) return refuse(",
		"if (why === token) return refuse(",
		"experiment/queue/queue.test.ts",
		"a queue on Redis gives back runs of other versions, and says which side is older",
	],
	[
		"what the queue has lost is waited for",
		"experiment/queue/runner.ts",
		"if (!found) await add(one.job);",
		"if (!found) return;",
		"experiment/queue/queue.test.ts",
		"a queue on Redis what the queue has lost is queued anew",
	],
	[
		"a wheel's file that was changed is used",
		"setup/wheel.mjs",
		'undefined : "its file changed"',
		"undefined : undefined",
		"setup/wheel.test.ts",
		"takes a program out of a wheel, and makes it anew when it is damaged or its pin changed",
	],
];
