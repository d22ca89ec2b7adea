import { InputError } from "../../core/problem";
import type { EpochRecord } from "../../train/position";
import type { TrainEvent } from "../../train/trainEvent";
import type { Part, Run, RunResult } from "../result";
import type { JobEvent, Runner } from "../runJobs";
import { type EpochHeard, epochsHeard } from "./epochsHeard";
import { mlflowName } from "./name";
import { type Rest, RestError, rest } from "./rest";

/** Runs told to an MLflow server, as they go on. The store stays the truth. */
export interface Mlflow {
	/** Hears jobs, wherever they run: `runJobs(jobs, { …, on: tracking.job })`. */
	job(event: Omit<JobEvent, "counts">): void;
	/** Does what a runner does and tells of it, for whoever hands jobs to a runner alone, as a sweep; closes both. */
	runner(of: Runner): Runner;
	/** Hears one training: `fit(model, { …, on: tracking.training(hash, run) })`. */
	training(hash: string, run: Run): Listener;
	/** A run's result is there, new or from the store. */
	done(hash: string, run: Run, result: RunResult): void;
	/** Waits for what is not yet sent, 10 seconds at most. */
	close(): Promise<void>;
}

/** What `training` gives: a `FitListener`. */
type Listener = ((event: TrainEvent) => void) & {
	epoch(record: EpochRecord): void;
	end(finished: boolean): void;
};

/** How long a server may take for an answer, and how long `close` waits. */
const [ANSWER, CLOSE] = [5000, 10_000];
/** What waits at most: beyond it a server is too slow, and is given up. */
const QUEUE = 10_000;

/**
 * Tells runs to an MLflow server over its REST API (2.0). Each `Run` is one MLflow run: its hash is the tag `run`, by which it is
 * found again when a training goes on; hyperparameters, seed, share and data are parameters; the metrics are, at the end of each
 * epoch, its mean training loss, learning rate and samples a second (and, of a training in this process, the validation metric that
 * chooses the epoch), and at the end those of the result, as `valid/…` and `test/…`.
 *
 * Names are made printable for MLflow (`mlflowName`): "auc(conversion|click)" is "auc conversion given click".
 *
 * Nothing waits for the server: what there is to say is queued and sent in order. A server that is away, answers with an error or
 * takes longer than 5 seconds is said once on stderr, and no more is sent.
 *
 * @param url of the server: "http://localhost:5000"
 * @param options.experiment by default that of the environment variable MLFLOW_EXPERIMENT_NAME, else "entire-space"
 * @throws InputError a text that is no address
 */
export function mlflow(url: string, { experiment = experimentHere() }: { experiment?: string } = {}): Mlflow {
	const server = rest(addressOf(url), ANSWER);
	const queue: (() => Promise<void>)[] = [];
	let [sending, away]: [Promise<void> | undefined, boolean] = [undefined, false];
	const giveUp = (why: string) => {
		if (!away) process.stderr.write(`MLflow at ${url}: ${why}; nothing more is sent there, results are in the store\n`);
		away = true;
		queue.length = 0;
	};
	const send = async () => {
		for (let next = queue.shift(); next && !away; next = queue.shift())
			await next().catch((problem: Error) => giveUp(problem.message));
		sending = undefined;
	};
	const say = (what: () => Promise<void>) => {
		if (away) return;
		if (queue.length >= QUEUE) return giveUp(`${QUEUE} messages wait for it`);
		queue.push(what);
		sending ??= send();
	};
	const runs = new Map<string, Tracked>();
	const tracked = (hash: string, run: Run): Tracked => {
		const known = runs.get(hash) ?? { epochs: epochsHeard(), id: "", ended: false };
		if (!runs.has(hash)) say(() => begin(server, experiment, hash, run, known));
		runs.set(hash, known);
		return known;
	};
	const step = (hash: string, run: Run, event: TrainEvent) => {
		const at = tracked(hash, run);
		tell(at, at.epochs.hear(event));
	};
	const tell = (at: Tracked, epochs: readonly EpochHeard[]) => {
		for (const { loss, last } of epochs) {
			const metrics = { "epoch loss": loss, "learning rate": last.lr, "samples per second": last.rate };
			say(async () => void (at.ended || (await log(server, at.id, metrics, last.update))));
		}
	};
	const end = (hash: string, run: Run, status: "FINISHED" | "FAILED" | "KILLED", result?: RunResult) => {
		const at = tracked(hash, run);
		tell(at, at.epochs.rest());
		say(async () => {
			// What was told before is told again only where the test part was opened since.
			if (at.ended && (!result?.test || result.cached)) return;
			await log(server, at.id, result ? metricsOf(result, at.ended ? ["test"] : ["valid", "test"]) : {}, 0);
			await server("runs/update", { run_id: at.id, status, end_time: Date.now() });
		});
		runs.delete(hash);
	};
	const done = (hash: string, run: Run, result: RunResult) => end(hash, run, "FINISHED", result);
	const job: Mlflow["job"] = ({ kind, job: { hash, run }, training, result }) => {
		if (kind === "begun") tracked(hash, run);
		else if (training) step(hash, run, training);
		else if (result) done(hash, run, result);
		else if (kind === "failed") end(hash, run, "FAILED");
	};
	const close = async () => {
		let timer: NodeJS.Timeout | undefined;
		const late = new Promise<void>((resolve) => {
			timer = setTimeout(() => {
				giveUp(`it has not taken all in ${CLOSE / 1000} s`);
				resolve();
			}, CLOSE);
		});
		await Promise.race([sending, late]);
		clearTimeout(timer);
	};
	return {
		job,
		done,
		close,
		runner: (of) => ({
			get slots() {
				return of.slots;
			},
			async do(one, hear, signal) {
				job({ kind: "begun", job: one });
				const told = (training: TrainEvent) => {
					job({ kind: "step", job: one, training });
					hear(training);
				};
				try {
					const result = await of.do(one, told, signal);
					job({ kind: "done", job: one, result });
					return result;
				} catch (problem) {
					end(one.hash, one.run, signal.aborted ? "KILLED" : "FAILED");
					throw problem;
				}
			},
			close: () => of.close().finally(close),
		}),
		training(hash, run) {
			let update = 0;
			const hear = (event: TrainEvent) => {
				update = event.update;
				step(hash, run, event);
			};
			return Object.assign(hear, {
				epoch({ choose, value }: EpochRecord) {
					const at = tracked(hash, run);
					if (value === null) return;
					const step = update;
					say(async () => void (at.ended || (await log(server, at.id, { [`validation ${choose}`]: value }, step))));
				},
				end: (finished: boolean) => void (finished || end(hash, run, "KILLED")),
			});
		},
	};
}

