import type { Graph } from "../core/graph";
import type { AnyHyper } from "../core/model";
import type { Prob } from "../core/prob";
import { sha256 } from "../data/prepare";
import type { Card } from "../data/prepared/card";
import type { Calibration } from "../metrics/calibrators/calibration";
import type { Weight } from "../tensor/weights";
import type { Seen } from "../trees/order";
import type { EncodedRow, ModelInput } from "./encodedRows";

/** Files of a saved model's folder. */
export const MODEL = "model.json";
export const WEIGHTS = "weights.safetensors";
export const VOCABULARY = "vocabulary.parquet";

/** What a saved model's model.json says: with the weights it is all that another program needs to compute the same. */
export interface ModelFile {
	/** 3 where there is a calibration, 4 for trees: a program that knows of none refuses it. */
	format: 2 | 3 | 4;
	/** SHA-256 of all else in this file, as canonical JSON (RFC 8785). */
	hash: string;
	model: string;
	/** The model's version. */
	version: number;
	paper: string;
	hyper: AnyHyper;
	graph: Graph;
	/** Tower → what is added to its logit, the model's `shifts` included; trees have it in them. */
	priors: Readonly<Record<string, number>>;
	/** The probabilities that it gives. */
	probs: readonly Prob[];
	/** Maps from what the network gives to what the model gives. */
	calibration?: Calibration;
	/**
	 * Fields in order. They share one embedding table, in which the codes of a field come after those of the fields before it;
	 * the numbers follow the embeddings. Where a table is said to be `of` "item", it has the codes of the fields of the group "item"
	 * alone, and one of "other" those of the others: then the items' embeddings follow the others'.
	 */
	inputs: readonly ModelInput[];
	/** In the order of the file. Of trees the target statistics by code, each field's rate and the logarithm of its count, 1 added. */
	weights: { name: string; shape: readonly number[]; kind: Weight["kind"]; of?: Weight["of"] }[];
	/** SHA-256 of weights.safetensors. */
	sha256: string;
	/** What else there is of trees. */
	trees?: TreesFile;
	seed: number;
	engineVersion: number;
	/** What it was trained on. */
	data: {
		name: string;
		fingerprint: string;
		/** SHA-256 of vocabulary.parquet (field, id, count, code), which encodes raw ids; null where the data set has none. */
		vocabulary: string | null;
		/** The protocol card of a prepared log. */
		card?: Card;
	};
	/** Some encoded rows, what the network gave for them when it was saved, and what the calibration, where there is one, made of that. */
	check: { rows: EncodedRow[]; probs: Record<string, number[]>; calibrated?: Record<string, number[]> };
}

/** What a model.json says of trees: their columns are the inputs in order, an id with statistics as its rate and its count. */
export interface TreesFile {
	library: string;
	libraryVersion: string;
	/** Whose labels the target statistics of a training row were made of. */
	seen: Seen;
	/** The library's own model files. */
	boosters: { prob: Prob; trees: number; file: string; sha256: string }[];
}

/** The `hash` of what a model.json says: it is damaged, or was changed by hand, where it has another. */
export function hashOfFile(about: Omit<ModelFile, "hash">): string {
	const { hash: _, ...rest } = JSON.parse(JSON.stringify(about)) as ModelFile;
	return sha256(rest);
}
