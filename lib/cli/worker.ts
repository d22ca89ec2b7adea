import { availableParallelism } from "node:os";
import { work } from "../experiment/queue/worker";
import { command, wholeNumber } from "./command";

interface Options {
	queue: string;
	workers: number;
	shared?: string;
	store?: string;
}

command<Options>(
	"worker",
	"Takes runs from a queue that sweeps put them into, until it is stopped. Ctrl-C ends it after the step at hand; its runs go back.",
	(c) =>
		c
			.requiredOption("--queue <url>", 'redis://… ("npm run redis" prints one) or postgres://…')
			.option(
				"--workers <n>",
				"runs at a time (default: as many as cores)",
				wholeNumber("--workers", 1),
				availableParallelism(),
			)
			.option("--shared <place>", "where data lie by their fingerprint: a folder, s3://… or http(s)://…")
			.option("--store <dir>", "where checkpoints and results lie (default data/runs)"),
	async ({ queue, workers, shared, store }, signal) => {
		const say = (line: string) => void process.stderr.write(`${new Date().toTimeString().slice(0, 8)} ${line}\n`);
		const worked = await work({ url: queue, workers, shared, store, say, signal });
		const { done, failed, returned } = worked;
		// A queue that does not answer would keep the process.
		setTimeout(() => process.exit(), 500).unref();
		return { json: worked, text: `${done} done, ${failed} failed, ${returned} given back` };
	},
);
