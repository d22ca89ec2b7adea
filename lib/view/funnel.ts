import { InputError } from "../core/problem";
import { axis, colour, type Figure, type Json, layout, markup } from "./figure";

/** A stage of a funnel: an event and how many rows have it. */
export interface FunnelStage {
	name: string;
	count: number;
}

/**
 * How many rows are left at each stage, from impressions down: bars on a log scale, since each stage keeps a few
 * percent, with the count and the share of the stage before and of the first.
 *
 * Throws an `InputError` for a count that is not a whole number of at least 0, and for one above the stage before.
 */
export function funnel(figure: { title: string; stages: FunnelStage[] }): Figure {
	const { stages } = figure;
	stages.forEach((stage, i) => {
		if (!Number.isInteger(stage.count) || stage.count < 0 || stage.count > (stages[i - 1]?.count ?? Infinity))
			throw new InputError(
				`figure "${figure.title}": stage "${stage.name}" has ${stage.count} rows: a whole number, at most that of the stage before`,
			);
	});
	const first = stages[0]?.count ?? 0;
	const top = Math.log10(Math.max(first, 10));
	const bars = {
		type: "bar",
		orientation: "h",
		x: stages.map((stage): Json => (stage.count > 0 ? stage.count : null)),
		y: stages.map((_, i) => i),
		width: 0.62,
		marker: { color: colour(0) },
		showlegend: false,
		hoverinfo: "skip",
	};
	const labels = {
		type: "scatter",
		mode: "text",
		x: stages.map((stage) => Math.max(stage.count, 1)),
		y: stages.map((_, i) => i),
		text: stages.map((stage, i) => ` ${wordsOf(stage, stages[i - 1], i > 1 ? stages[0] : undefined)}`),
		textposition: "middle right",
		textfont: { size: 12 },
		cliponaxis: false,
		showlegend: false,
		hoverinfo: "skip",
	};
	const parts = {
		xaxis: axis("rows (log scale)", { type: "log", range: [0, top * 1.6], ...decades(top) }),
		yaxis: axis("", {
			tickmode: "array",
			tickvals: stages.map((_, i) => i),
			ticktext: stages.map((stage) => markup(stage.name)),
			range: [stages.length - 0.4, -0.6],
			showgrid: false,
			ticks: "",
			ticklabelstandoff: 8,
		}),
		margin: { l: 64, r: 24, t: 56, b: 56, pad: 0 },
	};
	return { data: [bars, labels], layout: layout(figure.title, 680, 56 + 56 + 44 * stages.length, parts) };
}

/** A tick a power of ten, up to the first stage and no farther. */
function decades(top: number): { [name: string]: Json } {
	const powers = Array.from({ length: Math.floor(top) + 1 }, (_, power) => power);
	return {
		tickmode: "array",
		tickvals: powers.map((power) => 10 ** power),
		ticktext: powers.map((power) => (power < 2 ? String(10 ** power) : `10<sup>${power}</sup>`)),
	};
}

function wordsOf(stage: FunnelStage, before: FunnelStage | undefined, first: FunnelStage | undefined): string {
	const share = (of: FunnelStage) => `${percent(stage.count / of.count)} of ${markup(of.name)}`;
	const shares = [before, first].filter((of): of is FunnelStage => of !== undefined && of.count > 0).map(share);
	return `${stage.count.toLocaleString("en-US")}${shares.length > 0 ? ` (${shares.join(", ")})` : ""}`;
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(3))}%`;
