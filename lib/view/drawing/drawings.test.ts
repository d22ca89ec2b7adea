import { describe, expect, it } from "vitest";
import { type Graph, not, paths, towersOf } from "../../core/graph";
import type { Model } from "../../core/model";
import { eventOf, spaceOf } from "../../core/prob";
import { isTrees } from "../../core/trees";
import { graphCounts } from "../../data/graphCounts";
import { models } from "../../models/index";
import type { Figure } from "../figure";
import { labelsOf } from "./draw";
import { eventsOf, graphFigure } from "./graphFigure";
import { modelDiagram } from "./modelDiagram";
import { type Arrow, type Box, type Direction, type Placed, place } from "./place";
import { recordTowers } from "./recordTowers";

const networks = Object.values(models).filter((model) => !isTrees(model as never)) as unknown as Model[];
const named = networks.map((model) => [model.name, model] as const);

/** What a figure says, tags taken out; a box's lines are one text. */
const textsOf = ({ layout }: Figure): string[] =>
	(layout.annotations as { text: string }[])
		.map(({ text }) => text.replace(/(<[^>]*>)+/g, " ").trim())
		.filter((text) => text !== "");

type Rectangle = { x: number; y: number; width: number; height: number };
const overlap = (a: Rectangle, b: Rectangle): boolean =>
	a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const pairs = <T>(of: readonly T[]): [T, T][] => of.flatMap((a, i) => of.slice(i + 1).map((b): [T, T] => [a, b]));

/** Points of an arrow that lie inside a box, away from its border. */
function runsOver({ boxes, arrows }: Placed): string[] {
	return arrows.flatMap(({ arrow, points }) =>
		points
			.slice(1)
			.flatMap((to, i) =>
				Array.from({ length: 60 }, (_, k) =>
					points[i].map((from, d) => from + ((k + 0.5) / 60) * (to[d] - from)),
				).flatMap(([x, y]) =>
					boxes
						.filter((box) => x > box.x + 1 && x < box.x + box.width - 1 && y > box.y + 1 && y < box.y + box.height - 1)
						.map(({ box }) => `${arrow.from} → ${arrow.to} over ${box.id}`),
				),
			),
	);
}

/** A drawing where arrows pass layers, cross, and begin beside each other. */
const tangled: { boxes: Box[]; arrows: Arrow[] } = {
	boxes: ["a0", "b1", "c1", "d2", "e2", "f2", "g3", "h4"].map((id) => ({
		id,
		lines: [id, "words ".repeat(id.charCodeAt(0) % 4)],
		layer: Number(id[1]),
		colour: "#fff",
	})),
	arrows: [
		"a0 b1",
		"a0 c1",
		"a0 g3",
		"a0 h4",
		"b1 f2",
		"c1 d2",
		"c1 e2",
		"b1 h4",
		"d2 g3",
		"e2 h4",
		"f2 g3",
		"g3 h4",
	].map((ends) => {
		const [from, to] = ends.split(" ");
		return { from, to };
	}),
};

describe("places of boxes and arrows", () => {
	it.each<Direction>(["right", "up"])("are apart, inside, and no arrow runs over a box: %s", (direction) => {
		const placed = place(tangled.boxes, tangled.arrows, direction);
		expect(placed.boxes).toHaveLength(8);
		for (const [a, b] of pairs(placed.boxes)) expect(overlap(a, b)).toBe(false);
		for (const { x, y, width, height } of placed.boxes) {
			expect(Math.min(x, y, placed.width - x - width, placed.height - y - height)).toBeGreaterThanOrEqual(19.9);
		}
		expect(runsOver(placed)).toEqual([]);
		for (const { arrow, points } of placed.arrows) {
			const ends = [arrow.from, arrow.to].map(
				(id) => placed.boxes.find(({ box }) => box.id === id) as (typeof placed.boxes)[number],
			);
			[points[0], points[points.length - 1]].forEach(([x, y], i) => {
				const within = { x: ends[i].x - 1, y: ends[i].y - 1, width: ends[i].width + 2, height: ends[i].height + 2 };
				expect(overlap(within, { x, y, width: 0.01, height: 0.01 })).toBe(true);
			});
		}
	});
	it("a chain lies on a line; an arrow backwards or to nowhere is refused", () => {
		const chain = ["a", "b", "c"].map((id, layer): Box => ({ id, lines: [id], layer, colour: "#fff" }));
		const { boxes } = place(
			chain,
			[
				{ from: "a", to: "b" },
				{ from: "b", to: "c" },
			],
			"right",
		);
		expect(new Set(boxes.map(({ y, height }) => y + height / 2)).size).toBe(1);
		expect(() => place(chain, [{ from: "b", to: "a" }], "up")).toThrow(
			'from "b" to "a" does not run to a higher layer',
		);
		expect(() => place(chain, [{ from: "b", to: "d" }], "up")).toThrow("there is no such box");
	});
});

