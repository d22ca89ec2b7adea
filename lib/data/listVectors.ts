import { createRequire } from "node:module";
import { join } from "node:path";
import type { DuckDBListVector, DuckDBVector } from "@duckdb/node-api";
import type { Vector } from "@duckdb/node-bindings";
import { projectRoot } from "../core/root";

const bindings = (): typeof import("@duckdb/node-bindings") =>
	createRequire(join(projectRoot(), "package.json"))("@duckdb/node-bindings");

/** The parts of a list vector that its public interface keeps from the types. */
interface Inside {
	entryData: BigUint64Array;
	childData: DuckDBVector;
	vector: Vector;
}

/** Where each row's list begins in the child vector, and how long it is, in turns; and the child vector itself. */
export function listsIn(vector: DuckDBVector): { entries: BigUint64Array; child: DuckDBVector } {
	const { entryData, childData } = vector as DuckDBListVector as unknown as Inside;
	return { entries: entryData, child: childData };
}

/**
 * Fills a list vector that is to be written: a copy of memory each for places and values, where the vector's own `setItem`
 * takes a JavaScript array a row.
 *
 * @param entries begin and length of each row's list in `values`, in turns
 */
export function setLists(vector: DuckDBVector, entries: BigUint64Array, values: Int32Array | Float32Array): void {
	const { list_vector_reserve, list_vector_set_size, list_vector_get_child, copy_data_to_vector } = bindings();
	const raw = (vector as DuckDBListVector as unknown as Inside).vector;
	list_vector_reserve(raw, values.length);
	list_vector_set_size(raw, values.length);
	const copy = (to: Vector, { buffer, byteOffset, byteLength }: BigUint64Array | Int32Array | Float32Array) =>
		copy_data_to_vector(to, 0, buffer as ArrayBuffer, byteOffset, byteLength);
	if (values.length > 0) copy(list_vector_get_child(raw), values);
	copy(raw, entries);
}
