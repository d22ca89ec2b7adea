import { termsOf } from "../../core/formula";
import { derives, type Graph, paths } from "../../core/graph";
import type { Loss } from "../../core/loss";
import { type Model, type Stage, withHyper } from "../../core/model";
import { eventOf, IMPRESSION, type Prob, pCTCVR, pCVR, spaceOf } from "../../core/prob";
import { InputError } from "../../core/problem";
import { isTrees } from "../../core/trees";
import { colour, type Figure, shade } from "../figure";
import { draw } from "./draw";
import type { Arrow, Box } from "./place";
import { type Recorded, recordTowers } from "./recordTowers";

const COLOURS = {
	features: shade(colour(7), 0.16),
	embed: shade(colour(2), 0.18),
	hidden: shade(colour(5), 0.25),
	tower: shade(colour(0), 0.18),
	prob: shade(colour(4), 0.2),
	loss: shade(colour(1), 0.16),
} as const;

/** What of a network a diagram needs. */
type Drawn = Pick<Model, "name" | "hyper" | "graph" | "towers" | "stages">;

/**
 * A network, drawn from its own value: features, the embeddings and hidden layers that its towers ask for, the towers with the edges of
 * the behaviour graph that they score, the probabilities that the graph makes of them, and the losses on these. A probability without a
 * loss on it is trained through others alone. Along a dashed arrow no gradient comes back.
 *
 * @param options.hyper over the model's own hyperparameters
 * @throws InputError an unknown or ill-typed hyperparameter, or a model of trees
 */
export function modelDiagram(
	model: Drawn,
	{
		title = `${model.name}: towers, probabilities, losses`,
		hyper: changes = {},
	}: { title?: string; hyper?: object } = {},
): Figure {
	if (isTrees(model as never))
		throw new InputError(
			`${model.name} has no diagram: it is of boosted trees, and only networks have layers and towers`,
		);
	const { graph } = model;
	const hyper = withHyper(model as Model, changes as Readonly<Record<string, unknown>>) as Model["hyper"];
	const { layers, towers } = recordTowers(model, hyper);
	const below = layers.filter(({ id }) => !Object.values(towers).includes(id));
	const depths = depthsOf(below);
	const top = Math.max(0, ...depths.values()) + 1;
	const losses = lossesOf(model.stages(hyper));
	const made = probsOf(graph, losses).filter((prob) => towerOf(graph, prob) === undefined);
	const boxes: Box[] = [
		{ id: "x", lines: ["features of the impression"], layer: 0, colour: COLOURS.features },
		...below.map((layer): Box => {
			const kind = layer.word === "embed" ? "embed" : "hidden";
			return { id: layer.id, lines: wordsOfLayer(layer), layer: depths.get(layer.id) ?? 0, colour: COLOURS[kind] };
		}),
		...Object.keys(towers).map((tower): Box => {
			const lines = [tower, ...edgesOf(graph, tower).map(words)];
			return { id: idOf(tower), lines, layer: top, colour: COLOURS.tower };
		}),
		...made.map((prob): Box => {
			const terms = termsOf(graph, prob).map((term, i) => `${i === 0 ? "=" : "+"} ${term}`);
			return { id: prob, lines: [words(prob), ...terms], layer: top + 1, colour: COLOURS.prob };
		}),
		// The loss of a tower stands right over it, beside the probabilities that several towers make.
		...losses.map(({ id, lines, loss }): Box => {
			const layer = towerOf(graph, loss.prob) === undefined ? top + 2 : top + 1;
			return { id, lines, layer, colour: COLOURS.loss };
		}),
	];
	const layerOf = new Map(layers.map((layer) => [layer.id, layer]));
	const arrows: Arrow[] = [
		...below.flatMap(({ id, reads }) => distinct(reads).map((from): Arrow => ({ from, to: id }))),
		...Object.entries(towers).flatMap(([tower, id]) =>
			distinct(layerOf.get(id)?.reads ?? []).map((from): Arrow => ({ from, to: idOf(tower) })),
		),
		...made.flatMap((prob) =>
			towersIn(graph, prob).map((tower): Arrow => {
				const of = losses.filter(({ loss }) => loss.prob === prob);
				const dashed = of.length > 0 && of.every(({ loss }) => loss.detached?.includes(tower));
				return { from: idOf(tower), to: prob, dashed };
			}),
		),
		...losses.map(({ id, loss: { prob } }): Arrow => {
			const tower = towerOf(graph, prob);
			return { from: tower === undefined ? prob : idOf(tower), to: id };
		}),
	];
	const notes = arrows.some(({ dashed }) => dashed) ? ["dashed: no gradient comes back along it"] : [];
	return draw({ title, direction: "up", boxes, arrows, notes });
}