describe.each(named)("behaviour graph of %s", (name, { graph }) => {
	const clicks = Uint8Array.of(1, 1, 1, 0, 0, 1, 1, 1, 0, 0);
	const events = {
		click: clicks,
		micro: clicks.map((c, i) => c * +(i < 2)),
		dAction: clicks.map((c, i) => c * +(i % 2 === 0)),
		conversion: clicks.map((c, i) => c * +(i === 2)),
	};
	const counts = graphCounts(graph, { rows: 10, events });
	const figure = graphFigure({ title: name, graph, counts });
	it("has each event once with its rows, and each edge with its tower and rate", () => {
		const texts = textsOf(figure);
		const edges = Object.entries(graph).flatMap(([space, of]) =>
			Object.entries(of).map(([event, edge]) => ({ prob: `${event}|${space}`, edge })),
		);
		const notes = texts.filter((text) => text.startsWith("dashed: the complement"));
		expect(notes).toHaveLength(edges.some(({ edge }) => typeof edge !== "string") ? 1 : 0);
		expect(texts).toHaveLength(eventsOf(graph).length + edges.length + notes.length);
		expect(texts).toContain("impression 10 rows");
		expect(texts).toContain("click 6 rows");
		for (const { prob, edge } of edges) {
			const found = counts.edges.find((one) => one.prob === prob);
			expect(found).toBeDefined();
			const words = typeof edge === "string" ? edge : `1 − ${edge.not}`;
			expect(texts).toContain(`${words} ${Number((100 * (found?.rate ?? 0)).toPrecision(3))} %`);
		}
		const dashed = (figure.layout.shapes as { line: { dash?: string } }[]).filter(({ line }) => line.dash === "dash");
		expect(dashed).toHaveLength(edges.filter(({ edge }) => typeof edge !== "string").length);
	});
	it("has words that stand apart from each other and from the boxes", () => {
		const boxes = eventsOf(graph).map(
			({ event, layer }): Box => ({ id: event, lines: [event, "10 rows"], layer, colour: "#fff" }),
		);
		const arrows = Object.entries(graph).flatMap(([from, of]) =>
			Object.keys(of).map((to): Arrow => ({ from, to, label: ["1 − maOmi", "99.9 %"] })),
		);
		const placed = place(boxes, arrows, "right");
		const words = labelsOf(placed).map(({ x, y, width, height }) => ({
			x: x - width / 2,
			y: y - height / 2,
			width,
			height,
		}));
		expect(words).toHaveLength(arrows.length);
		for (const [a, b] of pairs([...words, ...placed.boxes])) expect(overlap(a, b)).toBe(false);
		expect(runsOver(placed)).toEqual([]);
	});
});

describe.each(named)("diagram of %s", (_, model) => {
	const figure = modelDiagram(model);
	const texts = textsOf(figure);
	it("has each tower with its edges, and each loss of each stage", () => {
		for (const tower of towersOf(model.graph)) {
			const edges = Object.entries(model.graph).flatMap(([space, of]) =>
				Object.keys(of).flatMap((event) => (of[event] === tower ? [`P(${event} | ${space})`] : [])),
			);
			expect(texts).toContain([tower, ...edges].join(" "));
		}
		const losses = model.stages(model.hyper).flatMap((stage) => stage.losses);
		for (const { prob } of losses)
			expect(
				texts.filter((text) => text.startsWith(`log-loss of P(${eventOf(prob)} | ${spaceOf(prob)})`)),
			).toHaveLength(losses.filter((other) => other.prob === prob).length);
		expect(texts.filter((text) => text.includes("log-loss"))).toHaveLength(losses.length);
	});
	it("has each probability that is more than one tower with as many terms as it has ways", () => {
		const ways = paths(model.graph, "impression", "conversion");
		const joint = texts.find((text) => text.startsWith("P(conversion | impression)"));
		if (ways.length === 1 && ways[0].length === 1) expect(joint).toBeUndefined();
		else expect(joint?.match(/[=+] /g)).toHaveLength(ways.length);
	});
	it("is plain JSON, the same each time, that fits its canvas", () => {
		expect(JSON.parse(JSON.stringify(figure))).toEqual(figure);
		expect(modelDiagram(model)).toEqual(figure);
		const { width, height, annotations } = figure.layout as {
			width: number;
			height: number;
			annotations: { x: number; y: number }[];
		};
		for (const { x, y } of annotations) expect(x > 0 && x < width && y > 0 && y < height).toBe(true);
	});
});

