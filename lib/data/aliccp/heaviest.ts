import type { Elements } from "./elements";

/** Room for the places in a line of 1 MiB, of which an element takes 8 bytes or more. */
const PLACES = 2 ** 17;

/** The bits of a 32-bit number and the number that sorts as they do, over the same memory. */
const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);
let keys = new Float64Array(1 << 10);

/**
 * Leaves the `most` elements with the largest values, by falling value; of equal ones the first comes first.
 *
 * Value and place go into one number each, so that they are sorted without a call for each comparison.
 */
export function keepHeaviest(list: Elements, most: number): void {
	const { length, ids, values } = list;
	if (length > keys.length) keys = new Float64Array(2 * length);
	for (let place = 0; place < length; place++) {
		float[0] = values[place] + 0;
		const rank = bits[0] >= 0x80000000 ? ~bits[0] >>> 0 : bits[0] + 0x80000000;
		keys[place] = rank * PLACES + (PLACES - 1 - place);
	}
	const sorted = keys.subarray(0, length).sort();
	const kept = Math.min(most, length);
	const heaviest = sorted.subarray(length - kept).map((key) => PLACES - 1 - (key % PLACES));
	const [keptIds, keptValues] = [new Int32Array(kept), new Float32Array(kept)];
	for (let i = 0; i < kept; i++) {
		const place = heaviest[kept - 1 - i];
		keptIds[i] = ids[place];
		keptValues[i] = values[place];
	}
	ids.set(keptIds);
	values.set(keptValues);
	list.length = kept;
}
