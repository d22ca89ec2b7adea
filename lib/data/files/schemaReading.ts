import { InputError, unknownName } from "../../core/problem";

/** Takes values out of a schema file, or says in one line why not. */
export interface Reading {
	fail(what: string): never;
	unknown(kind: string, name: string, known: readonly string[]): never;
	/** Runs a check and puts the file's name before what it says. */
	told(check: () => void): void;
	object(value: unknown, key: string): Record<string, unknown>;
	keys(value: object, known: readonly string[], key: string): void;
	needed(value: Record<string, unknown>, key: string): unknown;
	text(value: unknown, key: string): string;
	texts(value: unknown, key: string): Record<string, string>;
	list(value: unknown, key: string): string[];
}

/** For the file of this name, which every message begins with. */
export function reading(name: string): Reading {
	const fail = (what: string): never => {
		throw new InputError(`${name}: ${what}`);
	};
	const object = (value: unknown, key: string): Record<string, unknown> =>
		typeof value === "object" && value !== null && !Array.isArray(value)
			? (value as Record<string, unknown>)
			: fail(`"${key}" must be an object {…}, not ${JSON.stringify(value)}`);
	const text = (value: unknown, key: string): string =>
		typeof value === "string" && value !== ""
			? value
			: fail(`"${key}" must be a name in double quotes, not ${JSON.stringify(value)}`);
	return {
		fail,
		unknown: (kind, wrong, known) => fail(unknownName(kind, wrong, known).message),
		told(check) {
			try {
				check();
			} catch (problem) {
				if (problem instanceof InputError) fail(problem.message);
				throw problem;
			}
		},
		object,
		keys(value, known, key) {
			for (const one of Object.keys(value))
				if (!known.includes(one)) fail(unknownName(key === "" ? "key" : `key in "${key}"`, one, known).message);
		},
		needed: (value, key) => value[key] ?? fail(`"${key}" is missing. Needed: events, features, split`),
		text,
		texts: (value, key) =>
			Object.fromEntries(Object.entries(object(value, key)).map(([name, one]) => [name, text(one, `${key}.${name}`)])),
		list: (value, key) =>
			Array.isArray(value)
				? value.map((one, i) => text(one, `${key}[${i}]`))
				: fail(`"${key}" must be a list of names […], not ${JSON.stringify(value)}`),
	};
}
