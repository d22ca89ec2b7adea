/** A value that JSON can hold. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** A Plotly figure as plain JSON: traces and layout. Anything that draws Plotly JSON draws it. */
export interface Figure {
	data: { [name: string]: Json }[];
	layout: { [name: string]: Json };
}

/** True for a `Figure`, told from a table by its traces. */
export const isFigure = (value: object): value is Figure => "data" in value && "layout" in value;

/** Eight colours that the colour-blind tell apart: Okabe and Ito (2008), yellow replaced by grey to show on white. */
export const PALETTE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#7F7F7F"];

/** The colour of the i-th method or series. */
export const colour = (i: number): string => PALETTE[i % PALETTE.length] ?? "#000000";

/** A palette colour, see-through: `shade("#0072B2", 0.2)` is for bands and fills. */
export function shade(hex: string, opacity: number): string {
	const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
	return `rgba(${r},${g},${b},${opacity})`;
}

/** Ink for text and axes. */
export const INK = "#222222";
/** Lighter ink for second-rank text and reference lines. */
export const FAINT = "#666666";
const GRID = "#E6E6E6";

/** A finite number, or null where there is none: JSON has no NaN. */
export const finite = (value: number | null | undefined): number | null =>
	value !== null && value !== undefined && Number.isFinite(value) ? value : null;

/** An axis of the theme: a light grid, a dark line, ticks outside; `more` is added to it or replaces parts of it. */
export function axis(title: string, more: { [name: string]: Json } = {}): { [name: string]: Json } {
	return {
		title: { text: markup(title), standoff: 10, font: { size: 13 } },
		automargin: true,
		gridcolor: GRID,
		gridwidth: 1,
		linecolor: INK,
		linewidth: 1,
		showline: true,
		ticks: "outside",
		tickcolor: INK,
		tickfont: { size: 12 },
		ticklen: 4,
		zeroline: false,
		...more,
	};
}

/**
 * A layout of the theme: white background, one font, the title at the left, the legend in a row under it.
 *
 * `width` and `height` are in CSS pixels. `parts` (axes, annotations, …) is added to it or replaces parts of it.
 */
export function layout(
	title: string,
	width: number,
	height: number,
	parts: { [name: string]: Json } = {},
): { [name: string]: Json } {
	return {
		title: {
			text: `<b>${markup(title)}</b>`,
			x: 0,
			xref: "container",
			xanchor: "left",
			y: 1,
			yref: "container",
			yanchor: "top",
			pad: { l: 16, t: 16 },
			font: { size: 16 },
		},
		width,
		height,
		autosize: false,
		font: { family: "Open Sans, Helvetica Neue, Helvetica, Arial, sans-serif", size: 13, color: INK },
		paper_bgcolor: "#FFFFFF",
		plot_bgcolor: "#FFFFFF",
		colorway: PALETTE,
		margin: { l: 64, r: 24, t: 84, b: 56, pad: 0 },
		legend: {
			orientation: "h",
			x: 10 / width,
			xref: "container",
			xanchor: "left",
			y: 1 - 40 / height,
			yref: "container",
			yanchor: "top",
			font: { size: 12 },
			itemsizing: "trace",
			tracegroupgap: 0,
		},
		hovermode: "closest",
		...parts,
	};
}

/** Text as Plotly reads it: `<`, `>` and `&` made literal, since Plotly takes a few HTML tags. */
export const markup = (text: string): string =>
	text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\n/g, "<br>");

/** A number in fixed digits, with a true minus sign. */
export const fixed = (value: number, digits: number): string => value.toFixed(digits).replace("-", "\u2212");

/** An annotation: text at a place of the figure, without an arrow. */
export function note(text: string, place: { [name: string]: Json }): { [name: string]: Json } {
	return { text, showarrow: false, font: { size: 12, color: FAINT }, ...place };
}

/** Domains of `n` panels side by side, each `[left, right]` in 0..1, with `gap` between them. */
export function panels(n: number, gap: number): [number, number][] {
	const width = (1 - gap * (n - 1)) / n;
	return Array.from({ length: n }, (_, i): [number, number] => [
		round(i * (width + gap)),
		round(Math.min(1, i * (width + gap) + width)),
	]);
}

/** The name of the i-th axis in a trace, i from 0: "x", "x2", "x3". */
export const axisOf = (letter: "x" | "y", i: number): string => (i === 0 ? letter : `${letter}${i + 1}`);
/** The name of the i-th axis in the layout, i from 0: "xaxis", "xaxis2", "xaxis3". */
export const axisKey = (letter: "x" | "y", i: number): string => (i === 0 ? `${letter}axis` : `${letter}axis${i + 1}`);

const round = (value: number): number => Math.round(value * 1e6) / 1e6;
