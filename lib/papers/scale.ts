import { InputError, unknownName } from "../core/problem";

/** How much is computed: `tiny` for tests, `demo` for a look in minutes, `full` for numbers to rely on. */
export type Scale = "tiny" | "demo" | "full";

const scales: readonly Scale[] = ["tiny", "demo", "full"];

/**
 * A scale by name; without one, that of the environment variable SCALE, else `demo`.
 *
 * @throws InputError an unknown name
 */
export function scaleNamed(name = process.env.SCALE || "demo"): Scale {
	const found = scales.find((scale) => scale === name);
	if (!found) throw unknownName("scale", name, scales);
	return found;
}

/** Seeds first … first + n − 1. */
export function seeds(n: number, first = 1): number[] {
	if (n < 1) throw new InputError(`at least one seed is needed, not ${n}`);
	return Array.from({ length: n }, (_, i) => first + i);
}
