import { isDeepStrictEqual } from "node:util";
import { withHyper } from "../core/model";
import { InputError } from "../core/problem";
import { type Job, jobFor } from "../experiment/job";
import type { CtrNetwork } from "../experiment/result";
import { knownFingerprint, load, type Source } from "../experiment/source";
import { modelNamed, models } from "../models/index";
import { checkPlan, type TableMethod, type TablePlan, type TableScale } from "./plan";
import { type Scale, seeds } from "./scale";

/** A run of a table. */
export interface TableJob {
	/** Of its method. */
	label: string;
	seed: number;
	job: Job;
}

/** The methods of a table that can be run, and the labels and models of those that are not registered yet. */
export function methodsOf({ methods }: TablePlan): { known: TableMethod[]; left: string[] } {
	const isKnown = ({ model }: TableMethod) => Object.hasOwn(models, model);
	const left = methods.filter((method) => !isKnown(method)).map(({ label, model }) => `${label} (${model})`);
	return { known: methods.filter(isKnown), left };
}

/**
 * The runs of a table, seed after seed, so that a log is made once: each method with its hyperparameters, test part opened where a
 * column is of it.
 *
 * @param data instead of the scale's simulated logs: one log for all seeds
 * @throws InputError a table of which no method is registered, or whose baseline is not
 */
export async function jobsOfTable(plan: TablePlan, scale: Scale, data?: Source): Promise<TableJob[]> {
	checkPlan(plan);
	const { known, left } = methodsOf(plan);
	const missing = [...new Set(known.map((method) => method.against ?? plan.baseline))].filter(
		(label) => !known.some((method) => method.label === label),
	);
	if (known.length === 0 || missing.length > 0)
		throw new InputError(
			`${plan.title} cannot be computed: ${missing.join(", ") || "its models"}: not registered (left out: ${left.join(", ")})`,
		);
	const at = plan.protocol.scales[scale];
	const network = plan.protocol.ctr === "shared" ? networkOf(at) : undefined;
	const final = plan.columns.some(({ part }) => part !== "valid") ? { by: plan.title } : undefined;
	const found: TableJob[] = [];
	const fixed = data && ((await knownFingerprint(data)) ?? (await load(data)).fingerprint);
	for (const seed of seeds(at.seeds, at.firstSeed)) {
		const source: Source = data ?? simulated(plan, at, seed);
		const fingerprint = fixed ?? (await knownFingerprint(source));
		for (const { label, model, hyper: more, share } of known) {
			const hyper = withHyper(modelNamed(model), { ...hyperOf(at, model), ...more });
			const ctr = !network || isItself(network, model, hyper) ? "own" : network;
			found.push({ label, seed, job: await jobFor({ model, source, seed, hyper, share, ctr, final, fingerprint }) });
		}
	}
	return found;
}

const simulated = ({ protocol }: TablePlan, { preset, rows }: TableScale, logSeed: number): Source => ({
	...{ source: "simulator", preset, logSeed, split: protocol.split },
	...(rows === undefined ? {} : { rows }),
});

const hyperOf = ({ hyper }: TableScale, model: string): Readonly<Record<string, unknown>> =>
	Object.hasOwn(hyper, model) ? hyper[model] : (hyper["*"] ?? {});

/** The independent CTR network is that of `base`: it shares nothing with the CVR tower beside it. */
function networkOf(at: TableScale): CtrNetwork {
	const base = modelNamed("base");
	return { model: base.name, modelVersion: base.version, hyper: withHyper(base, hyperOf(at, base.name)) };
}

const isItself = (network: CtrNetwork, model: string, hyper: object): boolean =>
	network.model === model && isDeepStrictEqual(network.hyper, hyper);
