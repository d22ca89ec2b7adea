import type { Graph } from "../core/graph";
import type { Hyper } from "../core/model";
import type { Prob } from "../core/prob";
import { sha256 } from "../data/prepare";
import type { Card } from "../data/prepared/card";
import type { Calibration } from "../metrics/calibrators/calibration";
import type { Weight } from "../tensor/weights";
import type { EncodedRow, ModelInput } from "./encodedRows";

/** Files of a saved model's folder. */
export const MODEL = "model.json";
export const WEIGHTS = "weights.safetensors";
export const VOCABULARY = "vocabulary.parquet";

/** What a saved model's model.json says: with the weights it is all that another program needs to compute the same. */
export interface ModelFile {
	/** 3 where there is a calibration: a program that knows of none refuses it. */
	format: 2 | 3;
	/** SHA-256 of all else in this file, as canonical JSON (RFC 8785). */
	hash: string;
	model: string;
	/** The model's version. */
	version: number;
	paper: string;
	hyper: Hyper;
	graph: Graph;
	/** Tower → what is added to its logit. */
	priors: Readonly<Record<string, number>>;
	/** The probabilities that it gives. */
	probs: readonly Prob[];
	/** Maps from what the network gives to what the model gives. */
	calibration?: Calibration;
	/**
	 * Fields in order. They share one embedding table, in which the codes of a field come after those of the fields before it;
	 * the numbers follow the embeddings.
	 */
	inputs: readonly ModelInput[];
	/** In the order of the file. */
	weights: { name: string; shape: readonly number[]; kind: Weight["kind"] }[];
	/** SHA-256 of weights.safetensors. */
	sha256: string;
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

/** The `hash` of what a model.json says: it is damaged, or was changed by hand, where it has another. */
export function hashOfFile(about: Omit<ModelFile, "hash">): string {
	const { hash: _, ...rest } = JSON.parse(JSON.stringify(about)) as ModelFile;
	return sha256(rest);
}
