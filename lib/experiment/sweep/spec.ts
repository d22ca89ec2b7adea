import type { AnyModel, Hyper, Model } from "../../core/model";
import type { Training } from "../../core/training";
import type { models } from "../../models/index";
import type { Source } from "../source";

/** Name of a registered model. */
export type ModelName = keyof typeof models;

/** A model value as a sweep takes it, registered or not, whatever its graph and hyperparameters are. */
export interface SweptModel extends Pick<Model, "name" | "version" | "paper" | "graph"> {
	readonly hyper: Hyper;
	readonly towers: (...of: never[]) => unknown;
	readonly stages: (hyper: never) => unknown;
}

/** Numbers from a to b: even in their logarithm, even, or whole numbers with both ends. */
export type Range =
	| { readonly log: readonly [number, number] }
	| { readonly linear: readonly [number, number] }
	| { readonly integer: readonly [number, number] };

/** What a hyperparameter may be: a list of values, or for a number a range. */
export type Choices<V> = readonly V[] | (V extends number ? Range : never);

/** Of a registered model by its name, of a model value its own. */
type HyperOf<M> = M extends ModelName ? (typeof models)[M]["hyper"] : M extends { readonly hyper: infer H } ? H : never;
/** Of hyperparameters that all of several models have: `keyof` of a union is what its members share. */
type Common<M> = Pick<HyperOf<M>, keyof HyperOf<M>> & Training;
/** Names of model values are texts to the compiler: what stands under them is checked when the sweep begins. */
type ByOwnName<M> = [Exclude<M, ModelName>] extends [never] ? unknown : { readonly [name: string]: object | undefined };
type ChoicesOf<H> = { readonly [K in keyof H]?: Choices<H[K]> };
type ValuesOf<H> = { readonly [K in keyof H]?: H[K] };

/** Where the log of a sweep comes from. A simulated one is made anew for each seed, unless `logSeed` fixes it; on another only the weights vary. */
export type SweepData =
	| (Omit<Extract<Source, { source: "simulator" }>, "logSeed"> & { readonly logSeed?: number })
	| Exclude<Source, { source: "simulator" }>;

/** How trials are made: every combination, seeded draws, or seeded draws of which the better half goes on with twice the rows. */
export type Search = "grid" | "random" | "halving";

/** A sweep, as `npm run sweep` reads it from JSON and `sweep` takes it in TypeScript. */
export interface SweepSpec<M extends ModelName | SweptModel = ModelName | SweptModel> {
	/** Names of registered models; in TypeScript also model values of one's own, which run in this process. */
	readonly models: readonly M[];
	readonly data: SweepData;
	/** Each trial runs on every seed: start weights, shuffling and, on the simulator, the log. */
	readonly seeds: readonly number[];
	/** Hyperparameters that are the same in all trials: under a model's name, or "*" for all models. */
	readonly hyper?: { readonly "*"?: ValuesOf<Common<M>> } & {
		readonly [N in M & ModelName]?: ValuesOf<HyperOf<N>>;
	} & ByOwnName<M>;
	/** Hyperparameters that are searched: under a model's name, or "*" for all models, which then try the same values. */
	readonly space?: { readonly "*"?: ChoicesOf<Common<M>> } & {
		readonly [N in M & ModelName]?: ChoicesOf<HyperOf<N>>;
	} & ByOwnName<M>;
	readonly search: Search;
	/** Trials of each model (8). A grid is run whole: there it is the most that a model may have. */
	readonly trials?: number;
	/** Another seed, other draws (0). */
	readonly searchSeed?: number;
	/** The validation metric whose mean over the seeds chooses; `mode` follows from the metric, and may be said. */
	readonly choose: { readonly metric: string; readonly mode?: "max" | "min" };
}

/** A sweep's specification as plain JSON with all defaults filled in; its SHA-256 names the sweep. */
export interface PlainSpec {
	readonly models: readonly string[];
	readonly data: SweepData;
	readonly seeds: readonly number[];
	readonly hyper: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
	readonly space: Readonly<Record<string, Readonly<Record<string, AnyChoices>>>>;
	readonly search: Search;
	readonly trials?: number;
	readonly searchSeed: number;
	readonly choose: { readonly metric: string; readonly mode: "max" | "min" };
}

/** Choices of a hyperparameter whose type is not known. */
export type AnyChoices = readonly unknown[] | Range;

/** A sweep that has been checked. */
export interface Sweep {
	readonly spec: PlainSpec;
	/** SHA-256 of `spec`, as canonical JSON. */
	readonly hash: string;
	readonly models: readonly {
		readonly model: AnyModel;
		/** Its fixed hyperparameters, where they are not the model's defaults. */
		readonly hyper: Readonly<Record<string, unknown>>;
		readonly choices: Readonly<Record<string, AnyChoices>>;
		readonly trials: readonly Trial[];
	}[];
	/** 1 where more of the metric is better, −1 where less. */
	readonly better: 1 | -1;
	/** Whether a model is not a registered one: then no other process can run it. */
	readonly own: boolean;
	/** What to know of the search: models with fewer different trials than others. */
	readonly notes: readonly string[];
}

/** One setting of a model's searched hyperparameters. */
export interface Trial {
	/** 0-based place in the search; that of the first of equal ones. */
	readonly index: number;
	readonly hyper: Readonly<Record<string, unknown>>;
}
