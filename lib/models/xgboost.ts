import { clickThenConversion, defineTrees } from "../core/trees";
import { gbdt } from "./gbdt";

/**
 * XGBoost: as `gbdt`, by XGBoost: 70 trees of depth 5, nodes of at least 10 rows, 0.6 of rows and columns a tree (MetaCVR's
 * competitor); η, λ and γ are not stated there: 0.1, 1 and 0.
 */
export const xgboost = defineTrees({
	name: "xgboost",
	version: 1,
	paper: "as in MetaCVR, ICDM 2021; XGBoost: Chen & Guestrin, KDD 2016, arXiv:1603.02754",
	hyper: { ...gbdt.hyper, trees: 70, depth: 5, minRows: 10 },
	graph: clickThenConversion,
	library: "xgboost",
});
