import { checkSchema, type Feature, type Group, groups, type Schema } from "../schema";
import { parseJson } from "./jsonText";
import { type FileSplit, parseSplit } from "./schemaFileSplit";
import { type Reading, reading } from "./schemaReading";

/** What a schema file says: what the columns mean, and how rows are divided. */
export interface SchemaFile {
	/** For messages: the file's name, or that of a schema that is built in. */
	name: string;
	schema: Schema;
	split: FileSplit;
	/** Features whose ids are text whatever they look like: there "0" and "-1" are ids as any other, and "07" is not "7". */
	text: ReadonlySet<string>;
}

const KEYS = ["user", "time", "events", "implies", "features", "numbers", "split", "truth", "oracle"];
const KINDS = ["id", "ids", "number"];
/** Names that the table of a prepared log keeps for itself. */
const TAKEN = ["part", "common", "user.raw", "user.number", "time.raw", "time.number", "encoded.values"];

/**
 * Reads the schema of one's own log:
 * `{"user", "time", "events": {event: column}, "implies": {event: event}, "features": {column: {"kind": "id" | "ids" |
 * "number"}}, "split", "truth": {prob: column}, "oracle": [column]}`. Only events, features and split are needed.
 * A feature of kind `ids` may name a column of `weights`; one of kind `id` or `ids` may say `"text": true`; any may name its
 * `group`: "user", "item", "cross" or "context". `"numbers": "quantiles"` turns each number into an id, its quantile bucket.
 *
 * @param name the file's name, for messages
 * @throws InputError whatever is wrong, in one line with the file, the key, what is allowed, and the nearest name
 */
export function parseSchemaFile(text: string, name: string): SchemaFile {
	const file = reading(name);
	const top = file.object(parseJson(text, name), "the schema");
	file.keys(top, KEYS, "");
	const events = file.texts(file.needed(top, "events"), "events");
	const asText = new Set<string>();
	const features = file.object(file.needed(top, "features"), "features");
	const schema: Schema = {
		...(top.user === undefined ? {} : { user: file.text(top.user, "user") }),
		...(top.time === undefined ? {} : { time: file.text(top.time, "time") }),
		events,
		implies: file.texts(top.implies ?? {}, "implies"),
		features: Object.fromEntries(
			Object.entries(features).map(([column, what]) => [column, readFeature(file, column, what, asText)]),
		),
		...(top.numbers === undefined ? {} : { numbers: readNumbers(file, top.numbers) }),
		...(top.oracle === undefined ? {} : { oracle: file.list(top.oracle, "oracle") }),
		...(top.truth === undefined ? {} : { truth: file.texts(top.truth, "truth") }),
	};
	checkMeaning(file, schema);
	const split = parseSplit(file, file.needed(top, "split"), schema);
	return { name, schema, split, text: asText };
}

function readFeature(file: Reading, column: string, what: unknown, asText: Set<string>): Feature {
	const key = `features.${column}`;
	const { kind, weights, text, group, ...rest } = file.object(what, key);
	file.keys(rest, ["kind", "weights", "text", "group"], key);
	if (kind === undefined) file.fail(`"${key}" says no "kind": give one of ${KINDS.join(", ")}`);
	if (!KINDS.includes(kind as string)) file.unknown(`kind in "${key}"`, file.text(kind, `${key}.kind`), KINDS);
	if (weights !== undefined && kind !== "ids")
		file.fail(`"${key}.weights" is for the kind "ids"; "${key}" is of the kind "${kind}". Remove it`);
	if (text !== undefined) {
		if (typeof text !== "boolean") file.fail(`"${key}.text" must be true or false, not ${JSON.stringify(text)}`);
		if (kind === "number") file.fail(`"${key}.text" is for ids; "${key}" is a number. Remove it`);
		if (text) asText.add(column);
	}
	if (group !== undefined && !groups.includes(group as Group))
		file.unknown(`group in "${key}"`, file.text(group, `${key}.group`), groups);
	const told = group === undefined ? {} : { group: group as Group };
	if (kind === "ids")
		return { kind, ...(weights === undefined ? {} : { weights: file.text(weights, `${key}.weights`) }), ...told };
	return { kind: kind as "id" | "number", ...told };
}

function readNumbers(file: Reading, numbers: unknown): "quantiles" {
	if (numbers !== "quantiles")
		file.fail(`"numbers" is ${JSON.stringify(numbers)}: it is "quantiles", or left out for numbers scaled by tanh`);
	return "quantiles";
}

/** What can be said without the log: names that do not go together. */
function checkMeaning(file: Reading, schema: Schema): void {
	const { events, implies, features, truth = {}, oracle = [] } = schema;
	if (Object.keys(events).length === 0) file.fail('"events" names no event: give {"click": "its column"} at least');
	if (Object.keys(features).length === 0) file.fail('"features" names no column: a model needs one at least');
	for (const event of Object.keys(events))
		if (!/^[A-Za-z]\w*$/.test(event) || event === "impression")
			file.fail(
				`"events" has an event "${event}": name it by letters, digits and _, and not impression (every row is one)`,
			);
	const columns = Object.values(events);
	const twice = columns.find((column, i) => columns.indexOf(column) !== i);
	if (twice !== undefined) file.fail(`"events" gives the column "${twice}" to two events: each has its own`);
	const mentioned = [
		schema.user,
		schema.time,
		...columns,
		...Object.keys(features),
		...oracle,
		...Object.values(truth),
	];
	for (const feature of Object.values(features)) if (feature.kind === "ids") mentioned.push(feature.weights);
	file.told(() =>
		checkSchema(
			schema,
			mentioned.filter((one): one is string => one !== undefined),
		),
	);
	for (const event of Object.keys(implies)) {
		const seen = [event];
		for (let next = implies[event]; next !== undefined; next = implies[next]) {
			if (seen.includes(next))
				file.fail(`"implies" goes in a circle: ${[...seen, next].join(" → ")}. Remove one of them`);
			seen.push(next);
		}
	}
	for (const prob of Object.keys(truth)) checkProb(file, prob, Object.keys(events));
	const names = [
		...TAKEN,
		...Object.keys(events),
		...Object.entries(features).flatMap(([name, feature]) =>
			feature.kind === "ids" && feature.weights !== undefined ? [name, `${name}.weights`] : [name],
		),
		...new Set(Object.values(truth)),
	];
	const lower = names.map((one) => one.toLowerCase());
	const double = names.find((_, i) => lower.indexOf(lower[i]) !== i);
	if (double !== undefined)
		file.fail(
			`"${double}" would name two columns of the prepared log, where events go by their names, case does not count, and ${TAKEN.join(", ")} are taken: rename the event, or the column in the log`,
		);
}

function checkProb(file: Reading, prob: string, events: readonly string[]): void {
	const match = /^(\w+)\|(?:do\((\w+)\)|(\w+))$/.exec(prob);
	if (!match) file.fail(`"truth" has a key "${prob}": write it as "conversion|click" or "conversion|do(click)"`);
	const [, event, done, space] = match as RegExpExecArray;
	if (!events.includes(event)) file.unknown(`event in "truth.${prob}"`, event, events);
	const known = done === undefined ? ["impression", ...events] : events;
	if (!known.includes(done ?? space)) file.unknown(`event in "truth.${prob}"`, done ?? space, known);
}
