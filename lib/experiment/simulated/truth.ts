import type { Log } from "../../data/log";
import { shift } from "../../metrics/selection";
import { type Estimate, softAuc } from "../../metrics/truth";

/** The AUC that the truth itself reaches on a simulated log, with its standard error: the Bayes ceilings. */
export interface Ceilings {
	/** pctr over all impressions. */
	"auc(click|impression)": Estimate;
	/** pcvr_obs over clicks: impressions weighted by pctr. */
	"auc(conversion|click)": Estimate;
	/** pctcvr over all impressions. */
	"auc(conversion|impression)": Estimate;
}

const truthOf = (log: Pick<Log, "columns">, name: string): Float32Array => log.columns[name] as Float32Array;

/**
 * The Bayes ceilings of a simulated log: the soft-label AUC of the truth against itself. No model beats them in expectation;
 * on a finite test set one can, within the standard error. They use latents that no model sees.
 */
export function ceilings(log: Pick<Log, "columns">): Ceilings {
	const [pctr, pcvr, pctcvr] = ["pctr", "pcvr_obs", "pctcvr"].map((name) => truthOf(log, name));
	return {
		"auc(click|impression)": softAuc(pctr, pctr),
		"auc(conversion|click)": softAuc(pcvr, pcvr, pctr),
		"auc(conversion|impression)": softAuc(pctcvr, pctcvr),
	};
}

/** What training on clicked rows only is up against. D is all impressions, O the clicked ones. */
export interface SelectionBias {
	/** Mean P(conversion | click) over D, and over O as an expectation (weighted by pctr). */
	"E_D[pcvr_obs]": number;
	"E_O[pcvr_obs]": number;
	/** The same of P(conversion | do(click)). */
	"E_D[pcvr_do]": number;
	"E_O[pcvr_do]": number;
	/** E_O[pcvr_obs − pcvr_do]: how much hidden intent makes the labels missing not at random; 0 when it has no effect. */
	nmarIndex: number;
	/** Feature → how the clicked rows' distribution differs from all rows': ids by value, numbers in ten cells. */
	features: Record<string, { kl: number; psi: number; cells: number }>;
}

/** The measures of sample selection bias of a simulated log. */
export function selectionBias(log: Pick<Log, "columns" | "schema" | "rows">): SelectionBias {
	const [pctr, obs, does] = ["pctr", "pcvr_obs", "pcvr_do"].map((name) => truthOf(log, name));
	const sums = { d: [0, 0], o: [0, 0], clicks: 0 };
	for (let row = 0; row < log.rows; row++) {
		sums.clicks += pctr[row];
		[obs[row], does[row]].forEach((p, k) => {
			sums.d[k] += p;
			sums.o[k] += pctr[row] * p;
		});
	}
	const [obsO, doO] = sums.o.map((sum) => sum / sums.clicks);
	const click = log.columns.click as Uint8Array;
	const features = Object.entries(log.schema.features).map(([name, { kind }]) => [
		name,
		shift(log.columns[name] as Float32Array, click, kind === "id" ? "ids" : 10),
	]);
	return {
		"E_D[pcvr_obs]": sums.d[0] / log.rows,
		"E_O[pcvr_obs]": obsO,
		"E_D[pcvr_do]": sums.d[1] / log.rows,
		"E_O[pcvr_do]": doO,
		nmarIndex: obsO - doO,
		features: Object.fromEntries(features),
	};
}
