import { InputError } from "../core/problem";
import { axis, type Figure, finite, fixed, INK, type Json, layout, markup, note } from "./figure";

/** Light to dark blue, even in lightness (ColorBrewer Blues). */
const SEQUENTIAL = ["#F7FBFF", "#DEEBF7", "#C6DBEF", "#9ECAE1", "#6BAED6", "#4292C6", "#2171B5", "#08519C", "#08306B"];
/** Blue to orange with white in the middle. */
export const DIVERGING = [
	"#08519C",
	"#4292C6",
	"#9ECAE1",
	"#DEEBF7",
	"#FFFFFF",
	"#FEE6CE",
	"#FDAE6B",
	"#E6550D",
	"#A63603",
];

/**
 * A matrix of numbers as coloured cells with their values printed in them; null is an empty cell.
 *
 * With `centre`, colours go both ways from that value, for differences and ratios. `values[i][j]` belongs to row
 * `y[i]` (from the top) and column `x[j]`. Throws an `InputError` where the shape is another.
 */
export function heatMap(figure: {
	title: string;
	x: { title: string; labels: string[] };
	y: { title: string; labels: string[] };
	values: (number | null)[][];
	digits: number;
	centre?: number;
}): Figure {
	const { x, y, values, centre } = figure;
	if (values.length !== y.labels.length || values.some((row) => row.length !== x.labels.length))
		throw new InputError(`figure "${figure.title}": values are not ${y.labels.length} × ${x.labels.length}`);
	const known = values.flat().filter((value): value is number => finite(value) !== null);
	const span = Math.max(...known.map((value) => Math.abs(value - (centre ?? 0))), 1e-12);
	const low = centre === undefined ? Math.min(...known) : centre - span;
	const high = centre === undefined ? Math.max(...known) : centre + span;
	const colours = centre === undefined ? SEQUENTIAL : DIVERGING;
	const labels = (names: string[]): { [name: string]: Json } => ({
		tickmode: "array",
		tickvals: names.map((_, i) => i),
		ticktext: names.map(markup),
		range: [-0.5, names.length - 0.5],
		showgrid: false,
		showline: false,
		ticks: "",
	});
	const printed = values.flatMap((row, i) =>
		row.map((value, j) => {
			if (finite(value) === null) return note("–", { x: j, y: i });
			const place = high > low ? ((value as number) - low) / (high - low) : 0;
			const dark = centre === undefined ? place > 0.55 : Math.abs(place - 0.5) > 0.35;
			const font = { size: 12, color: dark ? "#FFFFFF" : INK };
			return note(fixed(value as number, figure.digits), { x: j, y: i, font });
		}),
	);
	const trace = {
		type: "heatmap",
		x: x.labels.map((_, j) => j),
		y: y.labels.map((_, i) => i),
		z: values.map((row) => row.map(finite)),
		zmin: low,
		zmax: high,
		colorscale: colours.map((hex, i): Json => [i / (colours.length - 1), hex]),
		xgap: 2,
		ygap: 2,
		colorbar: { thickness: 12, outlinewidth: 0, ticks: "outside", ticklen: 4 },
		hovertemplate: "%{z}<extra></extra>",
	};
	const parts = {
		xaxis: axis(x.title, labels(x.labels)),
		yaxis: axis(y.title, { ...labels(y.labels), range: [y.labels.length - 0.5, -0.5] }),
		annotations: printed,
		margin: { l: 64, r: 24, t: 56, b: 56, pad: 0 },
	};
	const width = Math.max(420, 220 + 72 * x.labels.length);
	return { data: [trace], layout: layout(figure.title, width, 56 + 64 + 40 * y.labels.length + 16, parts) };
}
