import type { Graph } from "../core/graph";
import { type Hyper, type Model, withHyper } from "../core/model";
import { pCTCVR, pCTR, pCVR } from "../core/prob";
import { InputError } from "../core/problem";
import type { Dataset } from "../data/dataset";
import type { Dropped } from "../data/log";
import { sha256 } from "../data/prepare";
import { evaluate, labelled } from "../metrics/evaluate";
import { metricsVersion } from "../metrics/value";
import { engine, type Tier } from "../tensor/native";
import { engineVersion, type FitOptions, type Fitted, fit, type Predictions } from "../train/fit";
import type { CtrNetwork, Run, RunResult } from "./result";
import type { Store } from "./store";

export type { CtrNetwork, Run, RunResult };

/** Training that was stopped before its end: its checkpoint is kept, no result is. */
export class Interrupted extends Error {
	override name = "Interrupted";
}

/** Plain data of a run; its hash names the result. */
export function describe<G extends Graph, H extends Hyper>(
	model: Model<G, H>,
	options: { hyper?: Readonly<Record<string, unknown>>; seed: number; data: string; ctr?: Run["ctr"] },
): Run {
	const { seed, data, ctr = "own" } = options;
	const hyper = withHyper(model, options.hyper ?? {});
	return { model: model.name, modelVersion: model.version, hyper, seed, data, ctr, engineVersion, metricsVersion };
}

/**
 * The hash that names a run. GPU and CPU draw the same start weights and share it; the pure-JavaScript tier draws others,
 * and has a hash of its own.
 */
export const hashOf = (run: Run, tier: Tier = "native-cpu"): string =>
	sha256(tier === "pure-js" ? { ...run, tier } : run);

/** What `execute` needs beside the run. */
export interface Execute {
	store: Store;
	/** Loads the data set; called only when the run is not in the store. */
	data: () => Promise<Dataset>;
	/** Opens the test part, and the result records it. */
	final?: boolean;
	/** pCTR of the network that the run's `ctr` names, for some rows. */
	sharedCtr?: (rows: Int32Array) => Promise<Float32Array>;
	/** Sees the trained model before its weights are freed. */
	fitted?: (fitted: Fitted) => Promise<void>;
	on?: FitOptions["on"];
	signal?: AbortSignal;
}

/**
 * Does a run, or takes its result from the store. A training that was stopped or killed goes on from its checkpoint. A stored result without the test part is done again when
 * `final` asks for it; the same seed gives the same weights.
 *
 * @throws Interrupted when the training was stopped
 */
export async function execute(model: Model, run: Run, options: Execute): Promise<RunResult> {
	let hash = hashOf(run);
	const known = options.store.get(hash);
	if (known && (known.test || !options.final)) return { ...known, cached: true };
	const data = await options.data();
	if (options.final && data.split.test.length === 0)
		throw new InputError(`${data.name} has no test part to open: leave --final out`);
	const { tier, version: tensorflow } = engine();
	hash = hashOf(run, tier);
	const own = hash === hashOf(run) ? undefined : options.store.get(hash);
	if (own && (own.test || !options.final)) return { ...own, cached: true };
	const { on, signal, final, sharedCtr, store } = options;
	const checkpoint = { path: store.checkpoint(hash) };
	const fitted = await fit(model, { data, seed: run.seed, hyper: run.hyper, checkpoint, on, signal });
	try {
		if (fitted.stopped)
			throw new Interrupted(`${model.name}, seed ${run.seed}: stopped; the same command goes on from here`);
		await options.fitted?.(fitted);
		const measure = async (rows: Int32Array) => {
			const predictions = fitted.predict(rows);
			if (run.ctr !== "own") {
				if (!sharedCtr) throw new Error(`the run takes pCTR from ${run.ctr.model}: give it as sharedCtr`);
				share(predictions, await sharedCtr(rows));
			}
			return evaluate(predictions, labelled(data, rows));
		};
		const { split } = data;
		const result: RunResult = {
			run: hash,
			cached: false,
			model: run.model,
			seed: run.seed,
			hyper: run.hyper,
			ctr: run.ctr,
			data: {
				name: data.name,
				fingerprint: data.fingerprint,
				read: data.read,
				rows: { train: split.train.length, valid: split.valid.length, test: split.test.length },
				dropped: countsByReason(data.dropped),
				remarks: countsByReason(data.remarks ?? []),
				...(data.card ? { card: data.card } : {}),
			},
			engine: { tier, tensorflow },
			part: "valid",
			metrics: await measure(split.valid),
			...(final ? { test: await measure(split.test) } : {}),
			epochs: fitted.history.length,
			kept: fitted.kept,
			findings: fitted.findings,
			samplesPerSecond: Math.round(fitted.samplesPerSecond),
		};
		await store.put(result);
		return result;
	} finally {
		fitted.dispose();
	}
}

function share(predictions: Predictions, ctr: Float32Array): void {
	predictions[pCTR] = ctr;
	predictions[pCTCVR] = predictions[pCVR].map((p, i) => p * ctr[i]);
}

const countsByReason = (rows: readonly Dropped[]): Record<string, number> =>
	Object.fromEntries(rows.map(({ reason, count }) => [reason, count]));
