import { doneOf } from "./killing";

// For tests: a driver of a sweep in a process of its own, to be killed: killedDriver.ts URL STORE RUNS.
const [, , url, store, runs] = process.argv;
doneOf(url, store, Number(runs)).then(
	(done) => process.exit(done === Number(runs) ? 0 : 1),
	(problem: Error) => {
		process.stderr.write(`${problem.stack}\n`);
		process.exit(1);
	},
);
