import { stream } from "../core/random";
import type { Dataset, Field } from "./dataset";

/**
 * A data set in which some rows have exchanged their values of some fields, at random and of all these fields together: what a model
 * loses by it is what the fields are worth to it (permutation importance, Breiman 2001). All else stays as it is.
 *
 * @param names of the fields
 * @param seed the same, the same exchange
 * @throws Error a field that there is not
 */
export function permuted(
	data: Pick<Dataset, "name" | "fields" | "rows">,
	rows: Int32Array,
	names: readonly string[],
	seed: number,
): Pick<Dataset, "name" | "fields"> {
	const unknown = names.find((name) => !data.fields.some((field) => field.name === name));
	if (unknown !== undefined) throw new Error(`${data.name} has no field "${unknown}"`);
	const from = stream(seed, "permuted").shuffle(rows.slice());
	const exchange = <A extends Int32Array | Float32Array>(column: A): A => {
		const changed = column.slice() as A;
		for (let i = 0; i < rows.length; i++) changed[rows[i]] = column[from[i]];
		return changed;
	};
	const fields = data.fields.map((field): Field => {
		if (!names.includes(field.name)) return field;
		if (field.kind === "number") return { ...field, values: exchange(field.values) };
		if (field.kind === "id") return { ...field, ids: exchange(field.ids) };
		return { ...field, list: exchange(field.list ?? Int32Array.from({ length: data.rows }, (_, row) => row)) };
	});
	return { name: `${data.name}, ${names.join(", ")} exchanged`, fields };
}
