import { isDeepStrictEqual } from "node:util";
import { withHyper } from "../../core/model";
import { InputError } from "../../core/problem";
import { type Job, jobFor } from "../../experiment/job";
import type { CtrNetwork } from "../../experiment/result";
import { knownFingerprint, load, type Source } from "../../experiment/source";
import { modelNamed, models } from "../../models/index";
import { type Scale, seeds } from "../scale";
import { checkPlan, type Hyperparameters, type TableMethod, type TablePlan, type TableScale } from "./plan";

/** A run of a table. */
export interface TableJob {
	/** Of its method. */
	label: string;
	seed: number;
	job: Job;
}

/** The methods of a table that can be run at a scale, and the labels and models of those that are not registered yet. */
export function methodsOf({ methods, protocol }: TablePlan, scale: Scale): { known: TableMethod[]; left: string[] } {
	const { leastShare = 0 } = protocol.scales[scale];
	const asked = methods.filter(({ share = 1 }) => share >= leastShare);
	const isKnown = ({ model }: TableMethod) => Object.hasOwn(models, model);
	const left = asked.filter((method) => !isKnown(method)).map(({ label, model }) => `${label} (${model})`);
	return { known: asked.filter(isKnown), left };
}

/**
 * The runs of a table, seed after seed, so that a log is made once: each method with its hyperparameters, test part opened where a
 * column is of it. The runs of its search come before them, and are those of `searchOf`.
 *
 * @param data instead of the scale's simulated logs: one log for all seeds
 * @param settings what the scale's search chose (`settingsOf`); `{}` gives as many jobs, with the hyperparameters before the search
 * @throws InputError a table of which no method is registered, or whose baseline is not
 * @throws Error a scale with a search, and no settings
 */
export async function jobsOfTable(
	plan: TablePlan,
	scale: Scale,
	data?: Source,
	settings?: Readonly<Record<string, Hyperparameters>>,
): Promise<TableJob[]> {
	checkPlan(plan);
	const { known, left } = methodsOf(plan, scale);
	const missing = [...new Set(known.map((method) => method.against ?? plan.baseline))].filter(
		(label) => !known.some((method) => method.label === label),
	);
	if (known.length === 0 || missing.length > 0)
		throw new InputError(
			`${plan.title} cannot be computed: ${missing.join(", ") || "its models"}: not registered (left out: ${left.join(", ")})`,
		);
	const at = plan.protocol.scales[scale];
	if (at.search && !settings) throw new Error(`${plan.title}: its settings are not chosen yet`);
	const set = (model: string) => ({ ...hyperOf(at, model), ...settings?.[model] });
	const network = plan.protocol.ctr === "shared" ? networkWith(set("base")) : undefined;
	const final = plan.columns.some(({ part }) => part !== "valid") ? { by: plan.title } : undefined;
	const found: TableJob[] = [];
	const fingerprints = new Map<string, string>();
	for (const seed of seeds(at.seeds, at.firstSeed))
		for (const numbers of new Set(known.map((method) => method.numbers))) {
			const source = withNumbers(data ?? simulated(plan, at, seed), numbers, plan);
			const key = JSON.stringify(source);
			const fingerprint = fingerprints.get(key) ?? (await knownFingerprint(source)) ?? (await load(source)).fingerprint;
			fingerprints.set(key, fingerprint);
			for (const method of known) {
				if (method.numbers !== numbers) continue;
				const { label, model, hyper: more, share, days } = method;
				const hyper = withHyper(modelNamed(model), { ...set(model), ...more });
				const ctr: CtrNetwork | "own" = !network || isItself(network, model, hyper) ? "own" : network;
				const of = { model, source, seed, hyper, share, days, ctr, final, replay: plan.replay, fingerprint };
				found.push({ label, seed, job: await jobFor(of) });
			}
		}
	return found;
}

/** The simulated log of a table's seed, with its split. */
export const simulated = (
	{ protocol }: TablePlan,
	{ preset, rows }: Pick<TableScale, "preset" | "rows">,
	logSeed: number,
): Source => ({
	...{ source: "simulator", preset, logSeed, split: protocol.split },
	...(rows === undefined ? {} : { rows }),
});

/** A scale's hyperparameters of a model, before any search. */
export const hyperOf = ({ hyper }: TableScale, model: string): Hyperparameters =>
	Object.hasOwn(hyper, model) ? hyper[model] : (hyper["*"] ?? {});

function withNumbers(source: Source, numbers: TableMethod["numbers"], { title }: TablePlan): Source {
	if (numbers === undefined) return source;
	if (source.source !== "simulator")
		throw new InputError(`${title}: files are prepared with the numbers that their schema names; leave --data out`);
	return { ...source, numbers };
}

/** The independent CTR network is that of `base`: it shares nothing with the CVR tower beside it. */
function networkWith(hyper: Hyperparameters): CtrNetwork {
	const base = modelNamed("base");
	return { model: base.name, modelVersion: base.version, hyper: withHyper(base, hyper) };
}

const isItself = (network: CtrNetwork, model: string, hyper: object): boolean =>
	network.model === model && isDeepStrictEqual(network.hyper, hyper);
