import { type AnyModel, withHyper } from "../core/model";
import { pCTCVR, pCTR, pCVR } from "../core/prob";
import { InputError } from "../core/problem";
import type { Dataset } from "../data/dataset";
import type { Dropped } from "../data/log";
import { sha256 } from "../data/prepare";
import { evaluate, labelled } from "../metrics/evaluate";
import { metricsVersion } from "../metrics/value";
import { modelNamed, models } from "../models/index";
import { engine, type Tier } from "../tensor/native";
import { engineVersion, type FitOptions, type Fitted, fit, type Predictions } from "../train/fit";
import { labelsFor } from "../train/labels";
import { edgesAgainstTruth } from "./edges";
import { underLease } from "./lease";
import { arePredictionsKept, readPredictions, writePredictions } from "./predictions";
import { type CtrNetwork, hasMetrics, type Part, type Run, type RunResult } from "./result";
import type { Store } from "./store";
import { checkDays, checkShare, lastDays, subsample } from "./subsample";

export type { CtrNetwork, Run, RunResult };

/** Training that was stopped before its end: its checkpoint is kept, no result is. */
export class Interrupted extends Error {
	override name = "Interrupted";
}

/** Plain data of a run; its hash names the result. */
export function describe(
	model: Pick<AnyModel, "name" | "version" | "hyper">,
	options: {
		hyper?: Readonly<Record<string, unknown>>;
		seed: number;
		data: string;
		share?: number;
		days?: number;
		ctr?: Run["ctr"];
	},
): Run {
	const { seed, data, share = 1, days, ctr = "own" } = options;
	checkShare(share);
	if (days !== undefined) checkDays(days);
	const hyper = withHyper(model, options.hyper ?? {});
	const code = codeOf(model);
	return {
		model: model.name,
		modelVersion: model.version,
		hyper,
		seed,
		data,
		share,
		...(days === undefined ? {} : { days }),
		ctr,
		engineVersion,
		metricsVersion,
		...(code === undefined ? {} : { code }),
	};
}

/**
 * Of a model that is not registered, the SHA-256 of its functions' text: who edits it in a notebook gets another run. What its
 * functions call is not seen; its `version` is for that, as it is for registered models.
 */
function codeOf(model: Pick<AnyModel, "name">): string | undefined {
	if (Object.is((models as Readonly<Record<string, unknown>>)[model.name], model)) return undefined;
	const told = JSON.stringify(model, (_, value) => (typeof value === "function" ? String(value) : value));
	return sha256({ told });
}

/**
 * The hash that names a run. GPU and CPU draw the same start weights and share it; the pure-JavaScript tier draws others,
 * and has a hash of its own.
 */
export const hashOf = (run: Run, tier: Tier = "native-cpu"): string =>
	sha256(tier === "pure-js" ? { ...run, tier } : run);

/** The run of the network that a run takes pCTR from. */
export const ctrRunOf = ({ code: _, ...run }: Run, network: CtrNetwork): Run => ({ ...run, ...network, ctr: "own" });

/** A data set with the training rows of a run: its share of its last days. */
const trainedOn = (data: Dataset, { days, share }: Pick<Run, "days" | "share">): Dataset =>
	subsample(days === undefined ? data : lastDays(data, days), share);

/** What `execute` needs beside the run. */
export interface Execute {
	store: Store;
	/** Loads the data set; called only when the run is not in the store. */
	data: () => Promise<Dataset>;
	/** Opens the test part; the result records when (now, unless `at` says) and for what (`by`), and its predictions are kept. */
	final?: { by: string; at?: string };
	/** Keeps the predictions of the validation part too where the test part stays closed. */
	keep?: boolean;
	/** Sees the trained model before its weights are freed. */
	fitted?: (fitted: Fitted) => Promise<void>;
	/** What else is kept of the trained model, beside the result: one in the store without it is done again. */
	beside?: { isKept(run: string): boolean; keep(run: string, fitted: Fitted): Promise<void> };
	/** The metrics that are asked for, where they are not all: a committed result may have few. */
	metrics?: readonly string[];
	on?: FitOptions["on"];
	signal?: AbortSignal;
}

/**
 * Does a run, or takes its result from the store. A training that was stopped or killed goes on from its checkpoint. A stored
 * result without what is asked for (the test part, predictions that are kept) is done again; the same seed gives the same weights.
 * Of all processes that share the store one is at a run, and the others wait for its result.
 *
 * A run that takes pCTR from another network does that network's run first, or takes it from the store.
 *
 * @throws Interrupted when the training was stopped
 */
