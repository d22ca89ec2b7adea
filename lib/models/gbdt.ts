import { clickThenConversion, defineTrees } from "../core/trees";

/**
 * GBDT: boosted trees for P(click | impression) on all impressions and for P(conversion | click) on clicked rows, by LightGBM. 150 trees of
 * depth 8, nodes of at least 20 rows, 0.6 of rows and columns a tree (ESM²'s competitor); η, λ and γ are not stated there: 0.1, 1 and 0.
 *
 * Ids enter as target statistics of strictly earlier rows (lib/trees/targetStatistics.ts), α 20. Histograms of 64 bins.
 */
export const gbdt = defineTrees({
	name: "gbdt",
	version: 1,
	paper: "as in Wen et al., SIGIR 2020, arXiv:1910.07099, §4.1.3; LightGBM: Ke et al., NeurIPS 2017",
	hyper: {
		...{ trees: 150, depth: 8, minRows: 20, rowShare: 0.6, columnShare: 0.6 },
		...{ lr: 0.1, lambda: 1, gamma: 0, bins: 64, smoothing: 20 },
	},
	graph: clickThenConversion,
	library: "lightgbm",
});
