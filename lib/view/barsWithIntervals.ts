import { InputError } from "../core/problem";
import {
	axis,
	axisKey,
	axisOf,
	colour,
	type Figure,
	finite,
	fixed,
	INK,
	type Json,
	layout,
	markup,
	panels,
} from "./figure";
import { type Estimate, intervalOf } from "./table";

/** A number of a paper, with its standard deviation where the paper prints one. */
export interface Published {
	mean: number;
	std?: number;
}

/** Pixels of the figure, of its right margin, and of a letter. */
const WIDTH = 760;
const RIGHT = 24;
const LETTER = 7.5;

/** A lighter blue than the palette's: the interval is read on it. */
const BAR = "#4C9BCB";

/** One panel of `barsWithIntervals`: a metric of every method, in the order of `methods`; null where there is none. */
export interface MetricPanel {
	/** The axis title, for example "CVR AUC (clicked)". */
	name: string;
	/** Bars run from `baseline` to the mean; `low` and `high` are the interval that is drawn. */
	values: (Estimate | null)[];
	published?: (Published | null)[];
	/** Where bars begin: what "nothing learnt" would give, 0.5 for an AUC, 1 for PCOC (default 0). */
	baseline?: number;
}

/**
 * Methods by metric: a bar with its interval for each method, and under it the published value as a hollow diamond.
 *
 * Methods go down the page in the given order, so that long names stay readable; metrics are panels side by side.
 * Throws an `InputError` where a panel has not one value a method.
 */
export function barsWithIntervals(figure: { title: string; methods: string[]; metrics: MetricPanel[] }): Figure {
	const { methods, metrics } = figure;
	for (const metric of metrics)
		for (const [what, list] of [
			["values", metric.values],
			["published", metric.published ?? methods],
		] as const)
			if (list.length !== methods.length)
				throw new InputError(
					`figure "${figure.title}": ${what} of "${metric.name}" has ${list.length} entries for ${methods.length} methods`,
				);
	const anyPublished = metrics.some((metric) => metric.published?.some((value) => value !== null));
	const domains = panels(metrics.length, 0.06);
	const wide = (WIDTH - RIGHT - LETTER * Math.max(...methods.map(({ length }) => length), 8)) / metrics.length - 24;
	const data = metrics.flatMap((metric, p) => panelTraces(metric, methods, p, anyPublished));
	const axes: { [name: string]: Json } = {
		yaxis: axis("", {
			tickmode: "array",
			tickvals: methods.map((_, i) => i),
			ticktext: methods.map(markup),
			range: [methods.length - 0.4, -0.6],
			showgrid: false,
			showline: false,
			ticks: "",
			ticklabelstandoff: 8,
			tickfont: { size: 13 },
		}),
	};
	metrics.forEach((metric, p) => {
		axes[axisKey("x", p)] = axis(metric.name, {
			domain: domains[p] ?? [0, 1],
			range: rangeOf(metric, wide),
			nticks: 6,
		});
	});
	const shapes = metrics.map((metric, p): Json => {
		const at = metric.baseline ?? 0;
		const line = { color: INK, width: 1.4 };
		return { type: "line", xref: axisOf("x", p), yref: "paper", x0: at, x1: at, y0: 0, y1: 1, line };
	});
	const row = anyPublished ? 44 : 34;
	const height = 84 + 56 + row * methods.length + 16;
	return { data, layout: layout(figure.title, WIDTH, height, { ...axes, shapes, barmode: "overlay" }) };
}

