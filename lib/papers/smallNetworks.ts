import type { AnyChoices } from "../experiment/sweep/spec";

/** Widths, rate and batch of every network of every paper, so that they differ in nothing else; the papers' own are the models' defaults. */
export const smallWidths = { embedding: 8, mlp: [64, 32], dropout: 0.1, batch: 512, lr: 2e-3 };

/** Validation ends a training, not the limit: an epoch over clicked rows has a tenth of the steps of one over impressions. */
export const stopping = { epochs: 10, patience: 2 };

/** What is searched of every network at scale full. */
export const networkSpace: Readonly<Record<string, AnyChoices>> = {
	lr: { log: [5e-4, 1e-2] },
	dropout: [0, 0.1, 0.3, 0.5],
};

/** Makes the log of every search; no table has its seed. */
export const searchSeed = 900;

/** What the notes of a table with these widths say. */
export const smallWidthsNote =
	"every network has embeddings of 8 and layers of 64 and 32, not the paper's widths, which are the models' defaults: small enough for two cores, and the same for all methods";
