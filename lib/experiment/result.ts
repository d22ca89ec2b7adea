import type { AnyHyper } from "../core/model";
import type { Card } from "../data/prepared/card";
import type { MetricValue } from "../metrics/value";
import type { Tier } from "../tensor/native";
import type { Finding } from "../train/doctor/finding";

/** The independent CTR network that every method of a table shares (ESMM, Table 2). */
export interface CtrNetwork {
	model: string;
	modelVersion: number;
	hyper: AnyHyper;
}

/** A run as data: everything that its numbers depend on, but for the processor's order of summation. */
export interface Run {
	model: string;
	modelVersion: number;
	/** All of them, the budget of epochs (`epochs`, `patience`) included. */
	hyper: AnyHyper;
	/** Starts weights, shuffling and dropout. */
	seed: number;
	/** Fingerprint of the prepared data set: it covers the log, the split, the encoding, and the versions of simulator, reader and encoder. */
	data: string;
	/** The budget of rows: the share of the training part that is trained on, in (0, 1]. A smaller share's rows are among a larger one's. */
	share: number;
	/**
	 * The last so many days of the training part alone are trained on, before `share` takes its share; absent: all. In the hash only
	 * where it is there.
	 */
	days?: number;
	/** "own": pCTCVR is the model's. A network: pCTCVR is pCVR times that network's pCTR, trained with the run's seed and share. */
	ctr: "own" | CtrNetwork;
	engineVersion: number;
	metricsVersion: number;
	/** Of a model that is not registered: SHA-256 of its functions' text. */
	code?: string;
}

/** What a run gave. */
export interface RunResult {
	/** SHA-256 of the run's canonical JSON. */
	run: string;
	/** True when it was in the store already. */
	cached: boolean;
	model: string;
	seed: number;
	hyper: AnyHyper;
	share: number;
	days?: number;
	ctr: Run["ctr"];
	data: {
		name: string;
		fingerprint: string;
		/** Rows the source held, dropped ones included. */
		read: number;
		/** Rows of each part; of the training part those that were trained on. */
		rows: { train: number; valid: number; test: number };
		dropped: Record<string, number>;
		/** What else was left out while reading, by reason. */
		remarks: Record<string, number>;
		/** How a prepared log was made: files, split, fields, frequency cut, vocabularies. */
		card?: Card;
	};
	/** What computed it: GPU, CPU or pure JavaScript, the version of TensorFlow, and its threads where they were limited. */
	engine: { tier: Tier; tensorflow: string; threads?: number };
	part: "valid";
	/** Of a committed result that serves one analysis: the metrics that were kept, where they are not all. */
	only?: readonly string[];
	metrics: Record<string, MetricValue>;
	/** Metrics of the test part: only where a final run opened it. */
	test?: Record<string, MetricValue>;
	/** When the test part was opened, and for what: a command, a sweep, a paper's table. */
	opened?: { at: string; by: string };
	/** The kept predictions: rows of which parts, and the file's SHA-256. */
	predictions?: { parts: readonly Part[]; rows: number; sha256: string };
	/** Of a model that weighs its training rows: their effective sample size (Σw)² / Σw², as many as equal rows that tell as much. */
	effectiveRows?: number;
	/** Epochs trained, over all stages, and the epoch of each stage whose weights were kept. */
	epochs: number;
	kept: readonly number[];
	/** What the doctor found: signs of a fault in the log, the model or the training. */
	findings: readonly Finding[];
	samplesPerSecond: number;
}

/** Whether a result has the metrics that are asked for; without names, whether it has all that its run measured. */
export const hasMetrics = ({ only }: Pick<RunResult, "only">, asked: readonly string[] | undefined): boolean =>
	only === undefined || (asked?.every((name) => only.includes(name)) ?? false);

/** A part that predictions are kept of. */
export type Part = "valid" | "test";
