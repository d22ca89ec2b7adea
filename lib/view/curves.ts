import { InputError } from "../core/problem";
import {
	axis,
	axisKey,
	axisOf,
	colour,
	type Figure,
	finite,
	type Json,
	layout,
	markup,
	note,
	panels,
	shade,
} from "./figure";

/** A line over x, with an interval around it where `low` and `high` are given. Non-finite values are gaps. */
export interface Curve {
	name: string;
	x: ArrayLike<number>;
	y: ArrayLike<number>;
	low?: ArrayLike<number>;
	high?: ArrayLike<number>;
}

/** How `curves` draws: what is not named is not drawn. */
export interface CurvesStyle {
	/** What the intervals are: a small line under the title. */
	note?: string;
	/** Intervals as bars at the points, those of several curves beside each other, where bands would lie over one another. */
	bars?: boolean;
	/** A log axis with these ticks. */
	log?: { at: readonly number[]; words: readonly string[] };
}

/** One panel of `curves`: its vertical axis and the curves on it. */
export interface CurvePanel {
	title: string;
	curves: Curve[];
}

const DASHES = ["solid", "dash", "dot", "dashdot", "longdash"];
const SYMBOLS = ["circle", "square", "diamond", "triangle-up", "cross"];

/**
 * Lines with bands, or bars, in panels side by side over one kind of x axis, for example loss and validation AUC by epoch.
 *
 * A name has one colour, dash and mark in all panels, so that it can be read in print without colour as well.
 * Marks are drawn on lines of at most 40 points. Throws an `InputError` where x, y, low, high differ in length.
 */
export function curves(figure: { title: string; x: string; panels: CurvePanel[] } & CurvesStyle): Figure {
	const names = [...new Set(figure.panels.flatMap((panel) => panel.curves.map((curve) => curve.name)))];
	const domains = panels(figure.panels.length, 0.12);
	const seen = new Set<string>();
	const data: Figure["data"] = [];
	const axes: { [name: string]: Json } = {};
	figure.panels.forEach((panel, p) => {
		const where = { xaxis: axisOf("x", p), yaxis: axisOf("y", p) };
		axes[axisKey("x", p)] = axis(figure.x, {
			domain: domains[p] ?? [0, 1],
			anchor: axisOf("y", p),
			showgrid: false,
			...(figure.log
				? { type: "log", tickmode: "array", tickvals: [...figure.log.at], ticktext: figure.log.words.map(markup) }
				: wholeTicks(panel)),
		});
		axes[axisKey("y", p)] = axis(panel.title, { anchor: axisOf("x", p) });
		for (const curve of panel.curves) {
			checkLengths(figure.title, curve);
			const style = names.indexOf(curve.name);
			if (curve.low && curve.high && !figure.bars) data.push({ ...where, ...band(curve, colour(style)) });
			const drawn = figure.bars ? { ...line(beside(panel, curve), style), ...bars(curve, style) } : line(curve, style);
			data.push({ ...where, ...drawn, showlegend: names.length > 1 && !seen.has(curve.name) });
			seen.add(curve.name);
		}
	});
	const width = figure.panels.length > 1 ? 400 * figure.panels.length : 600;
	const top = names.length > 1 ? 84 : figure.note ? 72 : 56;
	// Beside the legend, where there is one.
	const place = names.length > 1 ? { x: 1, xanchor: "right" } : { x: 0, xanchor: "left" };
	const under = { ...place, xref: "paper", y: 1, yref: "paper", yanchor: "bottom", yshift: names.length > 1 ? 20 : 8 };
	const annotations: { [name: string]: Json } = figure.note ? { annotations: [note(markup(figure.note), under)] } : {};
	return {
		data,
		layout: layout(figure.title, width, 380, {
			...axes,
			...annotations,
			margin: { l: 64, r: 24, t: top, b: 56, pad: 0 },
		}),
	};
}

function line(curve: Curve, style: number): { [name: string]: Json } {
	const few = curve.x.length <= 40;
	return {
		type: "scatter",
		mode: few ? "lines+markers" : "lines",
		name: markup(curve.name),
		legendgroup: curve.name,
		x: Array.from(curve.x, finite),
		y: Array.from(curve.y, finite),
		line: { color: colour(style), width: 2, dash: DASHES[style % DASHES.length] ?? "solid" },
		...(few ? { marker: { color: colour(style), size: 6, symbol: SYMBOLS[style % SYMBOLS.length] ?? "circle" } } : {}),
	};
}

/** A curve whose points stand beside those of the panel's other curves, by hundredths of the axis. */
function beside(panel: CurvePanel, curve: Curve): Curve {
	const x = panel.curves.flatMap((one) => Array.from(one.x));
	const step = 0.012 * (Math.max(...x) - Math.min(...x));
	const shift = step * (panel.curves.indexOf(curve) - (panel.curves.length - 1) / 2);
	return { ...curve, x: Array.from(curve.x, (at) => at + shift) };
}

/** Thin bars from low to high at each point that has both. */
function bars({ y, low, high }: Curve, style: number): { [name: string]: Json } {
	if (!low || !high) return {};
	const array = Array.from(y, (at, i) => finite(high[i] - at) ?? 0);
	const arrayminus = Array.from(y, (at, i) => finite(at - low[i]) ?? 0);
	return {
		error_y: { type: "data", symmetric: false, array, arrayminus, color: colour(style), thickness: 1.2, width: 4 },
	};
}

/** The area between low and high: one polygon for each run of points that have both. */
function band(curve: Curve, hex: string): { [name: string]: Json } {
	const x: (number | null)[] = [];
	const y: (number | null)[] = [];
	let run: number[] = [];
	const close = () => {
		if (run.length === 0) return;
		if (x.length > 0) {
			x.push(null);
			y.push(null);
		}
		const back = [...run].reverse();
		x.push(...[...run, ...back].map((i) => curve.x[i] as number));
		y.push(...run.map((i) => curve.high?.[i] as number), ...back.map((i) => curve.low?.[i] as number));
		run = [];
	};
	for (let i = 0; i < curve.x.length; i++) {
		if ([curve.x[i], curve.low?.[i], curve.high?.[i]].every((value) => finite(value) !== null)) run.push(i);
		else close();
	}
	close();
	return {
		type: "scatter",
		mode: "lines",
		x,
		y,
		fill: "toself",
		fillcolor: shade(hex, 0.16),
		line: { width: 0 },
		legendgroup: curve.name,
		showlegend: false,
		hoverinfo: "skip",
	};
}

/** Few whole numbers on x (epochs) have a tick each, never "1.5". */
function wholeTicks(panel: CurvePanel): { [name: string]: Json } {
	const values = panel.curves.flatMap((curve) => Array.from(curve.x));
	const low = Math.min(...values);
	const high = Math.max(...values);
	return values.every(Number.isInteger) && high - low <= 12 ? { tick0: Math.floor(low), dtick: 1 } : {};
}

function checkLengths(title: string, curve: Curve): void {
	const { x, y, low = x, high = x } = curve;
	if (y.length !== x.length || low.length !== x.length || high.length !== x.length)
		throw new InputError(
			`figure "${title}": curve "${curve.name}" has ${x.length} x for ${y.length} y, ${low.length} low, ${high.length} high`,
		);
}
