import { InputError } from "../../core/problem";
import { colour, type Figure, type Json, layout, markup, note, shade } from "../figure";

/** A sample space inside the one before it. */
export interface NestedSpace {
	/** "impressions D". */
	name: string;
	/** How many rows of a log it has. */
	count: number;
	/** What else is said of it, a line each. */
	lines?: readonly string[];
}

/** Sizes in CSS pixels: of a text line, and of the room between a space and the one inside it. */
const [LINE, ROOM, WIDTH] = [20, 22, 620];

/**
 * Sample spaces one inside another, each with its count, its share of the space around it, and what is said of it. Areas say nothing:
 * shares of a few percent could not be seen.
 *
 * Throws an `InputError` for a count above that of the space around it.
 */
export function nestedSpaces({ title, spaces }: { title: string; spaces: readonly NestedSpace[] }): Figure {
	const [shapes, annotations]: [Json[], Json[]] = [[], []];
	const inside = spaces.map((_, i) =>
		spaces.slice(i).reduce((height, { lines = [] }) => height + LINE * (1 + lines.length) + 2 * ROOM, 0),
	);
	const tall = inside[0] ?? 0;
	let top = tall;
	for (const [i, { name, count, lines = [] }] of spaces.entries()) {
		const around = spaces[i - 1];
		if (around && count > around.count)
			throw new InputError(`figure "${title}": ${count} ${name} cannot be inside ${around.count} ${around.name}`);
		const [left, right, bottom] = [ROOM * i, WIDTH - ROOM * i, ROOM * i];
		shapes.push({
			...{ type: "rect", xref: "x", yref: "y", x0: left, x1: right, y0: bottom, y1: top },
			...{ fillcolor: shade(colour(i), 0.14), line: { color: colour(i), width: 2 } },
		});
		const share = around ? `, ${Number(((100 * count) / around.count).toPrecision(3))} % of ${around.name}` : "";
		const words = [`<b>${markup(name)}</b>: ${count.toLocaleString("en-US")}${markup(share)}`, ...lines.map(markup)];
		annotations.push(
			note(words.join("<br>"), {
				...{ x: left + 14, y: top - ROOM / 2, xanchor: "left", yanchor: "top", align: "left", font: { size: 14 } },
			}),
		);
		top -= LINE * (1 + lines.length) + ROOM;
	}
	const bare = { visible: false, showgrid: false, zeroline: false, fixedrange: true };
	const parts = {
		...{ shapes, annotations, margin: { l: 24, r: 24, t: 56, b: 16, pad: 0 } },
		xaxis: { ...bare, range: [0, WIDTH] },
		yaxis: { ...bare, range: [0, tall] },
	};
	return { data: [], layout: layout(title, WIDTH + 48, tall + 72, parts) };
}
