/** The typed arrays that a column can grow in. */
export type Growing = Int32Array | Float32Array | Uint8Array;

/**
 * The same values in an array of another length: longer ones are filled with 0, shorter ones cut.
 * Returns the array itself where the length is right already.
 */
export function resized<A extends Growing>(values: A, length: number): A {
	if (values.length === length) return values;
	if (values.length > length) return values.slice(0, length) as A;
	const longer = new (values.constructor as new (length: number) => A)(length);
	longer.set(values);
	return longer;
}
