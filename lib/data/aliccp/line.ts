import { afterDigits, FAULTS, type Fault, type FeatureList, readElements } from "./elements";

const [ZERO, COMMA, TAB] = [48, 44, 9];

/** What makes a line as a whole unusable, looked for only where its parts were not as they should be. */
export function malformed(bytes: Uint8Array, start: number, end: number, commas: number): Fault | undefined {
	if (start === end) return FAULTS.empty;
	const line = bytes.subarray(start, end);
	if (line.includes(0)) return FAULTS.nul;
	if (line.some((byte) => byte > 126 || (byte < 32 && byte > 3 && byte !== TAB))) return FAULTS.bytes;
	return line.reduce((count, byte) => count + (byte === COMMA ? 1 : 0), 0) === commas ? undefined : FAULTS.commas;
}

/** The number written by the digits `[start, end)` that a comma ends, or -1. At most 15 digits, so it is exact. */
export function wholeNumber(bytes: Uint8Array, start: number, end: number): number {
	if (end === start || end - start > 15 || bytes[end] !== COMMA) return -1;
	let value = 0;
	for (let p = start; p < end; p++) value = value * 10 + bytes[p] - ZERO;
	return value;
}

/**
 * Reads `md5,feature_num,feature_list`, with which both kinds of line end, from `[start, end)`. The list is
 * written over `into`.
 *
 * @returns where the md5 ends, or what is wrong
 */
export function readFeatures(bytes: Uint8Array, start: number, end: number, into: FeatureList): number | Fault {
	const keyEnd = afterKey(bytes, start);
	if (!isKey(bytes, start, keyEnd)) return FAULTS.md5;
	const numEnd = afterDigits(bytes, keyEnd + 1);
	const expected = wholeNumber(bytes, keyEnd + 1, numEnd);
	if (expected === -1) return FAULTS.featureNum;
	return readElements(bytes, numEnd + 1, end, expected, into) ?? keyEnd;
}

/** Where the hexadecimal digits that start at `at` end. */
function afterKey(bytes: Uint8Array, at: number): number {
	let p = at;
	while ((bytes[p] - ZERO) >>> 0 < 10 || ((bytes[p] | 32) - 97) >>> 0 < 6) p++;
	return p;
}

/** Whether `[start, end)` can be an md5: 1 to 32 hexadecimal digits with a comma after them. */
const isKey = (bytes: Uint8Array, start: number, end: number): boolean =>
	end > start && end - start <= 32 && bytes[end] === COMMA;
