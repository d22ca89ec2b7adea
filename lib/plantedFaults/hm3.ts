import type { Plan } from "./plan";

const DRAWINGS = "view/drawing/drawings.test.ts";

/** Faults of HM³'s tables, of edges against their truth, and of what is drawn of a model. */
export const hm3: Plan[] = [
	[
		"an edge is held against the truth of other rows",
		"experiment/edges.ts",
		"(row) => truth[prob][row]",
		"(_, i) => truth[prob][i]",
		"experiment/edges.test.ts",
		"edges of a graph whose truth is known a run that opens the test part judges them there, and a model without such edges has no more than before",
	],
	[
		"half of the training days are taken from all days",
		"papers/hm3/tables.ts",
		"Math.round(0.5 * TRAINING_DAYS)",
		"Math.round(0.5 * 76)",
		"papers/hm3/tables.test.ts",
		"HM³'s three log sizes are the last quarter, half and all of the training days of ESM²'s split, whatever the preset",
	],
	[
		"HM³ embeds items wider than ESMM does",
		"papers/hm3/tables.ts",
		"{ ...smallWidths, itemEmbedding: 0 }",
		"{ ...smallWidths }",
		"papers/hm3/tables.test.ts",
		"HM³'s three log sizes give every network the same widths, item features as wide as others",
	],
	[
		"the share of an edge is that of all rows, not of its space",
		"data/graphCounts.ts",
		"positives / n;",
		"positives / data.rows;",
		"data/graphCounts.test.ts",
		"a log counted along a behaviour graph has each edge as a share of its space, complements counted as the graph defines them",
	],
	[
		"a complement is drawn as a tower of its own",
		"view/drawing/graphFigure.ts",
		'dashed: typeof edge !== "string"',
		"dashed: false",
		DRAWINGS,
		"behaviour graph of hm3 has each event once with its rows, and each edge with its tower and rate",
	],
	[
		"a diagram has the first stage's losses alone",
		"view/drawing/modelDiagram.ts",
		"return stages.flatMap((",
		"return stages.slice(0, 1).flatMap((",
		DRAWINGS,
		"diagram of base has each tower with its edges, and each loss of each stage",
	],
	[
		"an arrow past a layer runs straight over its boxes",
		"view/drawing/place.ts",
		"size: 8, near",
		"size: -180, near",
		DRAWINGS,
		"places of boxes and arrows are apart, inside, and no arrow runs over a box: right",
	],
	[
		"the edges of a way are added up",
		"core/formula.ts",
		').join(" · "))',
		').join(" + "))',
		"core/formula.test.ts",
		"a probability of a graph, in words has the value that the graph gives: HM³",
	],
];
