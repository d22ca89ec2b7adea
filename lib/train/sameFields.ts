import { InputError } from "../core/problem";
import type { Dataset, Field } from "../data/dataset";

const told = (field: Field | undefined): string =>
	!field ? "nothing" : field.kind === "number" ? `number ${field.name}` : `${field.name} of ${field.size} ids`;

/**
 * Refuses data whose features a model was not trained on: its tables would be read at the wrong rows.
 *
 * @throws InputError fields that are others, in another order, or with vocabularies of another size
 */
export function checkSameFields(
	trained: Pick<Dataset, "name" | "fields">,
	other: Pick<Dataset, "name" | "fields">,
): void {
	if (trained.fields === other.fields) return;
	const count = Math.max(trained.fields.length, other.fields.length);
	for (let i = 0; i < count; i++) {
		const [before, now] = [trained.fields[i], other.fields[i]];
		if (told(before) !== told(now) || before.kind !== now.kind)
			throw new InputError(
				`${other.name} is encoded otherwise than ${trained.name}, which the model was trained on: its field ${i + 1} is ${told(now)}, not ${told(before)}. Prepare both in one go`,
			);
	}
}

/**
 * Data whose features a model was trained on, each told of as it was then: what another log says of that changes no prediction.
 *
 * @throws InputError as `checkSameFields`
 */
export function asTrained(
	trained: Pick<Dataset, "name" | "fields">,
	other: Pick<Dataset, "name" | "fields">,
): Pick<Dataset, "name" | "fields"> {
	checkSameFields(trained, other);
	const isSame = trained.fields.every(({ group }, i) => group === other.fields[i].group);
	if (isSame) return other;
	return { ...other, fields: other.fields.map((field, i) => ({ ...field, group: trained.fields[i].group })) };
}
