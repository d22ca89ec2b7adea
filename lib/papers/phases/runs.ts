import { withHyper } from "../../core/model";
import { type Job, jobFor } from "../../experiment/job";
import { localPool } from "../../experiment/pool";
import type { RunResult } from "../../experiment/result";
import { inProcess, type JobEvent, type Runner, runJobs } from "../../experiment/runJobs";
import { knownFingerprint } from "../../experiment/source";
import { openStore, type Store } from "../../experiment/store";
import { modelNamed } from "../../models/index";
import { type Scale, seeds } from "../scale";
import { isThere } from "../table/runPaperTable";
import { nameOfWorld, type PhasePlan, type PhaseWorld, phases, sourceOfWorld, worldsOf } from "./phases";

/** A run of a phase diagram. */
export interface PhaseJob {
	/** Its model and its world. */
	label: string;
	world: PhaseWorld;
	seed: number;
	job: Job;
}

/** The runs of one world. */
export interface WorldRuns {
	world: PhaseWorld;
	/** Model → its runs, logs in order. */
	results: Record<string, RunResult[]>;
}

/** The runs of a phase diagram. */
export interface PhaseRuns {
	plan: PhasePlan;
	scale: Scale;
	worlds: WorldRuns[];
	seconds: number;
}

/** The runs of a phase diagram, world after world and log after log, so that a log is made once a process. */
export async function jobsOfPhases(scale: Scale, plan: PhasePlan = phases): Promise<PhaseJob[]> {
	const { hyper, logs, firstSeed } = plan.scales[scale];
	const final = { by: plan.title };
	const metrics = [plan.truth, plan.offline];
	const found: PhaseJob[] = [];
	for (const [i, world] of worldsOf(plan, scale).entries())
		for (const seed of seeds(logs, firstSeed + i * logs)) {
			const source = sourceOfWorld(plan, scale, world, seed);
			const fingerprint = await knownFingerprint(source);
			for (const model of [plan.baseline, ...plan.models]) {
				const all = withHyper(modelNamed(model), hyper);
				const job = await jobFor({ model, source, seed, hyper: all, final, metrics, fingerprint });
				found.push({ label: `${model}, ${nameOfWorld(world)}`, world, seed, job });
			}
		}
	return found;
}

/**
 * Trains what is missing of the phase diagram and gives all of its runs.
 *
 * @param options.runner where runs run; by default on as many processes as cores, at scale tiny in this one. One that is given is left open
 * @throws Interrupted stopped; the same call goes on
 * @throws Error runs that failed, by model and world; the others are in the store
 */
export async function runPhases(options: {
	scale: Scale;
	plan?: PhasePlan;
	store?: Store;
	runner?: Runner;
	on?: (event: JobEvent) => void;
	signal?: AbortSignal;
}): Promise<PhaseRuns> {
	const { scale, plan = phases, store = openStore(), on, signal } = options;
	const begun = performance.now();
	const jobs = await jobsOfPhases(scale, plan);
	const runner = options.runner ?? (scale === "tiny" ? inProcess(store) : localPool({ store }));
	const { results, reasons } = await runJobs(
		jobs.map(({ job }) => job),
		{ store, runner, on, signal },
	).finally(() => (options.runner ? undefined : runner.close()));
	const failed = jobs.filter(({ job }) => reasons.has(job.hash));
	if (failed.length > 0)
		throw new Error(
			`${plan.title}: ${failed.length} of ${jobs.length} runs failed, the first of them ${failed[0].label}, seed ${failed[0].seed}: ${reasons.get(failed[0].job.hash)}`,
		);
	const worlds = collect(plan, scale, jobs, (hash) => results.get(hash));
	return { plan, scale, worlds, seconds: (performance.now() - begun) / 1000 };
}

/**
 * The phase diagram's runs from the store alone: nothing is computed.
 *
 * @returns or what is not there
 */
export async function storedPhases(
	scale: Scale,
	{ plan = phases, store = openStore(undefined, "read") }: { plan?: PhasePlan; store?: Store } = {},
): Promise<PhaseRuns | { missing: PhaseJob[]; runs: number }> {
	const jobs = await jobsOfPhases(scale, plan);
	const missing = jobs.filter(({ job }) => !isThere(store, job));
	if (missing.length > 0) return { missing, runs: jobs.length };
	return { plan, scale, worlds: collect(plan, scale, jobs, (hash) => store.get(hash)), seconds: 0 };
}

function collect(
	plan: PhasePlan,
	scale: Scale,
	jobs: readonly PhaseJob[],
	get: (hash: string) => RunResult | undefined,
): WorldRuns[] {
	return worldsOf(plan, scale).map((world) => {
		const here = jobs.filter((one) => nameOfWorld(one.world) === nameOfWorld(world));
		const of = (model: string) =>
			here.filter(({ job }) => job.run.model === model).map(({ job }) => get(job.hash) as RunResult);
		return { world, results: Object.fromEntries([plan.baseline, ...plan.models].map((model) => [model, of(model)])) };
	});
}
