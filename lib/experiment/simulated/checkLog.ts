import { checkSchema } from "../../data/schema";
import { auc } from "../../metrics/ranking";
import { softAuc } from "../../metrics/truth";
import type { Simulated } from "../../simulator/simulate";

/** One thing that must hold of a simulated log. */
export interface Assertion {
	name: string;
	/** What was found, and the most it may be; both at least 0. */
	value: number;
	bound: number;
	holds: boolean;
}

type Numbers = Record<string, Float32Array>;

/** Rounding of products of float32 probabilities, as they are stored. */
const STORED = 1e-6;

/**
 * The sanity assertions of a simulated log: what happened is possible, the oracle's rates are the targets, what happened
 * follows the oracle, the identities hold as stored, no sequence sees its own request or later.
 *
 * Those of what happened are bounds of four standard errors: of a thousand sound logs some one may miss one. Where
 * conversions are cut at the end (`censor`), only too many of them are a fault. What cannot be reckoned, as an AUC
 * without a click, is left out.
 */
export function checkLog(log: Simulated): Assertion[] {
	const { knobs, realised } = log;
	const c = log.columns as Numbers;
	const found: Assertion[] = [];
	const add = (name: string, value: number, bound: number) => found.push({ name, value, bound, holds: value <= bound });

	const breaks = (broken: (row: number) => boolean) => {
		let count = 0;
		for (let row = 0; row < log.rows; row++) if (broken(row)) count++;
		return count;
	};
	if (knobs.pDirect === 0)
		add(
			"conversions without a click",
			breaks((row) => c.conversion[row] > c.click[row]),
			0,
		);
	add(
		"macro actions without a click",
		breaks((row) => c.dAction[row] > c.click[row]),
		0,
	);
	add(
		"micro actions without a click",
		breaks((row) => c.micro[row] > c.click[row]),
		0,
	);
	add(
		"dAction other than cart or wish",
		breaks((row) => c.dAction[row] !== Math.max(c.cart[row], c.wish[row])),
		0,
	);
	add(
		"rows out of the order of time",
		breaks((row) => row > 0 && c.time[row] < c.time[row - 1]),
		0,
	);
	add("values that are no finite number", notFinite(log), 0);

	const sum = (values: ArrayLike<number>, weight?: ArrayLike<number>) => {
		let total = 0;
		for (let row = 0; row < log.rows; row++) total += weight ? values[row] * weight[row] : values[row];
		return total;
	};
	const clicks = sum(c.click);
	const expectedClicks = sum(c.pctr);
	const expectedConversions = sum(c.pctcvr);
	const conversions = sum(c.conversion, c.click);
	const relative = (value: number, target: number) => Math.abs(value / target - 1);
	add("mean pctr off its target, relative", relative(expectedClicks / log.rows, knobs.ctr), 0.01);
	add(
		"click-weighted pcvr_obs off its target, relative",
		relative(sum(c.pcvr_obs, c.pctr) / expectedClicks, knobs.cvr),
		0.01,
	);
	const deviation = (p: number, n: number) => 4 * Math.sqrt((p * (1 - p)) / n);
	const cut = knobs.censor && knobs.delay > 0;
	const off = (value: number) => (cut ? Math.max(0, value) : Math.abs(value));
	add("realised CTR off its target", Math.abs(realised.ctr - knobs.ctr), deviation(knobs.ctr, log.rows));
	if (clicks > 0) add("realised CVR off its target", off(realised.cvr - knobs.cvr), deviation(knobs.cvr, clicks));
	add(
		"conversions off Σ pctcvr",
		off(conversions - expectedConversions),
		4 * Math.sqrt(Math.max(conversions, expectedConversions)),
	);

	const ranked = auc(c.pctr, log.columns.click as Uint8Array);
	const ceiling = softAuc(c.pctr, c.pctr).value;
	if (ranked.value !== null && ranked.se !== null)
		add("AUC(pctr, click) off its ceiling", Math.abs(ranked.value - ceiling), 4 * ranked.se);

	const most = (difference: (row: number) => number) => {
		let worst = 0;
		for (let row = 0; row < log.rows; row++) worst = Math.max(worst, Math.abs(difference(row)));
		return worst;
	};
	const mixture = (whole: string, share: string, first: string, second: string) =>
		most((row) => c[whole][row] - c[share][row] * c[first][row] - (1 - c[share][row]) * c[second][row]);
	add(
		"pctcvr off pctr·pcvr_obs (ESMM)",
		most((row) => c.pctcvr[row] - c.pctr[row] * c.pcvr_obs[row]),
		STORED,
	);
	add(
		"pcvr_obs off the mixture over dAction (ESM²)",
		mixture("pcvr_obs", "pma_obs", "p_buy_given_a", "p_buy_given_oa"),
		STORED,
	);
	add(
		"pma_obs off the mixture over micro (HM³)",
		mixture("pma_obs", "pmi_obs", "p_ma_given_mi", "p_ma_given_omi"),
		STORED,
	);
	add("entries of sequences from the row's request or later", lateEntries(log), 0);
	add("events or oracle columns that can be a feature", leaks(log).length, 0);
	return found;
}

function notFinite(log: Simulated): number {
	let count = 0;
	for (const column of Object.values(log.columns as Numbers))
		for (let row = 0; row < column.length; row++) if (!Number.isFinite(column[row])) count++;
	return count;
}

/** As entries lie in the order of time, the last one of a sequence is the one to look at; of the others the order. */
function lateEntries({ columns, sequences, rows }: Simulated): number {
	const { time, request } = columns as Record<string, Int32Array>;
	const { events, start, length } = sequences;
	let count = 0;
	for (let at = 1; at < events.time.length; at++)
		if (events.user[at] === events.user[at - 1] && events.time[at] < events.time[at - 1]) count++;
	for (let row = 0; row < rows; row++) {
		if (length[row] === 0) continue;
		const last = start[row] + length[row] - 1;
		if (events.time[last] > time[row] || request[events.impression[last]] >= request[row]) count++;
	}
	return count;
}

/** Event and oracle columns that the schema does not refuse as a feature, one by one. */
function leaks({ schema, columns }: Pick<Simulated, "schema" | "columns">): string[] {
	return [...Object.values(schema.events), ...(schema.oracle ?? [])].filter((column) => {
		try {
			checkSchema({ ...schema, features: { ...schema.features, [column]: { kind: "number" } } }, Object.keys(columns));
			return true;
		} catch (problem) {
			return !/cannot be a feature/.test((problem as Error).message);
		}
	});
}
