import type { Dataset, Field } from "../../data/dataset";
import { type Finding, warning } from "./finding";

/** Fields that tell nothing, as they have one value on every training row or unknown ids alone. They are told together. */
export function deadFields({ fields, split }: Pick<Dataset, "fields" | "split">): Finding[] {
	const { train } = split;
	if (train.length < 2) return [];
	const dead = fields.flatMap((field) => {
		const one = onlyValue(field, train);
		return one === undefined ? [] : [{ name: field.name, one }];
	});
	if (dead.length === 0) return [];
	const unknown = dead.some(({ one }) => one === UNKNOWN);
	return [
		warning(
			"dead field",
			dead.map(({ name }) => name).join(", "),
			`${dead.length === 1 ? "has" : "each have"} one value on all ${train.length} training rows (${[...new Set(dead.map(({ one }) => one))].join(", ")}) and can teach nothing`,
			`whether the column was read as meant${unknown ? ", and the minimum frequency of its encoding (--min-frequency)" : ""}; or more rows`,
		),
	];
}

/** Number fields that hold NaN or an infinity on rows that are trained on or validated with. */
export function numbersThatAreNone({ fields, split }: Pick<Dataset, "fields" | "split">): Finding[] {
	return fields.flatMap((field) =>
		field.kind !== "number"
			? []
			: (["train", "valid"] as const).flatMap((name) => {
					const rows = split[name];
					let [bad, first] = [0, -1];
					for (let i = 0; i < rows.length; i++)
						if (!Number.isFinite(field.values[rows[i]]) && bad++ === 0) first = rows[i];
					if (bad === 0) return [];
					return [
						warning(
							"number that is none",
							`field ${field.name}`,
							`is ${field.values[first]} on ${bad} of ${rows.length} ${name === "train" ? "training" : "validation"} rows, first on row ${first}`,
							"what the reader makes of empty cells; the loss will not be finite",
						),
					];
				}),
	);
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
