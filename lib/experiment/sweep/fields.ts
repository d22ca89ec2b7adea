import { InputError, unknownName } from "../../core/problem";
import { lineOfField } from "./specLine";

/** Where a specification stands: a file with its text, or a value in a program. */
export interface Where {
	readonly name: string;
	readonly text?: string;
}

/** Refuses a field of a specification: one line with the file, the line and the field. */
export type Refuse = (path: readonly string[], what: string) => never;

/** What refuses fields of the specification that stands there. */
export const refuser =
	({ name, text }: Where): Refuse =>
	(path, what) => {
		const line = text === undefined ? undefined : lineOfField(text, path);
		const field = path.length > 0 ? `"${path.join(".")}" ` : "";
		throw new InputError(`${name}${line === undefined ? "" : `:${line}`}: ${field}${what}`);
	};

/** Runs what throws an InputError, and names the field in front of its message. */
export function naming<T>(refuse: Refuse, path: readonly string[], work: () => T): T {
	try {
		return work();
	} catch (problem) {
		if (problem instanceof InputError) return refuse(path, `is refused: ${problem.message}`);
		throw problem;
	}
}

/** An object with these keys alone. */
export function objectAt(
	refuse: Refuse,
	path: readonly string[],
	value: unknown,
	known?: readonly string[],
): Record<string, unknown> {
	if (typeof value !== "object" || value === null || Array.isArray(value))
		return refuse(path, `must be an object {…}, not ${JSON.stringify(value)}`);
	for (const key of Object.keys(value))
		if (known && !known.includes(key))
			refuse([...path, key], `is not known here: ${unknownName("field", key, known).message}`);
	return value as Record<string, unknown>;
}

/** A list with something in it, and nothing twice. */
export function listAt(refuse: Refuse, path: readonly string[], value: unknown): unknown[] {
	if (!Array.isArray(value) || value.length === 0)
		return refuse(path, `must be a list of one or more, not ${JSON.stringify(value)}`);
	value.forEach((one, i) => {
		if (value.indexOf(one) < i) refuse([...path, String(i)], `stands there twice: ${JSON.stringify(one)}`);
	});
	return value;
}

/** One of some texts. */
export function oneOf<T extends string>(
	refuse: Refuse,
	path: readonly string[],
	value: unknown,
	known: readonly T[],
): T {
	if (typeof value !== "string")
		return refuse(path, `must be one of ${known.join(", ")}, not ${JSON.stringify(value)}`);
	if (!known.includes(value as T)) return refuse(path, `is not known: ${unknownName("value", value, known).message}`);
	return value as T;
}

/** A whole number from `least` on. */
export function wholeAt(refuse: Refuse, path: readonly string[], value: unknown, least: number): number {
	if (!Number.isSafeInteger(value) || (value as number) < least)
		return refuse(path, `must be a whole number of at least ${least}, not ${JSON.stringify(value)}`);
	return value as number;
}
