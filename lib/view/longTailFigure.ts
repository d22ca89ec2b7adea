import type { LongTail } from "../data/longTail";
import { axis, colour, type Figure, type Json, layout } from "./figure";

/** The long tail on two logarithmic axes: of ids with at least x impressions, their share of the ids, impressions and clicks. */
export function longTailFigure(figure: {
	title: string;
	/** What the ids are, in the plural: "items". */
	of: string;
	tail: LongTail;
}): Figure {
	const { points } = figure.tail;
	const line = (name: string, i: number, y: (number | null)[]): { [name: string]: Json } => ({
		type: "scatter",
		mode: "lines+markers",
		name,
		x: points.map((point) => point.atLeast),
		y: y.map((share) => (share !== null && share > 0 ? share : null)),
		line: { color: colour(i), width: 2, dash: ["solid", "dash", "dot"][i] ?? "solid" },
		marker: { color: colour(i), size: 6, symbol: ["circle", "square", "diamond"][i] ?? "circle" },
	});
	const low = Math.min(...points.flatMap(({ ids, impressions, clicks }) => [ids, impressions, clicks || 1]));
	const powers = Array.from({ length: Math.ceil(-Math.log10(low)) + 1 }, (_, k) => -k);
	const most = Math.max(...points.map((point) => point.atLeast), 1);
	const tens = Array.from({ length: Math.floor(Math.log10(most)) + 1 }, (_, k) => 10 ** k);
	return {
		data: [
			line(
				`share of the ${figure.of} shown`,
				0,
				points.map((point) => point.ids),
			),
			line(
				"share of the impressions",
				1,
				points.map((point) => point.impressions),
			),
			line(
				"share of the clicks",
				2,
				points.map((point) => point.clicks),
			),
		],
		layout: layout(figure.title, 620, 420, {
			xaxis: axis("with at least so many impressions (log scale)", {
				type: "log",
				tickmode: "array",
				tickvals: tens,
				ticktext: tens.map((count) => count.toLocaleString("en-US")),
				range: [-0.1, Math.log10(most) + 0.1],
			}),
			yaxis: axis(`share held by these ${figure.of} (log scale)`, {
				type: "log",
				tickmode: "array",
				tickvals: powers.map((power) => 10 ** power),
				ticktext: powers.map((power) => `${Number((100 * 10 ** power).toPrecision(3))}%`),
				range: [Math.log10(low) - 0.15, 0.1],
			}),
		}),
	};
}
