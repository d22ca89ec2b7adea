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
	note,
} from "./figure";
import { DIVERGING } from "./heatMap";

/** A cell of a map: a difference with its interval. */
export interface MapCell {
	mean: number;
	/** NaN where the interval is not known. */
	low: number;
	high: number;
	/** In bold. */
	bold?: boolean;
	/** With a frame. */
	framed?: boolean;
	/** Said where the pointer is, beside the numbers. */
	words?: string;
}

/** Sizes in CSS pixels. */
const CELL = { width: 108, height: 44 };
const GAP = { x: 22, y: 52 };
const MARGIN = { left: 130, right: 84, top: 122, bottom: 74 };

/**
 * Maps of differences side by side and one above another, over the same two axes: a cell is coloured by its mean, blue below 0 and
 * orange above, and prints it with its interval. All maps share the colours.
 *
 * `maps[r][c][i][j]` is of the map in row `rows[r]` and column `columns[c]`, at `y.labels[i]` (from the top) and `x.labels[j]`; null is
 * an empty cell. Throws an `InputError` where the shape is another.
 */
export function heatMapPanels(figure: {
	title: string;
	/** Lines under the title: what bold and frames mean. */
	lead: string;
	columns: readonly string[];
	rows: readonly string[];
	x: { title: string; labels: readonly string[] };
	y: { title: string; labels: readonly string[] };
	maps: readonly (readonly (readonly (readonly (MapCell | null)[])[])[])[];
	digits: number;
}): Figure {
	const { title, columns, rows, x, y, maps } = figure;
	checkShape(figure);
	const known = maps.flat(3).flatMap((cell) => finite(cell?.mean) ?? []);
	const span = Math.max(...known.map(Math.abs), 1e-12);
	const [wide, high] = [CELL.width * x.labels.length, CELL.height * y.labels.length];
	const [width, height] = [
		MARGIN.left + columns.length * wide + (columns.length - 1) * GAP.x + MARGIN.right,
		MARGIN.top + rows.length * high + (rows.length - 1) * GAP.y + MARGIN.bottom,
	];
	const [inner, tall] = [width - MARGIN.left - MARGIN.right, height - MARGIN.top - MARGIN.bottom];
	const axes: { [name: string]: Json } = {};
	const [data, annotations, shapes]: [Figure["data"], Json[], Json[]] = [[], [], []];
	for (const [r, row] of maps.entries())
		for (const [c, map] of row.entries()) {
			const at = r * columns.length + c;
			const [left, top] = [c * (wide + GAP.x), r * (high + GAP.y)];
			const [xs, ys] = [axisOf("x", at), axisOf("y", at)];
			const isLast = r === rows.length - 1;
			axes[axisKey("x", at)] = axis(isLast ? x.title : "", {
				...{ domain: [left / inner, (left + wide) / inner], anchor: ys, automargin: false },
				...ticks(x.labels, isLast, [-0.5, x.labels.length - 0.5]),
			});
			axes[axisKey("y", at)] = axis(c === 0 ? y.title : "", {
				...{ domain: [1 - (top + high) / tall, 1 - top / tall], anchor: xs, automargin: false },
				...ticks(y.labels, c === 0, [y.labels.length - 0.5, -0.5]),
			});
			data.push(traceOf(map, xs, ys, figure.digits));
			const centre = { xref: "paper", yref: "paper", x: (left + wide / 2) / inner, xanchor: "center" };
			if (r === 0)
				annotations.push(note(`<b>${markup(columns[c])}</b>`, { ...centre, y: 1, yanchor: "bottom", yshift: 22 }));
			const over = {
				xref: "paper",
				yref: "paper",
				x: left / inner,
				xanchor: "left",
				y: 1 - top / tall,
				yanchor: "bottom",
			};
			if (c === 0) annotations.push(note(markup(rows[r]), { ...over, yshift: 3 }));
			for (const [i, cells] of map.entries())
				for (const [j, cell] of cells.entries()) {
					annotations.push(printed(cell, span, figure.digits, { xref: xs, yref: ys, x: j, y: i }));
					if (cell?.framed) shapes.push(frame(xs, ys, i, j));
				}
		}
	annotations.push(note(markup(figure.lead), leadPlace(inner, tall)));
	const { left: l, right, top: t, bottom: b } = MARGIN;
	const bar = { thickness: 12, outlinewidth: 0, ticks: "outside", ticklen: 4, tickformat: "+.3~f" };
	const coloraxis = { colorscale: scaleOf(DIVERGING), cmin: -span, cmax: span, colorbar: bar };
	const parts = { ...axes, annotations, shapes, coloraxis, margin: { l, r: right, t, b, pad: 0 } };
	return { data, layout: layout(title, width, height, parts) };
}

