import { InputError, unknownName } from "../core/problem";
import type { Dataset, Field } from "../data/dataset";
import { inGroup } from "../data/encode";
import { checkCodes } from "../data/encoded/pieces";
import type { CardField } from "../data/prepared/card";
import type { Group } from "../data/schema";

/** What a field of a model holds: codes of a vocabulary, lists of them, or numbers, scaled as tanh((v − mean) / deviation). */
export type ModelInput =
	/** Of a number in quantile buckets: where the buckets 2, 3, … begin, where the data set tells it. */
	(
		| { name: string; kind: "id"; size: number; edges?: readonly number[] }
		| { name: string; kind: "ids"; size: number; weights: boolean }
		/** Mean and deviation where the data set tells them. */
		| { name: string; kind: "number"; mean?: number; deviation?: number }
	) & {
		/** What it tells of, where the data set says so: fields of items may have a table of their own. */
		group?: Group;
	};

/** Encoded values of one impression by field: a code, a list of codes, such a list with weights, or a scaled number. */
export type EncodedRow = Readonly<
	Record<string, number | readonly number[] | { readonly ids: readonly number[]; readonly weights: readonly number[] }>
>;

/** What the fields of a data set are. */
export function inputsOf({ fields, card }: Pick<Dataset, "fields" | "card">): ModelInput[] {
	return fields.map((field): ModelInput => {
		const { name, kind } = field;
		const told = card?.fields.find((of) => of.name === name);
		if (kind === "id") {
			const edges = told?.kind === "id" ? told.edges : undefined;
			return inGroup({ name, kind, size: field.size, ...(edges ? { edges } : {}) }, field);
		}
		if (kind === "ids") return inGroup({ name, kind, size: field.size, weights: field.weights !== undefined }, field);
		const scale = told?.kind === "number" ? { mean: told.mean, deviation: told.deviation } : {};
		return inGroup({ name, kind, ...scale }, field);
	});
}

/** The same as fields of a prepared folder, lists in their rows. */
export const cardFieldsOf = (inputs: readonly ModelInput[]): CardField[] =>
	inputs.map((input) => {
		if (input.kind === "ids") return { ...input, of: "row" };
		return input.kind === "id" ? input : { mean: 0, deviation: 1, ...input };
	});

/**
 * Encoded rows as a data set that a model predicts.
 *
 * @throws InputError a field that is missing, unknown or of another kind, a code that is not in its vocabulary
 */
export function datasetOf(
	inputs: readonly ModelInput[],
	rows: readonly EncodedRow[],
): Pick<Dataset, "name" | "fields"> {
	const names = inputs.map(({ name }) => name);
	for (const [at, row] of rows.entries()) {
		const other = Object.keys(row).find((name) => !names.includes(name));
		if (other !== undefined) throw unknownName(`field in row ${at}`, other, names);
		const missing = inputs.find(({ name, kind }) => !isOf(kind, row[name]));
		if (missing) throw new InputError(`row ${at} has no "${missing.name}", or not of kind "${missing.kind}"`);
		for (const { name, kind } of inputs) {
			const value = row[name];
			const codes = kind === "number" ? [] : typeof value === "number" ? [value] : "ids" in value ? value.ids : value;
			// Beyond 32 bits a typed array would make another code of it.
			const wrong = codes.find((code) => !Number.isInteger(code) || code !== (code | 0));
			if (wrong !== undefined) throw new InputError(`row ${at}: "${name}" is ${wrong}, but codes are whole numbers`);
		}
	}
	const fieldOf = (input: ModelInput): Field => {
		const { name, kind } = input;
		const values = rows.map((row) => row[name]);
		if (kind === "number") return { kind, name, values: Float32Array.from(values as number[]) };
		if (kind === "id") return { kind, name, size: input.size, ids: Int32Array.from(values as number[]) };
		const lists = values.map((value) =>
			typeof value === "object" && "ids" in value ? value : { ids: value as number[] },
		);
		const offsets = new Int32Array(rows.length + 1);
		for (const [at, { ids }] of lists.entries()) offsets[at + 1] = offsets[at] + ids.length;
		const ids = Int32Array.from(lists.flatMap((list) => [...list.ids]));
		const weights = lists.flatMap((list) => [...("weights" in list ? list.weights : list.ids.map(() => 1))]);
		if (weights.length !== ids.length)
			throw new InputError(`"${name}" has ${ids.length} ids and ${weights.length} weights`);
		return {
			kind,
			name,
			size: input.size,
			offsets,
			ids,
			...(input.weights ? { weights: Float32Array.from(weights) } : {}),
		};
	};
	const fields = inputs.map((input) => inGroup(fieldOf(input), input));
	checkCodes(fields, (row) => `row ${row}`);
	return { name: "encoded rows", fields };
}

const isOf = (kind: ModelInput["kind"], value: EncodedRow[string] | undefined): boolean =>
	kind === "ids" ? typeof value === "object" && value !== null : typeof value === "number";
