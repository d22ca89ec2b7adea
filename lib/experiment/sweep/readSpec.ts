import { derives } from "../../core/graph";
import { DO_CLICK } from "../../core/metricName";
import { type AnyModel, checkOptions, withHyper } from "../../core/model";
import { type Prob, pCVR } from "../../core/prob";
import { parseJson } from "../../data/files/jsonText";
import { sha256 } from "../../data/prepare";
import { betterIs } from "../../metrics/definition";
import { modelNamed, models as registered } from "../../models/index";
import { endsOf, faultOf, isRange } from "./choices";
import { listAt, naming, objectAt, oneOf, type Refuse, refuser, type Where, wholeAt } from "./fields";
import type { AnyChoices, PlainSpec, Search, Sweep } from "./spec";
import { sweepData } from "./specData";
import { trialsOf } from "./trials";

const FIELDS = ["models", "data", "seeds", "hyper", "space", "search", "trials", "searchSeed", "choose"];
const SEARCHES: readonly Search[] = ["grid", "random", "halving"];
const TRIALS = 8;
/** More trials of a model are a mistake: they would fill the memory before the first has run. */
const MOST = 10_000;
const ALL = "*";

/** A sweep from the text of a JSON file. */
export const parseSweep = (text: string, name: string): Sweep => readSweep(parseJson(text, name), { name, text });

/**
 * Checks a sweep's specification, and makes its trials.
 *
 * @throws InputError one line with the field that is wrong (in a file with its line) and what to put there
 */
export function readSweep(given: unknown, where: Where = { name: "sweep" }): Sweep {
	const refuse = refuser(where);
	const fields = objectAt(refuse, [], given, FIELDS);
	const values = listAt(refuse, ["models"], fields.models).map((one, i) => modelAt(refuse, ["models", String(i)], one));
	const names = values.map(({ name }) => name);
	const twice = names.findIndex((name, i) => names.indexOf(name) < i);
	if (twice >= 0) refuse(["models", String(twice)], `stands there twice: ${names[twice]}`);
	const data = sweepData(refuse, fields.data);
	const seeds = listAt(refuse, ["seeds"], fields.seeds).map((seed, i) =>
		wholeAt(refuse, ["seeds", String(i)], seed, 0),
	);
	const search = oneOf(refuse, ["search"], fields.search, SEARCHES);
	const said = fields.trials === undefined ? undefined : wholeAt(refuse, ["trials"], fields.trials, 1);
	if (said !== undefined && said > MOST) refuse(["trials"], `is ${said}: at most ${MOST} of a model can be`);
	const trials = said ?? (search === "grid" ? undefined : TRIALS);
	const searchSeed = fields.searchSeed === undefined ? 0 : wholeAt(refuse, ["searchSeed"], fields.searchSeed, 0);
	const hyper = byModel(refuse, "hyper", fields.hyper ?? {}, names);
	const space = byModel(refuse, "space", fields.space ?? {}, names) as PlainSpec["space"];
	for (const model of values) {
		checkHyper(refuse, model, hyper, names);
		checkSpace(refuse, model, space, names, search);
	}
	const { metric, mode, better } = chooseOf(refuse, fields.choose, values);
	const swept = values.map((model) => {
		const fixed = { ...hyper[ALL], ...hyper[model.name] };
		const choices: Record<string, AnyChoices> = { ...space[ALL], ...space[model.name] };
		for (const name of Object.keys(choices))
			if (name in fixed) {
				const key = Object.hasOwn(space[model.name] ?? {}, name) ? model.name : ALL;
				refuse(["space", key, name], `is searched, and fixed in "hyper" too: leave one out`);
			}
		if (search === "grid") checkGrid(refuse, model.name, choices);
		const made = trialsOf(choices, { search, trials: trials ?? 1, seed: searchSeed });
		for (const trial of made)
			naming(refuse, ["space", model.name], () => checkOptions(model, withHyper(model, { ...fixed, ...trial.hyper })));
		if (search === "grid" && trials !== undefined && made.length > trials)
			refuse(
				["trials"],
				`is ${trials}, but the grid of ${model.name} has ${made.length} combinations: raise it, or list fewer values`,
			);
		return { model, hyper: fixed, choices, trials: made };
	});
	const spec: PlainSpec = {
		models: names,
		data,
		seeds,
		hyper,
		space,
		search,
		...(trials === undefined ? {} : { trials }),
		searchSeed,
		choose: { metric, mode },
	};
	return {
		spec,
		hash: sha256(spec),
		models: swept,
		better,
		own: values.some((model) => !isRegistered(model)),
		notes: budgets(swept, search),
	};
}

const isRegistered = (model: AnyModel): boolean =>
	Object.hasOwn(registered, model.name) && modelNamed(model.name) === model;