/** Under the title, at the left edge of the figure. */
const leadPlace = (inner: number, tall: number): { [name: string]: Json } => ({
	...{ xref: "paper", yref: "paper", xanchor: "left", yanchor: "top", align: "left" },
	...{ x: (16 - MARGIN.left) / inner, y: 1 + (MARGIN.top - 40) / tall },
});

const scaleOf = (colours: readonly string[]): Json => colours.map((hex, i): Json => [i / (colours.length - 1), hex]);

const ticks = (names: readonly string[], shown: boolean, range: [number, number]): { [name: string]: Json } => ({
	tickmode: "array",
	tickvals: names.map((_, i) => i),
	ticktext: names.map(markup),
	showticklabels: shown,
	range,
	showgrid: false,
	showline: false,
	ticks: "",
});

function traceOf(
	map: readonly (readonly (MapCell | null)[])[],
	xaxis: string,
	yaxis: string,
	digits: number,
): Figure["data"][number] {
	return {
		...{ type: "heatmap", xaxis, yaxis, coloraxis: "coloraxis", xgap: 2, ygap: 2 },
		x: (map[0] ?? []).map((_, j) => j),
		y: map.map((_, i) => i),
		z: map.map((row) => row.map((cell) => finite(cell?.mean))),
		text: map.map((row) =>
			row.map((cell) => (cell ? `${numbers(cell, digits).join(" ")}<br>${markup(cell.words ?? "")}` : "")),
		),
		hovertemplate: "%{text}<extra></extra>",
	};
}

function printed(cell: MapCell | null, span: number, digits: number, place: { [name: string]: Json }): Json {
	if (finite(cell?.mean) === null) return note("–", place);
	const { mean, bold } = cell as MapCell;
	const [value, interval] = numbers(cell as MapCell, digits);
	const font = { size: 12, color: Math.abs(mean) > 0.7 * span ? "#FFFFFF" : INK };
	const first = bold ? `<b>${value}</b>` : value;
	return note(interval ? `${first}<br><span style="font-size:10px">${interval}</span>` : first, { ...place, font });
}

/** "+0.012" and "[−0.004, +0.028]", which is empty where it is not known. */
function numbers({ mean, low, high }: MapCell, digits: number): [string, string] {
	const words = (value: number) => `${value < 0 ? "" : "+"}${fixed(value, digits)}`;
	return [words(mean), Number.isFinite(low) && Number.isFinite(high) ? `[${words(low)}, ${words(high)}]` : ""];
}

const frame = (xref: string, yref: string, i: number, j: number): Json => ({
	...{ type: "rect", xref, yref, x0: j - 0.47, x1: j + 0.47, y0: i - 0.45, y1: i + 0.45 },
	line: { color: colour(3), width: 2.5 },
});

function checkShape({ title, rows, columns, x, y, maps }: Parameters<typeof heatMapPanels>[0]): void {
	const isRight =
		maps.length === rows.length &&
		maps.every((row) => row.length === columns.length) &&
		maps
			.flat()
			.every((map) => map.length === y.labels.length && map.every((cells) => cells.length === x.labels.length));
	if (!isRight)
		throw new InputError(
			`figure "${title}": maps are not ${rows.length} × ${columns.length} of ${y.labels.length} × ${x.labels.length} cells`,
		);
}
