import type { AnyChoices, Range } from "./spec";

const KINDS = ["log", "linear", "integer"] as const;
type Kind = (typeof KINDS)[number];

/** Digits that a drawn number keeps: enough for any learning rate, few enough to be read. */
const DIGITS = 6;

/** True for a range, told from a list of values. */
export const isRange = (choices: AnyChoices): choices is Range => !Array.isArray(choices);

/** A range's kind and ends. */
export function endsOf(range: Range): { kind: Kind; ends: readonly [number, number] } {
	const kind = KINDS.find((name) => name in range) as Kind;
	return { kind, ends: (range as Record<Kind, readonly [number, number]>)[kind] };
}

/**
 * The choice that a uniform draw u in [0, 1) falls on: of a list the ⌊u·length⌋th; of a range a + u·(b − a), even in the logarithm
 * where it is `log`, kept to six digits and within its ends; a whole number from a to b where it is `integer`.
 */
export function chosenBy(u: number, choices: AnyChoices): unknown {
	if (!isRange(choices)) return choices[Math.floor(u * choices.length)];
	const { kind, ends } = endsOf(choices);
	const [a, b] = ends;
	if (kind === "integer") return a + Math.floor(u * (b - a + 1));
	const value = kind === "log" ? a * (b / a) ** u : a + u * (b - a);
	return Math.min(b, Math.max(a, Number(value.toPrecision(DIGITS))));
}

/**
 * What is wrong with choices; undefined where nothing is.
 *
 * @param search of the sweep: a grid takes lists alone
 */
export function faultOf(choices: unknown, search: string): string | undefined {
	const what = 'a list of values, or a range: {"log": [a, b]}, {"linear": [a, b]} or {"integer": [a, b]}';
	if (Array.isArray(choices)) {
		if (choices.length === 0) return "is an empty list: give one value or more";
		const texts = choices.map((value) => JSON.stringify(value));
		const twice = texts.find((text, i) => texts.indexOf(text) < i);
		return twice === undefined ? undefined : `has ${twice} twice`;
	}
	if (typeof choices !== "object" || choices === null) return `must be ${what}, not ${JSON.stringify(choices)}`;
	const keys = Object.keys(choices);
	const kind = KINDS.find((name) => name === keys[0]);
	if (keys.length !== 1 || kind === undefined) return `must be ${what}, not ${JSON.stringify(choices)}`;
	if (search === "grid") return `is a range, of which a grid has no combinations: list values, or search "random"`;
	const ends: unknown = (choices as Record<string, unknown>)[kind];
	if (!Array.isArray(ends) || ends.length !== 2 || !ends.every(Number.isFinite))
		return `must have two numbers in "${kind}", not ${JSON.stringify(ends)}`;
	const [a, b] = ends as [number, number];
	if (a >= b) return `has its range reversed or empty: ${a} is not below ${b}`;
	if (kind === "log" && a <= 0) return `has no logarithm at ${a}: a log range begins above 0`;
	if (kind === "integer" && !(Number.isSafeInteger(a) && Number.isSafeInteger(b)))
		return `must have whole numbers in "integer", not ${JSON.stringify(ends)}`;
	return undefined;
}
