import type { AnyHyper } from "../../core/model";
import type { Dataset } from "../../data/dataset";
import { type Finding, warning } from "./finding";

/** A width of items' embeddings that changes nothing, since no feature of the log is known to tell of the item. */
export function itemWidth({ fields }: Pick<Dataset, "fields">, hyper: AnyHyper): Finding[] {
	const { itemEmbedding: width, embedding } = hyper as Readonly<Record<string, unknown>>;
	if (typeof width !== "number" || width === 0 || width === embedding) return [];
	const embedded = fields.filter(({ kind }) => kind !== "number");
	if (embedded.length === 0 || embedded.some(({ group }) => group === "item")) return [];
	return [
		warning(
			"width without items",
			`itemEmbedding ${width}`,
			`does nothing: no feature of this log is in group "item", so all embeddings are ${embedding} wide`,
			`"group": "item" of features in the log's schema; or itemEmbedding=0, which says what happens here`,
		),
	];
}