const experimentHere = (): string => process.env.MLFLOW_EXPERIMENT_NAME || "entire-space";

/** A run that is told of. */
interface Tracked {
	epochs: ReturnType<typeof epochsHeard>;
	/** MLflow's. */
	id: string;
	/** Told to its end before. */
	ended: boolean;
}

type Metrics = Readonly<Record<string, number>>;

function addressOf(url: string): string {
	const refusal = new InputError(`--mlflow takes a server's address, as http://localhost:5000, not "${url}"`);
	if (!/^https?:\/\/[^/\s]+/.test(url)) throw refusal;
	try {
		return new URL(url).href.replace(/\/+$/, "");
	} catch {
		throw refusal;
	}
}

/** Finds the MLflow run of a hash, or makes one. */
async function begin(server: Rest, experiment: string, hash: string, run: Run, into: Tracked): Promise<void> {
	const id = await experimentNamed(server, experiment);
	const filter = `tags.run = '${hash}'`;
	const found = await server<{ runs?: { info: { run_id: string; status: string } }[] }>("runs/search", {
		...{ experiment_ids: [id], filter, max_results: 1 },
	});
	const there = found.runs?.[0]?.info;
	if (there) {
		into.id = there.run_id;
		into.ended = there.status === "FINISHED";
		if (!into.ended) await server("runs/update", { run_id: into.id, status: "RUNNING" });
		return;
	}
	const made = await server<{ run: { info: { run_id: string } } }>("runs/create", {
		...{ experiment_id: id, start_time: Date.now(), run_name: `${run.model} seed ${run.seed}` },
		tags: [{ key: "run", value: hash }],
	});
	into.id = made.run.info.run_id;
	await server("runs/log-batch", { run_id: into.id, params: paramsOf(run) });
}

async function experimentNamed(server: Rest, name: string): Promise<string> {
	const get = () =>
		server<{ experiment: { experiment_id: string } }>(
			`experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`,
		).then(({ experiment }) => experiment.experiment_id);
	const is = (problem: unknown, code: string) => problem instanceof RestError && problem.code === code;
	try {
		return await get();
	} catch (problem) {
		if (!is(problem, "RESOURCE_DOES_NOT_EXIST")) throw problem;
	}
	try {
		return (await server<{ experiment_id: string }>("experiments/create", { name })).experiment_id;
	} catch (problem) {
		// Another process was first.
		if (is(problem, "RESOURCE_ALREADY_EXISTS")) return get();
		throw problem;
	}
}

/** Parameters of a run; "own" CTR and a share of 1 too, so that runs can be told apart by any of them. */
function paramsOf({ hyper, ctr, ...rest }: Run): { key: string; value: string }[] {
	const all = { ...rest, ctr: ctr === "own" ? ctr : ctr.model, ...hyper };
	return Object.entries(all).map(([key, value]) => ({
		key,
		value: (typeof value === "string" ? value : JSON.stringify(value)).slice(0, 500),
	}));
}

/** MLflow takes 1,000 metrics at a time, and no value that is not finite. */
async function log(server: Rest, id: string, metrics: Metrics, step: number): Promise<void> {
	const timestamp = Date.now();
	const all = Object.entries(metrics)
		.filter(([, value]) => Number.isFinite(value))
		.map(([name, value]) => ({ key: mlflowName(name), value, timestamp, step }));
	for (let from = 0; from < all.length; from += 1000)
		await server("runs/log-batch", { run_id: id, metrics: all.slice(from, from + 1000) });
}

function metricsOf({ metrics, test, samplesPerSecond, epochs }: RunResult, parts: readonly Part[]): Metrics {
	const of = (part: Part, values: RunResult["metrics"] = {}) =>
		Object.entries(parts.includes(part) ? values : {}).flatMap(([name, { value }]) =>
			value === null ? [] : [[`${part}/${name}`, value] as const],
		);
	return { ...Object.fromEntries([...of("valid", metrics), ...of("test", test)]), samplesPerSecond, epochs };
}
