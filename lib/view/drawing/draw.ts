import { FAINT, type Figure, INK, type Json, layout, markup } from "../figure";
import { type Arrow, type Box, type Direction, LINE, type Placed, type Point, place, sizeOfText } from "./place";

/** How far along its first stretch an arrow's words stand; where arrows cross there, nearer to where they come from. */
const WORDS_AT = 0.5;
const WORDS_APART = 0.3;
/** Pixels above the drawing, for its title. */
const TOP = 44;

/** A drawing in layers: boxes, arrows with words, and lines of notes under it. */
export interface Drawing {
	readonly title: string;
	readonly direction: Direction;
	readonly boxes: readonly Box[];
	readonly arrows: readonly Arrow[];
	readonly notes?: readonly string[];
}

/**
 * A drawing in layers as a Plotly figure: one unit of its axes is a pixel. Names stand above the other lines of a box; a box tells its
 * whole text where the pointer is on it.
 */
export function draw({ title, direction, boxes, arrows, notes = [] }: Drawing): Figure {
	const placed = place(boxes, arrows, direction);
	const width = Math.max(placed.width, 9 * title.length + 40, ...notes.map((text) => 6.2 * text.length + 40));
	const height = placed.height + (notes.length > 0 ? LINE * notes.length + 12 : 0);
	const left = (width - placed.width) / 2;
	const shapes = [
		...placed.arrows.map(({ arrow, points }) => lineOf(arrow, points)),
		...placed.boxes.map(({ box, x, y, width, height }): Json => {
			const rect = { type: "rect", xref: "x", yref: "y", x0: x, y0: y, x1: x + width, y1: y + height };
			return { ...rect, fillcolor: box.colour, line: { color: INK, width: 1 } };
		}),
	];
	const annotations = [
		...placed.arrows.map(({ points }) => headOf(points)),
		...placed.boxes.map(({ box, x, y, width, height }) => textAt([x + width / 2, y + height / 2], wordsOf(box))),
		...labelsOf(placed).map(({ lines, x, y }) => ({
			...textAt([x, y], lines.map(markup).join("<br>")),
			bgcolor: "#FFFFFF",
			borderpad: 1,
		})),
		...notes.map((text, i) => ({
			...textAt([20 - left, placed.height + LINE * i], `<span style="color:${FAINT}">${markup(text)}</span>`),
			xanchor: "left",
			yanchor: "top",
		})),
	];
	const hover = {
		type: "scatter",
		mode: "markers",
		x: placed.boxes.map(({ x, width }) => x + width / 2),
		y: placed.boxes.map(({ y, height }) => y + height / 2),
		marker: { size: 24, opacity: 0 },
		text: placed.boxes.map(({ box }) => box.lines.map(markup).join("<br>")),
		hovertemplate: "%{text}<extra></extra>",
		showlegend: false,
	};
	const hidden = { visible: false, fixedrange: true };
	const parts = {
		xaxis: { ...hidden, range: [round(-left), round(width - left)] },
		yaxis: { ...hidden, range: [height, 0] },
		margin: { l: 0, r: 0, t: TOP, b: 0, pad: 0 },
		shapes,
		annotations,
	};
	return { data: [hover], layout: layout(title, Math.ceil(width), Math.ceil(height) + TOP, parts) };
}

/** Where the words of each arrow stand: their middle, and the room they take. */
export function labelsOf({
	arrows,
}: Pick<Placed, "arrows">): { lines: readonly string[]; x: number; y: number; width: number; height: number }[] {
	const labelled = arrows.flatMap(({ arrow: { label }, points: [from, to] }) => (label ? [{ label, from, to }] : []));
	const placed = labelled.map(({ label, from, to }) => {
		const [width, height] = sizeOfText(label);
		const at = (k: 0 | 1, share: number) => from[k] + share * (to[k] - from[k]);
		const along = (share: number) => ({ lines: label, x: at(0, share), y: at(1, share), width, height });
		return { middle: along(WORDS_AT), apart: along(WORDS_APART) };
	});
	return placed.map(({ middle, apart }) => {
		const meets = placed.some(
			({ middle: other }) =>
				other !== middle &&
				Math.abs(other.x - middle.x) < (other.width + middle.width) / 2 &&
				Math.abs(other.y - middle.y) < (other.height + middle.height) / 2,
		);
		return meets ? apart : middle;
	});
}

function lineOf({ dashed }: Arrow, points: readonly Point[]): Json {
	const path = points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${round(x)},${round(y)}`).join(" ");
	const line = { color: FAINT, width: 1.4, dash: dashed ? "dash" : "solid" };
	return { type: "path", xref: "x", yref: "y", path, line, layer: "below" };
}

/** The arrow's head: a short arrow over the end of its line. */
function headOf(points: readonly Point[]): { [name: string]: Json } {
	const [from, to] = points.slice(-2);
	const share = 9 / Math.hypot(to[0] - from[0], to[1] - from[1]);
	const tail = (k: 0 | 1) => round(to[k] - share * (to[k] - from[k]));
	return {
		...{ x: round(to[0]), y: round(to[1]), ax: tail(0), ay: tail(1) },
		...{ xref: "x", yref: "y", axref: "x", ayref: "y", text: "", showarrow: true },
		...{ arrowhead: 2, arrowsize: 1.1, arrowwidth: 1.4, arrowcolor: FAINT },
	};
}

const textAt = ([x, y]: Point, text: string): { [name: string]: Json } => ({
	...{ x: round(x), y: round(y), xref: "x", yref: "y", xanchor: "center", yanchor: "middle" },
	...{ text, showarrow: false, font: { size: 12, color: INK } },
});

const wordsOf = ({ lines: [name, ...more] }: Box): string =>
	[`<b>${markup(name)}</b>`, ...more.map(markup)].join("<br>");

/** To a tenth of a pixel; never −0, which JSON does not have. */
const round = (pixels: number): number => Math.round(10 * pixels) / 10 + 0;
