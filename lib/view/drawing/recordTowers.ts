import type { Inputs, Layers } from "../../core/layers";
import type { Hyper, Model } from "../../core/model";

/** A layer that a model's towers use: one word of `Layers`, with what it reads. */
export interface Recorded {
	/** Unique in its model. */
	readonly id: string;
	/** The word: "embed", "mlp", "logit", … */
	readonly word: string;
	/** The layer's name: equal names share weights. */
	readonly name: string;
	/** Its widths and other numbers, in the order in which they are given. */
	readonly numbers: readonly number[];
	/** The last argument, where it is an object of options. */
	readonly options: Readonly<Record<string, unknown>>;
	/** Ids of the layers that it reads; "x" are the features. */
	readonly reads: readonly string[];
}

/** A model's layers, in the order in which they are used, and which of them gives the logit of each tower. */
export interface RecordedTowers {
	readonly layers: readonly Recorded[];
	/** Tower → id of a layer. */
	readonly towers: Readonly<Record<string, string>>;
}

/**
 * What a model's towers are made of: its function is called with layers that compute nothing and write down what they are asked for. The
 * same layer on the same inputs counts once.
 */
export function recordTowers(model: Pick<Model, "towers">, hyper: Hyper): RecordedTowers {
	const layers: Recorded[] = [];
	const ids = new WeakMap<object, string>();
	const x: Inputs = { rows: 0, fields: [] };
	ids.set(x, "x");
	const values = new Map<string, object>();
	const idOf = (value: unknown) => (typeof value === "object" && value !== null ? ids.get(value) : undefined);
	const record = (word: string, given: readonly unknown[]): object => {
		const flat = given.flatMap((one) => (Array.isArray(one) ? one : [one]));
		const reads = flat.flatMap((one) => idOf(one) ?? []);
		const [name = ""] = flat.filter((one) => typeof one === "string");
		const last = given[given.length - 1];
		const plain = typeof last === "object" && last !== null && !Array.isArray(last) && idOf(last) === undefined;
		const id = `${word} ${name} (${reads.join(", ")})`;
		const known = values.get(id);
		if (known) return known;
		const numbers = flat.filter((one): one is number => typeof one === "number");
		layers.push({ id, word, name, numbers, reads, options: plain ? (last as Record<string, unknown>) : {} });
		const value = {};
		ids.set(value, id);
		values.set(id, value);
		return value;
	};
	const nn = new Proxy({} as Layers, {
		get:
			(_, word) =>
			(...given: unknown[]) =>
				record(String(word), given),
	});
	const towers = Object.entries(model.towers(nn, x, hyper));
	return { layers, towers: Object.fromEntries(towers.map(([tower, logit]) => [tower, idOf(logit) as string])) };
}
