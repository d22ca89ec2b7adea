import { type Graph, paths, towersOf } from "../../core/graph";
import type { Stage } from "../../core/model";
import { eventOf, IMPRESSION, type Prob, spaceOf } from "../../core/prob";
import { type Dataset, rowsIn } from "../../data/dataset";
import type { EpochRecord } from "../position";
import { type Network, predictBatch } from "../step";
import type { TrainEvent } from "../trainEvent";
import { collapsedTower } from "./collapsedTower";
import { deadFields, numbersThatAreNone } from "./deadFields";
import { watchTables } from "./deadTables";
import { type Count, explodingLoss, startLoss } from "./explodingLoss";
import type { Finding } from "./finding";
import { frozenWeights } from "./frozenWeights";
import { itemWidth } from "./itemWidth";
import { bestField, labelAmongFeatures } from "./labelAmongFeatures";
import { labelCounts } from "./labelCounts";
import { copiedRows, sharedRows } from "./overlap";
import { perfectAuc } from "./perfectAuc";
import { stratified } from "./sample";
import { startWeights } from "./startWeights";

/** What a doctor looks at. */
export interface Patient {
	/** The training's data; its `train` rows may be the first piece of a folder that is streamed. */
	data: Dataset;
	/** The data whose `valid` rows are predicted after an epoch: the same, or a piece of the folder's validation part. */
	valid: Dataset;
	/** Whether `data` holds all rows: then its split is checked, and fields that never change. */
	whole: boolean;
	stages: readonly Stage[];
	/** Training rows in which all of these events happened. */
	count: Count;
}

/** Looks at a training and names what is wrong with it. Each finding is told once. */
export interface Doctor {
	/** What can be seen before the first update. */
	before(network: Network): Finding[];
	/** Hears of every update that is done; costs nothing but at the first one of a stage. */
	afterStep(network: Network, event: Pick<TrainEvent, "stage" | "epoch" | "step" | "loss">): void;
	/** What an epoch ended with shows. */
	afterEpoch(network: Network, record: Pick<EpochRecord, "stage" | "epoch" | "loss">): Finding[];
}

/** Validation rows predicted after an epoch for each tower: so many with its event, so many without. */
const MOST = { positives: 128, negatives: 384 };

/**
 * The doctor of one training. It draws nothing from the training's streams, leaves no tensor, and changes no weight: with or without
 * it a training has the same bits.
 *
 * @param known findings of the same training before it was stopped: they are not told again
 */
export function doctor({ data, valid, whole, stages, count }: Patient, known: readonly Finding[] = []): Doctor {
	const told = new Set(known.map(({ fault, where }) => `${fault}: ${where}`));
	const fresh = (findings: readonly (Finding | undefined)[]): Finding[] =>
		findings.filter((finding): finding is Finding => {
			const name = finding && `${finding.fault}: ${finding.where}`;
			if (name === undefined || told.has(name)) return false;
			told.add(name);
			return true;
		});
	const tables = watchTables(data, stages);
	const first = new Map<number, number>();
	let steps = 0;
	return {
		before(network) {
			const probs = probsOf(network.model.graph, stages);
			const built = startWeights({ ...network, data }, data.split.train, probs);
			return fresh([
				...seenInData({ data, whole }, probs),
				...itemWidth(data, network.hyper),
				...frozenWeights(built.names, stages),
				...built.findings,
			]);
		},
		afterStep(network, { stage, epoch, step, loss }) {
			steps = step;
			if (epoch === 1 && step === 1) first.set(stage, loss);
			tables.stepped(network, stage, epoch, step);
		},
		afterEpoch(network, { stage, epoch, loss }) {
			const { hyper, model } = network;
			const start = { expected: startLoss(stages[stage - 1], count), first: first.get(stage) };
			const towers = learnt(model.graph, stages.slice(0, stage));
			return fresh([
				explodingLoss({ stage, epoch, loss }, start, hyper.lr),
				...towersAfter({ ...network, data: valid }, towers, epoch),
				...tables.ended(network, stage, epoch, steps),
			]);
		},
	};
}

/** What the data alone show, for a model that learns and predicts some probabilities. */
export function seenInData({ data, whole }: Pick<Patient, "data" | "whole">, probs: readonly Prob[]): Finding[] {
	const shared = whole ? sharedRows(data) : [];
	return [
		...shared,
		...numbersThatAreNone(data),
		...(whole ? [...deadFields(data), ...labelCounts(data, probs)] : []),
		...labelAmongFeatures(data, probs),
		...(whole && shared.length === 0 ? copiedRows(data) : []),
	];
}

/** Looks at each tower's predictions on validation rows of its space. */
function towersAfter(network: Network, towers: readonly { tower: string; prob: Prob }[], epoch: number): Finding[] {
	const { data, hyper, priors } = network;
	return towers.flatMap(({ tower, prob }) => {
		const happened = data.events[eventOf(prob)];
		const rows = stratified(rowsIn(data, data.split.valid, spaceOf(prob)), happened, MOST);
		if (rows.length === 0) return [];
		const [p] = predictBatch(network, rows, [prob]);
		if (p.some(Number.isNaN)) return [];
		const labels = Uint8Array.from(rows, (row) => happened[row]);
		const found = [
			collapsedTower(prob, p, { epoch, lr: hyper.lr, prior: priors[tower] ?? 0 }),
			perfectAuc(prob, p, labels, epoch, () => bestField(data, prob, rows)),
		];
		return found.filter((finding): finding is Finding => finding !== undefined);
	});
}

/** What a model learns and predicts: the probability of each edge with a tower, and what the losses name. */
const probsOf = (graph: Graph, stages: readonly Stage[]): Prob[] => [
	...new Set([
		...edges(graph).map(({ prob }) => prob),
		...stages.flatMap(({ losses }) => losses.map(({ prob }) => prob)),
	]),
];

/** The towers that the losses of these stages reach, each with the probability of its first edge. */
function learnt(graph: Graph, stages: readonly Stage[]): { tower: string; prob: Prob }[] {
	const between = (from: string, to: string) => paths(graph, from, to).flat();
	const reached = stages.flatMap(({ losses }) =>
		losses.flatMap(({ prob }) => {
			const [event, space] = [eventOf(prob), spaceOf(prob)];
			const direct = between(space, event);
			return direct.length > 0 ? direct : [...between(IMPRESSION, event), ...between(IMPRESSION, space)];
		}),
	);
	const names = new Set(reached.map((edge) => (typeof edge === "string" ? edge : edge.not)));
	const all = edges(graph);
	return towersOf(graph).flatMap((tower) => {
		const edge = names.has(tower) ? all.find((one) => one.tower === tower) : undefined;
		return edge ? [edge] : [];
	});
}

const edges = (graph: Graph): { tower: string; prob: Prob }[] =>
	Object.entries(graph).flatMap(([space, events]) =>
		Object.entries(events).flatMap(([event, tower]) =>
			typeof tower === "string" ? [{ tower, prob: `${event}|${space}` as Prob }] : [],
		),
	);