function modelAt(refuse: Refuse, path: readonly string[], given: unknown): AnyModel {
	if (typeof given === "string") return naming(refuse, path, () => modelNamed(given));
	const model = given as AnyModel;
	if (
		typeof given !== "object" ||
		given === null ||
		!("towers" in model || "library" in model) ||
		typeof model.name !== "string"
	)
		return refuse(path, `must be the name of a model, not ${JSON.stringify(given)}`);
	if (Object.hasOwn(registered, model.name) && !isRegistered(model))
		return refuse(path, `is a model of one's own with the name of a registered one, "${model.name}": give it another`);
	return model;
}

/** The objects under "*" and under models' names. */
function byModel(refuse: Refuse, field: string, given: unknown, names: readonly string[]) {
	const all = objectAt(refuse, [field], given, [ALL, ...names]);
	return Object.fromEntries(Object.entries(all).map(([key, value]) => [key, objectAt(refuse, [field, key], value)]));
}

/** What belongs to all models must be known to each; what to one, to that one. */
function checkKnown(refuse: Refuse, path: readonly string[], model: AnyModel, all: boolean): void {
	const [name, own] = [path[path.length - 1], model.hyper];
	if (Object.hasOwn(own, name)) return;
	const nearest = () => withHyper(model, { [name]: 0 });
	if (!all) naming(refuse, path, nearest);
	try {
		nearest();
	} catch (problem) {
		refuse(
			path,
			`must be known to every model: ${(problem as Error).message}; else give it under the models that have it`,
		);
	}
}

function checkHyper(refuse: Refuse, model: AnyModel, hyper: PlainSpec["hyper"], names: readonly string[]): void {
	for (const key of [ALL, model.name])
		for (const [name, value] of Object.entries(hyper[key] ?? {})) {
			const path = ["hyper", key, name];
			checkKnown(refuse, path, model, key === ALL && names.length > 1);
			naming(refuse, path, () => withHyper(model, { [name]: value }));
		}
}

function checkSpace(
	refuse: Refuse,
	model: AnyModel,
	space: PlainSpec["space"],
	names: readonly string[],
	search: Search,
): void {
	for (const key of [ALL, model.name])
		for (const [name, choices] of Object.entries(space[key] ?? {})) {
			const path = ["space", key, name];
			checkKnown(refuse, path, model, key === ALL && names.length > 1);
			const fault = faultOf(choices, search);
			if (fault !== undefined) refuse(path, fault);
			const tried = isRange(choices) ? endsOf(choices).ends : choices;
			for (const value of tried) naming(refuse, path, () => withHyper(model, { [name]: value }));
		}
}

/** Before its combinations are made. */
function checkGrid(refuse: Refuse, name: string, choices: Readonly<Record<string, AnyChoices>>): void {
	const combinations = Object.values(choices).reduce((n, list) => n * (list as readonly unknown[]).length, 1);
	if (combinations > MOST)
		refuse(
			["space"],
			`makes a grid of ${combinations} combinations for ${name}, and at most ${MOST} can be: list fewer values, or search "random"`,
		);
}

function chooseOf(refuse: Refuse, given: unknown, models: readonly AnyModel[]) {
	const fields = objectAt(refuse, ["choose"], given, ["metric", "mode"]);
	const { metric } = fields;
	if (typeof metric !== "string")
		return refuse(
			["choose", "metric"],
			`must be a metric such as "auc(conversion|impression)", not ${JSON.stringify(metric)}`,
		);
	const better = naming(refuse, ["choose", "metric"], () => betterIs(metric));
	const named = /\(([^;]+?)(?:;.*)?\)$/.exec(metric)?.[1];
	const prob = (named === DO_CLICK ? pCVR : named) as Prob;
	for (const { name, graph } of models)
		if (!derives(graph, prob))
			refuse(["choose", "metric"], `cannot choose: the behaviour graph of ${name} gives no P(${prob})`);
	const follows = better === 1 ? "max" : "min";
	const mode = fields.mode === undefined ? follows : oneOf(refuse, ["choose", "mode"], fields.mode, ["max", "min"]);
	if (mode !== follows)
		refuse(
			["choose", "mode"],
			`would choose the worst: of ${metric} ${better === 1 ? "more" : "less"} is better, so it is "${follows}"`,
		);
	return { metric, mode, better };
}

/** Says which models search fewer different trials than others: then they do not have the same budget. */
function budgets(swept: Sweep["models"], search: Search): string[] {
	const most = Math.max(...swept.map(({ trials }) => trials.length));
	const fewer = swept.filter(({ trials }) => trials.length < most);
	if (fewer.length === 0) return [];
	const each = fewer.map(({ model, trials }) => `${model.name} has ${trials.length}`).join(", ");
	return [
		`Unequal budgets: ${each} different trial${fewer.length === 1 && fewer[0].trials.length === 1 ? "" : "s"} against ${most} of the ${search} search: more trials find better settings by chance too.`,
	];
}
