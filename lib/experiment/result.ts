import type { Hyper } from "../core/model";
import type { MetricValue } from "../metrics/value";

/** A run as data: everything that its numbers depend on. */
export interface Run {
	model: string;
	modelVersion: number;
	hyper: Hyper;
	/** Starts weights, shuffling and dropout. */
	seed: number;
	/** Fingerprint of the prepared data set. */
	data: string;
	/** "own": pCTCVR is the model's; "shared": it is pCVR times the pCTR of BASE's CTR network (ESMM, Table 2). */
	ctr: "own" | "shared";
	engineVersion: number;
	metricsVersion: number;
}

/** What a run gave. */
export interface RunResult {
	/** SHA-256 of the run's canonical JSON. */
	run: string;
	/** True when it was in the store already. */
	cached: boolean;
	model: string;
	seed: number;
	hyper: Hyper;
	ctr: Run["ctr"];
	data: {
		name: string;
		fingerprint: string;
		/** Rows the source held, dropped ones included. */
		read: number;
		rows: { train: number; valid: number; test: number };
		dropped: Record<string, number>;
	};
	part: "valid";
	metrics: Record<string, MetricValue>;
	/** Metrics of the test part: only where a final run opened it. */
	test?: Record<string, MetricValue>;
	/** Epochs trained, over all stages. */
	epochs: number;
	samplesPerSecond: number;
}