export async function execute(model: AnyModel, run: Run, options: Execute): Promise<RunResult> {
	const { store, final, keep, beside, fitted, metrics, signal } = options;
	const stored = async (hash: string): Promise<RunResult | undefined> => {
		// A committed result has no model that could be seen.
		if (fitted && store.runs(hash).length === 0) return undefined;
		const found = store.get(hash);
		if (!found || (final && !found.test) || !hasMetrics(found, metrics) || beside?.isKept(hash) === false)
			return undefined;
		const wanted = keep || final ? await arePredictionsKept(store, found) : true;
		return wanted ? { ...found, cached: true } : undefined;
	};
	const found = await stored(hashOf(run));
	if (found) return found;
	const data = labelsFor(model, run.hyper, trainedOn(await options.data(), run));
	if (final && data.split.test.length === 0)
		throw new InputError(`${data.name} has no test part to open: leave --final out`);
	const hash = hashOf(run, engine().tier);
	// A test part that was opened before stays opened, by whom and when it was.
	const opened = { ...options, final: store.get(hash)?.opened ?? final };
	const shared = run.ctr === "own" ? undefined : await sharedCtr(run, run.ctr, opened);
	return underLease(
		store.lease(hash),
		async () => (await stored(hash)) ?? (await train(model, run, hash, data, shared, opened)),
		signal,
	);
}

/** Part → pCTR of the network that a run takes it from. */
async function sharedCtr(
	run: Run,
	network: CtrNetwork,
	options: Execute,
): Promise<Partial<Record<Part, Float32Array>>> {
	const { store, final, data, on, signal } = options;
	const of = ctrRunOf(run, network);
	const { run: hash } = await execute(modelNamed(network.model), of, { store, final, data, on, signal, keep: true });
	const parts: Part[] = final ? ["valid", "test"] : ["valid"];
	const read = parts.map(async (part) => [part, (await readPredictions(store, hash, part)).predictions[pCTR]]);
	return Object.fromEntries(await Promise.all(read));
}

async function train(
	model: AnyModel,
	run: Run,
	hash: string,
	data: Dataset,
	shared: Partial<Record<Part, Float32Array>> | undefined,
	{ store, final, keep, fitted: see, beside, on, signal }: Execute,
): Promise<RunResult> {
	const checkpoint = { path: store.checkpoint(hash) };
	const fitted = await fit(model, { data, seed: run.seed, hyper: run.hyper, checkpoint, on, signal });
	try {
		if (fitted.stopped)
			throw new Interrupted(`${model.name}, seed ${run.seed}: stopped; the same command goes on from here`);
		await see?.(fitted);
		await beside?.keep(hash, fitted);
		const predict = (part: Part) => withCtr(fitted.predict(data.split[part]), shared?.[part]);
		const parts = { valid: predict("valid"), ...(final ? { test: predict("test") } : {}) };
		const measure = (part: Part, predictions: Predictions) => evaluate(predictions, labelled(data, data.split[part]));
		const { split } = data;
		const result: RunResult = {
			run: hash,
			cached: false,
			model: run.model,
			seed: run.seed,
			hyper: run.hyper,
			share: run.share,
			...(run.days === undefined ? {} : { days: run.days }),
			ctr: run.ctr,
			data: {
				name: data.name,
				fingerprint: run.data,
				read: data.read,
				rows: { train: split.train.length, valid: split.valid.length, test: split.test.length },
				dropped: countsByReason(data.dropped),
				remarks: countsByReason(data.remarks ?? []),
				...(data.card ? { card: data.card } : {}),
			},
			engine: engineHere(),
			part: "valid",
			metrics: measure("valid", parts.valid),
			...(final && parts.test
				? {
						test: { ...measure("test", parts.test), ...edgesAgainstTruth(model, fitted, data, data.split.test) },
						opened: { at: final.at ?? new Date().toISOString(), by: final.by },
					}
				: {}),
			...(final || keep ? { predictions: await writePredictions(store.predictions(hash), data, parts) } : {}),
			epochs: fitted.history.length,
			kept: fitted.kept,
			...effectiveRowsOf(fitted),
			findings: fitted.findings,
			samplesPerSecond: Math.round(fitted.samplesPerSecond),
		};
		await store.put(result);
		return result;
	} finally {
		fitted.dispose();
	}
}

function engineHere(): RunResult["engine"] {
	const { tier, version: tensorflow } = engine();
	const threads = Number(process.env.TF_NUM_INTRAOP_THREADS);
	return { tier, tensorflow, ...(threads > 0 ? { threads } : {}) };
}

function effectiveRowsOf({ history }: Fitted): Pick<RunResult, "effectiveRows"> {
	const { effectiveRows } = history.find((epoch) => epoch.effectiveRows !== undefined) ?? {};
	return effectiveRows === undefined ? {} : { effectiveRows };
}

function withCtr(predictions: Predictions, ctr: Float32Array | undefined): Predictions {
	if (!ctr) return predictions;
	return { ...predictions, [pCTR]: ctr, [pCTCVR]: predictions[pCVR].map((p, i) => p * ctr[i]) };
}

const countsByReason = (rows: readonly Dropped[]): Record<string, number> =>
	Object.fromEntries(rows.map(({ reason, count }) => [reason, count]));
