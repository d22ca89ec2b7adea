import type { Graph } from "./graph";
import { pCTR, pCVR } from "./prob";
import { InputError } from "./problem";

/** Hyperparameters of boosted trees. */
export type TreeHyper = {
	/** Trees of each booster. */
	trees: number;
	/** Most splits from the root to a leaf. */
	depth: number;
	/** Least rows of a node that is split; how each library is told is said in lib/trees. */
	minRows: number;
	/** Share of the rows that a tree is grown on, drawn anew for each. */
	rowShare: number;
	/** Share of the columns that a tree may split by, drawn anew for each. */
	columnShare: number;
	/** Learning rate η: a leaf's factor. */
	lr: number;
	/** λ in a leaf's value −G/(H + λ). */
	lambda: number;
	/** γ: least gain ½[G_L²/(H_L + λ) + G_R²/(H_R + λ) − G²/(H + λ)] of a split. */
	gamma: number;
	/** Most bins of a column; an id field of more codes enters as target statistics, one of fewer as its code. */
	bins: number;
	/** α in a target statistic (positives + α·prior)/(count + α). */
	smoothing: number;
};

/** What the boosters of a tree model learn, in order: clicks on all impressions, conversions on clicked rows. pCTCVR is their product. */
export const grown = [pCTR, pCVR] as const;

/** The behaviour graph of every tree model: a click, then a conversion. */
export const clickThenConversion = {
	impression: { click: "ctr" },
	click: { conversion: "cvr" },
} as const satisfies Graph;

/** A model of boosted trees: one booster for P(click | impression), one for P(conversion | click). */
export interface TreeModel<H extends TreeHyper = TreeHyper> {
	/** Its name in commands and tables. */
	readonly name: string;
	/** Raised when a change alters its numbers: it is part of what names a result. */
	readonly version: number;
	/** Where it comes from: authors, venue, arXiv. */
	readonly paper: string;
	/** Defaults: the paper's, or as the file says. */
	readonly hyper: H;
	readonly graph: Graph;
	/** What grows the trees. */
	readonly library: "lightgbm" | "xgboost";
}

/** Checks a tree model's types. */
export const defineTrees = <H extends TreeHyper>(model: TreeModel<H>): TreeModel<H> => model;

/** Whether a model is one of trees. */
export const isTrees = (model: object): model is TreeModel => "library" in model;

/**
 * Checks what types cannot of a tree model's hyperparameters.
 *
 * @throws InputError naming the model, the hyperparameter, what it must be and what it is
 */
export function checkTrees(model: string, hyper: TreeHyper): void {
	const must = (name: keyof TreeHyper, what: string, fits: (value: number) => boolean) => {
		if (!fits(hyper[name]))
			throw new InputError(`hyperparameter "${name}" of ${model} must be ${what}, not ${hyper[name]}`);
	};
	const whole = (from: number, to: number) => (value: number) =>
		Number.isInteger(value) && value >= from && value <= to;
	for (const name of ["trees", "minRows"] as const)
		must(name, "a whole number of at least 1", whole(1, Number.MAX_SAFE_INTEGER));
	must("depth", "a whole number from 1 to 16", whole(1, 16));
	must("bins", "a whole number from 2 to 65535", whole(2, 65_535));
	for (const name of ["rowShare", "columnShare"] as const)
		must(name, "above 0 and at most 1", (value) => value > 0 && value <= 1);
	for (const name of ["lr", "smoothing"] as const) must(name, "above 0", (value) => value > 0);
}