/** A layer's place above the features: one above the highest that it reads. */
function depthsOf(layers: readonly Recorded[]): Map<string, number> {
	const depths = new Map<string, number>();
	for (const { id, reads } of layers) depths.set(id, 1 + Math.max(0, ...reads.map((one) => depths.get(one) ?? 0)));
	return depths;
}

/** Each loss of each stage with its words. */
function lossesOf(stages: readonly Stage[]): { id: string; loss: Loss; lines: string[] }[] {
	return stages.flatMap(({ losses, sample, weigh }, i) =>
		losses.map((loss, j) => {
			const space = spaceOf(loss.prob);
			const rows = space === IMPRESSION ? "all impressions" : `rows with ${space}`;
			const lines = [
				`${loss.weight === 1 ? "" : `${loss.weight} · `}log-loss of ${words(loss.prob)}`,
				`mean over ${loss.everyRow ? "every row of the stage" : rows}`,
				...(sample ? ["rows drawn or repeated"] : []),
				...(weigh ? ["rows weighted"] : []),
				...(stages.length > 1 ? [`stage ${i + 1} of ${stages.length}`] : []),
			];
			return { id: `loss ${i + 1}.${j + 1}`, loss, lines };
		}),
	);
}

/** The probabilities that have a loss, and pCVR and pCTCVR, which every model is asked for. */
const probsOf = (graph: Graph, losses: readonly { loss: Loss }[]): Prob[] =>
	distinct<Prob>([pCVR, ...losses.map(({ loss }) => loss.prob), pCTCVR]).filter((prob) => derives(graph, prob));

/** The tower that gives a probability by itself, if one does. */
function towerOf(graph: Graph, prob: Prob): string | undefined {
	const ways = paths(graph, spaceOf(prob), eventOf(prob));
	const [only] = ways.length === 1 && ways[0].length === 1 ? ways[0] : [];
	return typeof only === "string" ? only : undefined;
}

/** The towers on the ways to a probability, or in its quotient. */
function towersIn(graph: Graph, prob: Prob): string[] {
	const ways = paths(graph, spaceOf(prob), eventOf(prob));
	const quotient = [eventOf(prob), spaceOf(prob)].flatMap((event) => graph[IMPRESSION]?.[event] ?? []);
	return distinct(
		(ways.length > 0 ? ways.flat() : quotient).map((edge) => (typeof edge === "string" ? edge : edge.not)),
	);
}

/** The edges that a tower scores; of its complements nothing is said. */
const edgesOf = (graph: Graph, tower: string): Prob[] =>
	Object.entries(graph).flatMap(([space, edges]) =>
		Object.keys(edges).flatMap((event): Prob[] => (edges[event] === tower ? [`${event}|${space}`] : [])),
	);

/** A table's name and width, hidden layers with their widths, any other word with its numbers. */
function wordsOfLayer({ word, name, numbers, options }: Recorded): string[] {
	const { item, dropout } = options;
	if (word === "embed")
		return [name, `${numbers.join(" · ")} numbers a field`, ...(item ? [`${item} for the item's`] : [])];
	const what = word === "mlp" ? `${name}: ${numbers.join(" · ")}` : `${word} ${name} ${numbers.join(" · ")}`.trim();
	return [what, ...(dropout ? [`dropout ${dropout}`] : [])];
}

const idOf = (tower: string): string => `tower ${tower}`;
const words = (prob: Prob): string => `P(${eventOf(prob)} | ${spaceOf(prob)})`;
const distinct = <T>(of: readonly T[]): T[] => [...new Set(of)];
