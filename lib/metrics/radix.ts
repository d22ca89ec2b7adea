/** Digits of 11 bits: three passes over 32-bit keys, and each pass's counts stay in the processor's nearest cache. */
const BITS = 11;
const BUCKETS = 1 << BITS;
const SHIFTS = [0, BITS, 2 * BITS];

/**
 * Sorts keys by rising value, in place, with as many more as scratch: three passes, O(n).
 *
 * @param keys what is sorted
 * @param scratch as long as `keys`; overwritten
 * @param values moved as their keys are, equal keys in the order they had, where given; with a scratch of their own
 */
export function sortKeys(keys: Uint32Array, scratch: Uint32Array, values?: Uint32Array, spare?: Uint32Array): void {
	const n = keys.length;
	const counts = SHIFTS.map(() => new Uint32Array(BUCKETS));
	const [low, middle, high] = counts;
	for (let i = 0; i < n; i++) {
		const key = keys[i];
		low[key & (BUCKETS - 1)]++;
		middle[(key >>> BITS) & (BUCKETS - 1)]++;
		high[key >>> (2 * BITS)]++;
	}
	let [from, to] = [keys, scratch];
	let [valuesFrom, valuesTo] = [values, spare];
	for (let pass = 0; pass < SHIFTS.length; pass++) {
		const starts = counts[pass];
		let sum = 0;
		for (let bucket = 0; bucket < BUCKETS; bucket++) {
			const count = starts[bucket];
			starts[bucket] = sum;
			sum += count;
		}
		if (valuesFrom && valuesTo) moveBoth(from, to, valuesFrom, valuesTo, starts, SHIFTS[pass]);
		else move(from, to, starts, SHIFTS[pass]);
		[from, to] = [to, from];
		[valuesFrom, valuesTo] = [valuesTo, valuesFrom];
	}
	keys.set(scratch.subarray(0, n));
	if (values && spare) values.set(spare.subarray(0, n));
}

function move(from: Uint32Array, to: Uint32Array, starts: Uint32Array, shift: number): void {
	for (let i = 0, n = from.length; i < n; i++) {
		const key = from[i];
		to[starts[(key >>> shift) & (BUCKETS - 1)]++] = key;
	}
}

function moveBoth(
	from: Uint32Array,
	to: Uint32Array,
	values: Uint32Array,
	valuesTo: Uint32Array,
	starts: Uint32Array,
	shift: number,
): void {
	for (let i = 0, n = from.length; i < n; i++) {
		const key = from[i];
		const at = starts[(key >>> shift) & (BUCKETS - 1)]++;
		to[at] = key;
		valuesTo[at] = values[i];
	}
}

/**
 * The bits of a float32, changed so that they sort as whole numbers as the floats do; −0 becomes 0.
 *
 * @param bits as a whole number of 32 bits
 */
export const sortable = (bits: number): number =>
	bits === 0x80000000 ? 0x80000000 : bits & 0x80000000 ? ~bits >>> 0 : (bits | 0x80000000) >>> 0;

/** Makes the bits of floats into keys that sort as the floats do, in their place. */
export function toKeys(bits: Uint32Array): void {
	for (let i = 0; i < bits.length; i++) bits[i] = sortable(bits[i]);
}

/** Makes keys into the bits of the floats that they came from, in their place; −0 has become 0. */
export function fromKeys(keys: Uint32Array): void {
	for (let i = 0; i < keys.length; i++) keys[i] = keys[i] & 0x80000000 ? keys[i] ^ 0x80000000 : ~keys[i];
}

/** The same memory read as whole numbers of 32 bits. */
export const bitsOf = (floats: Float32Array): Uint32Array =>
	new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
