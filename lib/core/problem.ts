import { closest } from "fastest-levenshtein";

/** Bad arguments or bad input: one line that names the file, line or field and says what to do. Commands exit with 2. */
export class InputError extends Error {
	override name = "InputError";
}

/** "unknown model "esm": did you mean "esmm"?", for a name that is not among the known ones. */
export function unknownName(kind: string, name: string, known: readonly string[]): InputError {
	const lower = known.map((one) => one.toLowerCase());
	const near = known[lower.indexOf(closest(name.toLowerCase(), lower))];
	const hint = near ? `: did you mean "${near}"? Known: ${known.join(", ")}` : "";
	return new InputError(`unknown ${kind} "${name}"${hint}`);
}
