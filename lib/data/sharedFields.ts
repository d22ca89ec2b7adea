import type { Field } from "./dataset";

type Values = Int32Array | Float32Array;

const copies = new WeakMap<Values, Values>();

/** The same values in memory that threads share: the array itself if it lies there, else a copy, made once. */
function shared<A extends Values>(values: A): A {
	if (values.buffer instanceof SharedArrayBuffer) return values;
	const known = copies.get(values);
	if (known) return known as A;
	const make = values.constructor as new (buffer: SharedArrayBuffer) => A;
	const copy = new make(new SharedArrayBuffer(values.byteLength));
	copy.set(values);
	copies.set(values, copy);
	return copy;
}

/** The same fields in memory that threads share. */
export function sharedFields(fields: readonly Field[]): Field[] {
	return fields.map((field): Field => {
		if (field.kind === "number") return { ...field, values: shared(field.values) };
		if (field.kind === "id") return { ...field, ids: shared(field.ids) };
		const { list, weights } = field;
		return {
			...field,
			offsets: shared(field.offsets),
			ids: shared(field.ids),
			...(list ? { list: shared(list) } : {}),
			...(weights ? { weights: shared(weights) } : {}),
		};
	});
}
