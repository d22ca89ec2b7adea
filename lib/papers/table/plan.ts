import { InputError, unknownName } from "../../core/problem";
import type { AliCcpProtocol } from "../../data/aliccp/protocol";
import type { SplitName } from "../../data/split";
import type { AnyChoices } from "../../experiment/sweep/spec";
import { models } from "../../models/index";
import type { PresetName } from "../../simulator/presets";
import type { Scale } from "../scale";

/**
 * A table of a paper, as data: its rows, columns, metric and protocol, and where the printed numbers lie. A figure of numbers and a
 * sweep are such tables too: a method a setting.
 */
export interface TablePlan {
	/** The name that commands take: "esmm". */
	paper: string;
	/** As the paper numbers it: "Table 2". */
	table: string;
	/** As people cite it: "ESMM, Table 2". */
	title: string;
	/**
	 * Where the printed numbers lie in data/published.json, and of how many runs they are means, where the paper says so. Absent: a table
	 * of ours, which no paper prints.
	 */
	published?: { paper: string; table: string; runs?: number };
	/** Rows, in the paper's order. */
	methods: readonly TableMethod[];
	columns: readonly TableColumn[];
	/** Label of the method that the others are compared with. */
	baseline: string;
	protocol: TableProtocol;
	/** Every run keeps what its ranking brings in the simulated A/B test, beside its result. */
	replay?: true;
	/** What else a reader must know: where the paper and this differ, and what the numbers rest on. */
	notes: readonly string[];
}

/** A row of a paper's table. */
export interface TableMethod {
	/** As data/published.json prints it; unique in its table. */
	label: string;
	/** Name in the registry. One that is not registered yet is left out of the table, and the table says so. */
	model: string;
	/** Over the plan's hyperparameters. */
	hyper?: Hyperparameters;
	/** Share of the training rows, in (0, 1] (default 1). */
	share?: number;
	/** Last so many days of the training part alone are trained on; by default all. */
	days?: number;
	/** "quantiles": numbers become id fields of quantile buckets of the training part; by default they are scaled by tanh. */
	numbers?: "quantiles";
	/** Label of the method that it is compared with, where that is not the table's baseline: of a figure with one baseline a share. */
	against?: string;
	/** What a reader must know of this row. */
	note?: string;
}

/** A column of a paper's table. */
export interface TableColumn {
	/** As data/published.json prints it. */
	column: string;
	/** Name of a metric: "auc(conversion|click)". */
	metric: string;
	/** Of which part (default "test"). */
	part?: "valid" | "test";
	/** False: the paper measured this column on a log that nobody else has, though others of the table on `protocol.own`. */
	own?: false;
}

/** How a table is computed. All methods share every number here. */
export interface TableProtocol {
	/**
	 * "shared": pCTCVR of every method is its pCVR times the pCTR of one independent CTR network a seed, that of `base` (ESMM, Table 2).
	 * "own": it is the model's.
	 */
	ctr: "shared" | "own";
	/** Split of simulated logs; files are split as they were prepared. */
	split: SplitName;
	scales: Readonly<Record<Scale, TableScale>>;
	/** The paper's own log, where it is public: numbers computed on it can be held against the printed ones. */
	own?: {
		source: "aliccp";
		/** How the paper reads it. */
		protocol: AliCcpProtocol;
		/** Impressions it holds; files that hold 5 % more or fewer are another log. */
		rows: number;
	};
}

/** What a table takes at a scale. */
export interface TableScale {
	preset: PresetName;
	/** Impressions a log; by default the preset's. */
	rows?: number;
	/** Seeds firstSeed … firstSeed + seeds − 1. On simulated logs seed S makes the log and the start weights, on files the start weights alone. */
	seeds: number;
	/** Default 1. `full` takes 101: seeds that nothing was built with. */
	firstSeed?: number;
	/** Hyperparameters by model; "*" are those of models that are not named. */
	hyper: Readonly<Record<string, Hyperparameters>>;
	/** What is chosen before the table, by validation. */
	search?: TableSearch;
	/** Methods on a smaller share are left out, since so few rows of a small log have no conversion; by default none. */
	leastShare?: number;
}

/**
 * Settings that are chosen on the validation part of one simulated log of the scale's preset, before the table: of every model that is
 * searched the same number of trials, and of the models' common space the same draws. What is chosen is a model's, and lies over the
 * scale's hyperparameters and under those of a method.
 */
export interface TableSearch {
	/** Impressions of its log. */
	rows: number;
	/** Trials a model: all combinations where they are lists with no more of them, else random draws. */
	trials: number;
	/** Makes its log and the start weights; none of the table's seeds. */
	logSeed: number;
	/** Model → hyperparameter → what it may be; "*" is searched for every model of the table, of models that are not in it nothing. */
	space: Readonly<Record<string, Readonly<Record<string, AnyChoices>>>>;
	/** The metric of the validation part whose best value chooses, of the model's own pCTR; of equal ones the earlier trial. */
	choose: { readonly metric: string };
}

/** Hyperparameters that lie over a model's own. */
export type Hyperparameters = Readonly<Record<string, unknown>>;

/** @throws InputError a plan that contradicts itself: labels twice, a baseline that is no method, a search on a log of the table */
export function checkPlan({ title, methods, columns, baseline, protocol }: TablePlan): void {
	const labels = methods.map(({ label }) => label);
	const twice = (names: readonly string[]) => names.find((name, i) => names.indexOf(name) !== i);
	const again = twice(labels) ?? twice(columns.map(({ column }) => column));
	if (again !== undefined) throw new InputError(`${title}: "${again}" is there twice`);
	for (const label of [baseline, ...methods.flatMap(({ against }) => against ?? [])])
		if (!labels.includes(label)) throw unknownName(`baseline of ${title}`, label, labels);
	const searched = ["*", ...Object.keys(models)];
	for (const [scale, { seeds, firstSeed = 1, search }] of Object.entries(protocol.scales)) {
		if (!search) continue;
		if (search.logSeed >= firstSeed && search.logSeed < firstSeed + seeds)
			throw new InputError(
				`${title}: its search is on the log of seed ${search.logSeed}, which is one of the table's at scale ${scale}`,
			);
		for (const model of Object.keys(search.space))
			if (!searched.includes(model)) throw unknownName(`model of the search of ${title}`, model, searched);
	}
}
