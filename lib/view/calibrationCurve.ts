import { axis, colour, FAINT, type Figure, type Json, layout, markup, note } from "./figure";

/** One bin of a calibration curve: the mean prediction, the rate that was observed (or is true), its interval. */
export interface CalibrationBin {
	predicted: number;
	observed: number;
	low?: number;
	high?: number;
}

/** The calibration of one method, bins in rising order of prediction. */
export interface CalibrationSeries {
	name: string;
	bins: CalibrationBin[];
}

const SYMBOLS = ["circle", "square", "diamond", "triangle-up", "cross"];

/**
 * Predicted against observed probability, with the diagonal of perfect calibration: above it a model promises too
 * little, below it too much.
 *
 * `scale: "log"` suits conversion rates, which are small and spread over decades. It cannot show a rate of zero; such
 * bins are counted in a line inside the figure.
 */
export function calibrationCurve(figure: {
	title: string;
	/** Axis titles; y may say "true P(conversion | click)" where the truth is known. */
	x: string;
	y: string;
	series: CalibrationSeries[];
	scale: "linear" | "log";
}): Figure {
	const log = figure.scale === "log";
	const drawable = (bin: CalibrationBin) => !log || (bin.predicted > 0 && bin.observed > 0);
	const hidden = figure.series.reduce((sum, one) => sum + one.bins.filter((bin) => !drawable(bin)).length, 0);
	const series = figure.series.map((one) => ({ ...one, bins: one.bins.filter(drawable) }));
	const [low, high] = limits(series, log);
	const diagonal = {
		type: "scatter",
		mode: "lines",
		name: "perfect calibration",
		x: [low, high],
		y: [low, high],
		line: { color: FAINT, width: 1.2, dash: "dash" },
		hoverinfo: "skip",
	};
	const range = log ? [Math.log10(low), Math.log10(high)] : [low, high];
	const ends = { range, type: figure.scale, ...(log ? { dtick: 1, minor: { ticks: "outside", ticklen: 2 } } : {}) };
	const parts: { [name: string]: Json } = {
		xaxis: axis(figure.x, { ...ends, constrain: "domain" }),
		yaxis: axis(figure.y, { ...ends, scaleanchor: "x", constrain: "domain" }),
	};
	if (hidden > 0)
		parts.annotations = [
			note(`${hidden} ${hidden === 1 ? "bin" : "bins"} at zero not drawn`, {
				xref: "paper",
				yref: "paper",
				x: 0.98,
				y: 0.03,
				xanchor: "right",
				yanchor: "bottom",
			}),
		];
	return { data: [diagonal, ...series.map(traceOf)], layout: layout(figure.title, 520, 560, parts) };
}

function traceOf(one: CalibrationSeries, i: number): { [name: string]: Json } {
	return {
		type: "scatter",
		mode: "lines+markers",
		name: markup(one.name),
		x: one.bins.map((bin) => bin.predicted),
		y: one.bins.map((bin) => bin.observed),
		line: { color: colour(i), width: 1.8 },
		marker: { color: colour(i), size: 7, symbol: SYMBOLS[i % SYMBOLS.length] ?? "circle" },
		error_y: {
			type: "data",
			symmetric: false,
			array: one.bins.map((bin) => (bin.high ?? bin.observed) - bin.observed),
			arrayminus: one.bins.map((bin) => bin.observed - (bin.low ?? bin.observed)),
			color: colour(i),
			thickness: 1.2,
			width: 3,
		},
	};
}

/** One range for both axes, with room at the ends. */
function limits(series: CalibrationSeries[], log: boolean): [number, number] {
	const all = series.flatMap((one) =>
		one.bins.flatMap((bin) => [bin.predicted, bin.observed, bin.high ?? bin.observed]),
	);
	if (all.length === 0) return log ? [0.001, 1] : [0, 1];
	return log ? [Math.min(...all) / 1.4, Math.max(...all) * 1.4] : [0, Math.max(...all) * 1.05];
}
