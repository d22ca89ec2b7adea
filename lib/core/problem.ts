import { closest, distance } from "fastest-levenshtein";

/** Bad arguments or bad input: one line that names the file, line or field and says what to do. Commands exit with 2. */
export class InputError extends Error {
	override name = "InputError";
}

/** "unknown model "esm": did you mean "esmm"?", for a name that is not among the known ones. */
export function unknownName(kind: string, name: string, known: readonly string[]): InputError {
	const lower = known.map((one) => one.toLowerCase());
	const begun = lower.findIndex((one) => name !== "" && one.startsWith(name.toLowerCase()));
	const near = known[begun >= 0 ? begun : lower.indexOf(closest(name.toLowerCase(), lower))];
	const isNear = near && distance(name.toLowerCase(), near.toLowerCase()) < 0.7 * Math.max(name.length, near.length);
	const hint = near === undefined ? "" : `${isNear ? `: did you mean "${near}"?` : "."} Known: ${known.join(", ")}`;
	return new InputError(`unknown ${kind} "${name}"${hint}`);
}
