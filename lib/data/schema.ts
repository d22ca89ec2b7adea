import { InputError, unknownName } from "../core/problem";

/** What features may tell of: the user, the item, both together, or where and when the impression was. */
export const groups = ["user", "item", "cross", "context"] as const;

/** What a feature tells of. */
export type Group = (typeof groups)[number];

/**
 * How a feature column is read: one id per row, one number per row, or a list of ids with optional weights. Its group, where it is
 * said, changes nothing but the width of its embedding, in models that have another one for items.
 */
export type Feature = ({ kind: "id" } | { kind: "number" } | { kind: "ids"; weights?: string }) & { group?: Group };

/**
 * What the columns of a log mean. Every row is one impression.
 *
 * An event is never a feature: it happens after the moment of prediction. Nor is an oracle column: no model could see it.
 */
export interface Schema {
	/** Column of the user (groups for GAUC and for intervals by user). */
	user?: string;
	/** Column of the time, in any unit that sorts; `split: time` cuts along it. */
	time?: string;
	/** Event name → its 0/1 column, for example `{ click: "is_click" }`. */
	events: Record<string, string>;
	/** Event → the event it cannot happen without: `{ conversion: "click" }`. Rows that break this are dropped and counted. */
	implies: Record<string, string>;
	/** Feature column → its kind. */
	features: Record<string, Feature>;
	/**
	 * "quantiles": each number becomes an id, its bucket among 32 quantiles of the training part, and 0 where it is missing. Unless
	 * said it becomes tanh((v − μ)/s).
	 */
	numbers?: "quantiles";
	/** Columns that tell the truth of a simulated log (probabilities, latents). For metrics only. */
	oracle?: readonly string[];
	/** Prob (or "conversion|do(click)") → the oracle column with its true value. */
	truth?: Readonly<Record<string, string>>;
}

/**
 * Refuses a schema that a model must not be trained on, naming the field.
 *
 * @param columns the columns the log really has
 * @throws InputError a feature that is an event or an oracle column, an unknown column, `implies` of an unknown event
 */
export function checkSchema(schema: Schema, columns: readonly string[]): void {
	const has = new Set(columns);
	const need = (kind: string, column: string) => {
		if (!has.has(column)) throw unknownName(kind, column, columns);
	};
	for (const [event, column] of Object.entries(schema.events)) need(`column of event "${event}"`, column);
	for (const event of Object.entries(schema.implies).flat())
		if (!(event in schema.events)) throw unknownName("event in implies", event, Object.keys(schema.events));
	if (schema.user !== undefined) need("user column", schema.user);
	if (schema.time !== undefined) need("time column", schema.time);
	for (const column of schema.oracle ?? []) need("oracle column", column);
	const events = new Map(Object.entries(schema.events).map(([event, column]) => [column, event]));
	const hidden = new Set([...(schema.oracle ?? []), ...Object.values(schema.truth ?? {})]);
	for (const [column, feature] of Object.entries(schema.features)) {
		const event = events.get(column);
		if (event !== undefined)
			throw new InputError(
				`column "${column}" is the event "${event}" and cannot be a feature: it is not known when the prediction is made. Remove it from "features"`,
			);
		if (hidden.has(column))
			throw new InputError(`column "${column}" is an oracle column and cannot be a feature. Remove it from "features"`);
		need("feature column", column);
		if (feature.kind !== "ids" || feature.weights === undefined) continue;
		need("weights column", feature.weights);
		if (events.has(feature.weights) || hidden.has(feature.weights))
			throw new InputError(
				`column "${feature.weights}" is an event or an oracle column and cannot weight the feature "${column}"`,
			);
	}
}
