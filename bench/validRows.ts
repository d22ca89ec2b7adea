import { stream } from "../lib/core/random";
import type { Card } from "../lib/data/prepared/card";

/**
 * Which kept training rows of raw Ali-CCP our protocol puts into validation: a byte each, 1 for validation. They are drawn in the
 * files' order from the stream "split" of the card's split rule.
 */
export function validRows(rows: number, split: Card["split"]): Uint8Array {
	const { by, valid, seed, group } = split as { by?: string; valid?: number; seed?: number; group?: string };
	if (by !== "source" || typeof valid !== "number" || typeof seed !== "number" || group !== undefined)
		throw new Error(`the peer cannot divide rows by ${JSON.stringify(split)}: bench/validRows.ts must follow`);
	const random = stream(seed, "split");
	return Uint8Array.from({ length: rows }, () => (random.uniform() < valid ? 1 : 0));
}
