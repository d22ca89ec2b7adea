import type { Inputs, Layers } from "../core/layers";

/** Widths of a network whose fields are embedded. */
export interface Widths {
	/** Width of an embedding. */
	readonly embedding: number;
	/** Width of an embedding of an item's feature, where it is another one; 0: as all others. */
	readonly itemEmbedding: number;
	/** Widths of the hidden layers of a tower; the layer that gives the logit comes after them. */
	readonly mlp: readonly number[];
	/** Share of the units dropped after each hidden layer. */
	readonly dropout: number;
}

/** Each field's embedding, side by side, then the numbers: fields of the group "item" as wide as `itemEmbedding` says. */
export const embedded = (nn: Layers, table: string, x: Inputs, { embedding, itemEmbedding }: Widths) =>
	nn.embed(table, x, embedding, { item: itemEmbedding });
