import type { Dataset, Field } from "../../data/dataset";
import { type Finding, warning } from "./finding";

/** Fields that tell nothing: one value on every training row, or unknown ids alone; and numbers that are none. */
export function deadFields({ fields, split }: Pick<Dataset, "fields" | "split">): Finding[] {
	return fields.flatMap((field) => {
		const { train, valid } = split;
		const found: Finding[] = [];
		if (field.kind === "number")
			for (const [part, rows] of Object.entries({ training: train, validation: valid })) {
				const bad = rows.filter((row) => !Number.isFinite(field.values[row]));
				if (bad.length > 0)
					found.push(
						warning(
							"number that is none",
							`field ${field.name}`,
							`is ${field.values[bad[0]]} on ${bad.length} of ${rows.length} ${part} rows, first on row ${bad[0]}`,
							"what the reader makes of empty cells: the loss will not be finite",
						),
					);
			}
		const one = onlyValue(field, train);
		if (one !== undefined && train.length > 1)
			found.push(
				warning(
					"dead field",
					`field ${field.name}`,
					`is ${one} on all ${train.length} training rows`,
					one === UNKNOWN
						? "the minimum frequency of its encoding (--min-frequency), and whether the column was read as meant"
						: "whether the column was read as meant; it can teach nothing",
				),
			);
		return found;
	});
}

const UNKNOWN = "unknown (0)";

/** The one value that a field has on all rows, in words; undefined as soon as there are two. */
function onlyValue(field: Field, rows: Int32Array): string | undefined {
	if (field.kind === "ids") {
		let some = false;
		for (const row of rows) {
			const list = field.list ? field.list[row] : row;
			for (let at = field.offsets[list]; at < field.offsets[list + 1]; at++) {
				if (field.ids[at] !== 0) return undefined;
				some = true;
			}
		}
		return some ? UNKNOWN : "an empty list";
	}
	const values = field.kind === "id" ? field.ids : field.values;
	for (const row of rows) if (!Object.is(values[row], values[rows[0]])) return undefined;
	const value = values[rows[0]];
	return field.kind === "id" ? (value === 0 ? UNKNOWN : `id ${value}`) : `${value}`;
}