describe("what is told of a model", () => {
	const of = (name: string, hyper: object = {}) =>
		textsOf(modelDiagram(models[name as "esmm"] as unknown as Model, { hyper }));
	it("ESMM has one embedding and two hidden stacks, ESMM-NS two of each; a shared bottom is under both towers", () => {
		const tables = (texts: string[]) => texts.filter((text) => text.includes("numbers a field"));
		expect(tables(of("esmm"))).toEqual(["embedding 18 numbers a field"]);
		expect(tables(of("esmm-ns"))).toEqual(["ctr/embedding 18 numbers a field", "cvr/embedding 18 numbers a field"]);
		expect(tables(of("esm2"))).toEqual(["embedding 18 numbers a field 128 for the item's"]);
		expect(of("esmm", { shareBottom: 1, dropout: 0.2 })).toEqual(
			expect.arrayContaining(["bottom: 360 dropout 0.2", "ctr: 200 · 80 dropout 0.2"]),
		);
	});
	it("stages, weights and rows of losses", () => {
		expect(of("unbias")).toContain(
			"log-loss of P(conversion | click) mean over rows with click rows weighted stage 2 of 2",
		);
		expect(of("aman")).toContain(
			"log-loss of P(conversion | click) mean over every row of the stage rows drawn or repeated stage 2 of 2",
		);
		expect(of("esmm", { ctcvrWeight: 0.5 })).toContain(
			"0.5 · log-loss of P(conversion | impression) mean over all impressions",
		);
		expect(() => of("esmm", { ctcvrWeigth: 0.5 })).toThrow('did you mean "ctcvrWeight"');
	});
	it("an arrow that brings no gradient back is dashed", () => {
		const dashes = (hyper: object) =>
			(modelDiagram(models.esmm as unknown as Model, { hyper }).layout.shapes as { line: { dash?: string } }[]).filter(
				({ line }) => line.dash === "dash",
			).length;
		expect([dashes({}), dashes({ stopCtrGrad: true })]).toEqual([0, 1]);
		expect(of("esmm", { stopCtrGrad: true })).toContain("dashed: no gradient comes back along it");
		expect(of("esmm").some((text) => text.startsWith("dashed"))).toBe(false);
		expect(() => of("gbdt")).toThrow("gbdt has no diagram: it is of boosted trees");
	});
	it("layers are written down once, with what they read", () => {
		const { layers, towers } = recordTowers(models.hm3 as unknown as Model, models.hm3.hyper);
		expect(layers.map(({ word }) => word).sort()).toEqual([
			"embed",
			...Array(6).fill("logit"),
			...Array(6).fill("mlp"),
		]);
		expect(Object.keys(towers)).toEqual(["ctr", "mi", "maMi", "maOmi", "dCvr", "oCvr"]);
		expect(layers[0]).toMatchObject({ name: "embedding", numbers: [18], options: { item: 128 }, reads: ["x"] });
		expect(layers.filter(({ word }) => word === "mlp").every(({ reads }) => reads[0] === layers[0].id)).toBe(true);
	});
	it("a graph without counts has no numbers, an event that a log does not have neither", () => {
		const graph: Graph = { impression: { click: "ctr" }, click: { cart: "ca", other: not("ca") } };
		expect(textsOf(graphFigure({ title: "t", graph }))).toEqual([
			"impression",
			"click",
			"cart",
			"other",
			"ctr",
			"ca",
			"1 − ca",
			"dashed: the complement of a tower, 1 − its probability",
		]);
		const counts = graphCounts(graph, { rows: 4, events: { click: Uint8Array.of(1, 0, 0, 0) } });
		expect(textsOf(graphFigure({ title: "t", graph, counts }))).toEqual(
			expect.arrayContaining(["ctr 25 %", "ca", "cart", "click 1 row"]),
		);
		expect(counts.edges.map(({ prob }) => prob)).toEqual(["click|impression"]);
	});
});