/** The bar, its interval and the printed mean, then the published markers. All of a panel share the y axis. */
function panelTraces(metric: MetricPanel, methods: string[], p: number, published: boolean): Figure["data"] {
	const base = metric.baseline ?? 0;
	const shift = published ? -0.16 : 0;
	const shown = methods.map((_, i) => i).filter((i) => finite(metric.values[i]?.mean) !== null);
	const value = (i: number) => metric.values[i] as Estimate;
	const where = { xaxis: axisOf("x", p), yaxis: "y" };
	const bars = {
		...where,
		type: "bar",
		orientation: "h",
		name: "this project: mean, 95% interval",
		legendgroup: "ours",
		showlegend: p === 0,
		base,
		width: published ? 0.4 : 0.56,
		x: shown.map((i) => value(i).mean - base),
		y: shown.map((i) => i + shift),
		marker: { color: BAR, line: { width: 0 } },
		error_x: {
			type: "data",
			symmetric: false,
			array: shown.map((i) => ends(value(i))[1] - value(i).mean),
			arrayminus: shown.map((i) => value(i).mean - ends(value(i))[0]),
			color: INK,
			thickness: 1.4,
			width: 4,
		},
		customdata: shown.map((i) => [methods[i] ?? "", wordsOfInterval(value(i))]),
		hovertemplate: "%{customdata[0]}: %{customdata[1]}<extra></extra>",
	};
	const labels = {
		...where,
		type: "scatter",
		mode: "text",
		x: shown.map((i) => ends(value(i))[value(i).mean < base ? 0 : 1]),
		y: shown.map((i) => i + shift),
		text: shown.map((i) => ` ${meanOf(value(i))} `),
		textposition: shown.map((i) => (value(i).mean < base ? "middle left" : "middle right")),
		textfont: { size: 12, color: INK },
		cliponaxis: false,
		showlegend: false,
		hoverinfo: "skip",
	};
	const printed = (metric.published ?? []).flatMap((one, i) => (one === null ? [] : [{ ...one, i }]));
	if (!published) return [bars, labels];
	return [
		bars,
		labels,
		{
			...where,
			type: "scatter",
			mode: "markers",
			name: "published: mean, standard deviation",
			legendgroup: "published",
			showlegend: p === 0,
			x: printed.map((one) => one.mean),
			y: printed.map((one) => one.i + 0.24),
			marker: { symbol: "diamond-open", size: 9, color: colour(1), line: { width: 1.6, color: colour(1) } },
			error_x: { type: "data", array: printed.map((one) => one.std ?? 0), color: colour(1), thickness: 1.2, width: 3 },
			customdata: printed.map((one) => methods[one.i] ?? ""),
			hovertemplate: "%{customdata}, published: %{x}<extra></extra>",
		},
	];
}

/** The interval's ends; both the mean where there is no interval, as for one run. */
const ends = (estimate: Estimate): [number, number] => intervalOf(estimate) ?? [estimate.mean, estimate.mean];

function wordsOfInterval(estimate: Estimate): string {
	const { mean, n, digits = 4 } = estimate;
	const interval = intervalOf(estimate)?.map((end) => fixed(end, digits));
	return `${fixed(mean, digits)}${interval ? ` [${interval.join(", ")}]` : ""}${n === undefined ? "" : `, n = ${n}`}`;
}

/** The printed mean. */
const meanOf = ({ mean, digits = 3, signed }: Estimate): string =>
	`${signed && mean >= 0 ? "+" : ""}${fixed(mean, digits)}`;

/**
 * From the baseline to the farthest end on each side, with room for the printed means, which stand beyond the end of their interval.
 *
 * @param wide pixels of the panel
 */
function rangeOf(metric: MetricPanel, wide: number): [number, number] {
	const base = metric.baseline ?? 0;
	const values = metric.values.filter((value): value is Estimate => finite(value?.mean) !== null);
	const known = [base, ...values.flatMap((value) => [value.mean, ...ends(value)])];
	for (const one of metric.published ?? []) if (one) known.push(one.mean - (one.std ?? 0), one.mean + (one.std ?? 0));
	const low = Math.min(...known.filter(Number.isFinite));
	const high = Math.max(...known.filter(Number.isFinite));
	// Shares of the panel that a printed mean takes at the left and at the right.
	const shareOf = (value: Estimate) => Math.min(0.4, (LETTER * (meanOf(value).length + 2)) / Math.max(wide, 1));
	const at = (side: 0 | 1) => values.filter((value) => value.mean < base === (side === 0));
	const [left, right] = [at(0), at(1)].map((of) => Math.max(0.02, ...of.map(shareOf)));
	const whole = (high - low || 1) / (1 - left - right);
	const room = (value: Estimate) => whole * shareOf(value);
	const margin = 0.02 * whole;
	return [
		low < base ? Math.min(low - margin, ...at(0).map((value) => ends(value)[0] - room(value))) : base,
		Math.max(high + margin, ...at(1).map((value) => ends(value)[1] + room(value))),
	];
}
