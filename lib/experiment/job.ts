import type { AnyModel } from "../core/model";
import type { Dataset } from "../data/dataset";
import { modelNamed } from "../models/index";
import type { TrainEvent } from "../train/fit";
import { replaying } from "./replayed";
import type { Run, RunResult } from "./result";
import { describe, execute, hashOf } from "./run";
import { knownFingerprint, load, type Source } from "./source";
import type { Store } from "./store";

/** A run to be done, as plain JSON: any process that has the data can do it. */
export interface Job {
	/** Hash of the run; names the job and its result. */
	readonly hash: string;
	readonly run: Run;
	/** Where the data come from; `run.data` is their fingerprint. */
	readonly source: Source;
	/** Opens the test part, for what is named. */
	readonly final?: { readonly by: string };
	/**
	 * Keeps what the model's ranking brings in the simulated A/B test (`readReplayed`) beside its result. Of a result that has none beside it
	 * the model is trained again. On simulated logs alone, of models with their own pCTR.
	 */
	readonly replay?: true;
	/** The metrics that it is done for: a committed result of which these alone were kept will do. Absent: all that there are. */
	readonly metrics?: readonly string[];
}

/** A job for a registered model on a source; the fingerprint is asked for where it is not told. */
export async function jobFor(
	of: {
		model: string;
		source: Source;
		final?: Job["final"];
		replay?: true;
		metrics?: readonly string[];
		fingerprint?: string;
	} & Omit<Parameters<typeof describe>[1], "data">,
): Promise<Job> {
	const { model, source, final, replay, metrics, fingerprint, ...rest } = of;
	const data = fingerprint ?? (await knownFingerprint(source)) ?? (await load(source)).fingerprint;
	const run = describe(modelNamed(model), { ...rest, data });
	const asked = { ...(final ? { final } : {}), ...(replay ? { replay } : {}), ...(metrics ? { metrics } : {}) };
	return { hash: hashOf(run), run, source, ...asked };
}

/** How `doJob` does it. */
export interface DoJob {
	store: Store;
	/** The model, where it is not a registered one. */
	model?: AnyModel;
	/** Finds the data another way: a worker on another machine has them elsewhere. */
	find?: (job: Job, signal?: AbortSignal) => Promise<Dataset>;
	on?: (event: TrainEvent) => void;
	signal?: AbortSignal;
}

let last: { fingerprint: string; data: Dataset } | undefined;

/**
 * Does a job in this process, or takes its result from the store. The data set of the last job stays in memory for the next.
 *
 * @throws Error a source that no longer gives the data of the job
 * @throws Interrupted when the training was stopped; its checkpoint is in the store
 */
export async function doJob(job: Job, { store, model, find, on, signal }: DoJob): Promise<RunResult> {
	const { run, source, final, replay, metrics } = job;
	const beside = replay && replaying(job, store, signal);
	const data = async () => {
		if (last?.fingerprint === run.data) return last.data;
		last = undefined;
		const found = await (find ? find(job, signal) : load(source, { signal }));
		if (found.fingerprint !== run.data)
			throw new Error(`${found.name} has changed: its fingerprint is ${found.fingerprint}, the run is for ${run.data}`);
		last = { fingerprint: run.data, data: found };
		return found;
	};
	return execute(model ?? modelNamed(run.model), run, { store, data, final, beside, metrics, on, signal });
}
