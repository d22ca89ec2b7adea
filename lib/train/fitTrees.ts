import { logLoss } from "../core/loss";
import { type Stage, withHyper } from "../core/model";
import { eventOf, type Prob, pCTCVR, pCTR, pCVR, spaceOf } from "../core/prob";
import { InputError } from "../core/problem";
import { words } from "../core/random";
import { grown, type TreeHyper, type TreeModel } from "../core/trees";
import { type Dataset, rowsIn } from "../data/dataset";
import { evaluate, labelled } from "../metrics/evaluate";
import type { Growing } from "../trees/booster";
import { type Boosted, type Forest, libraryOf, predictForest } from "../trees/forest";
import { treeThreads } from "../trees/library";
import { matrixOf, trainingMatrix } from "../trees/matrix";
import { type Groups, groupsOf } from "../trees/order";
import { telling } from "./attend";
import { seenInData } from "./doctor/doctor";
import { type Finding, warning } from "./doctor/finding";
import { feedOf } from "./feedOf";
import type { FitOptions, Fitted } from "./fitted";
import { interrupted } from "./interrupt";
import { checkLabels } from "./labels";
import type { EpochRecord } from "./position";
import { checkSameFields } from "./sameFields";
import { checkChoices } from "./validation";

/** What a tree model learns, as stages of a training: their rows and labels are checked like a network's. */
const stages: readonly Stage[] = grown.map((prob) => ({
	space: spaceOf(prob),
	losses: [logLoss(prob)],
	choose: `auc(${prob})`,
}));
const probs: readonly Prob[] = [pCTR, pCVR, pCTCVR];

/**
 * Grows the trees of a model: a booster for clicks on all training rows, then one for conversions on the clicked ones. Ids enter as target
 * statistics (`ratesOfRows`): of strictly earlier training rows where the data set knows the time, else of other users' rows, which is
 * told as a finding. All trees are kept; validation rows choose nothing.
 *
 * It stops between two trees. What was stopped begins anew, and ends with the same bits.
 *
 * @throws InputError as `fit`; a streamed folder, whose rows trees need all at once
 */
export async function fitTrees(model: TreeModel, options: FitOptions): Promise<Fitted> {
	const { seed, on, signal } = options;
	if ("streamed" in options.data)
		throw new InputError(
			`${model.name} needs all rows in memory, and cannot take those of ${options.data.streamed} as a stream: give readPrepared("${options.data.streamed}")`,
		);
	const hyper = withHyper(model, options.hyper ?? {});
	const feed = await feedOf(options.data, model.graph, seed, 1);
	const { data } = feed;
	checkLabels(model.name, feed, stages, probs);
	checkChoices(feed, stages);
	const [findings, history, boosted]: [Finding[], EpochRecord[], Boosted[]] = [[], [], []];
	const tell = telling(`${model.name} on ${data.name}`, findings, on);
	const stop = interrupted(signal);
	const spent = { trees: 0, rows: 0, seconds: 0 };
	let [seen, finished]: [Groups["seen"], boolean] = ["earlier rows", false];
	try {
		tell(seenInData({ data, whole: true }, probs));
		for (const [i, prob] of grown.entries()) {
			if (stop.now()) break;
			const rows = rowsIn(data, data.split.train, spaceOf(prob));
			const groups = groupsOf(data, rows, seed);
			seen = groups.seen;
			if (i === 0) tell(notByTime(data, seen));
			const grownOne = await boost({ model, hyper, data, seed, prob, rows, groups, spent, on, stop });
			boosted.push(grownOne.boosted);
			if (grownOne.stopped) break;
			const few = grownOne.boosted.trees < hyper.trees;
			if (few) tell([fewTrees(prob, grownOne.boosted.trees, hyper)]);
			const { scores, ...chosen } = validated(data, hyper, grownOne.boosted);
			if (!few) tell(allAlike(prob, scores, hyper));
			const record = { stage: i + 1, epoch: 1, loss: grownOne.loss, ...chosen };
			history.push(record);
			on?.epoch?.(record);
			finished = i + 1 === grown.length;
		}
	} catch (problem) {
		for (const { booster } of boosted) booster.free();
		throw problem;
	} finally {
		stop.release();
		on?.end?.(finished);
	}
	const forest: Forest = { model, hyper, seed, data, seen, boosted };
	let disposed = false;
	const predictOn = (other: Pick<Dataset, "name" | "fields">, rows: Int32Array) => {
		if (disposed) throw new Error(`${model.name}: this model's trees were freed by dispose()`);
		checkSameFields(data, other);
		return predictForest(forest, rows, probs, other);
	};
	return {
		...{ model: model.name, hyper, seed, history, findings, probs, network: forest, predictOn },
		kept: history.map(({ epoch }) => epoch),
		stopped: !finished,
		samplesPerSecond: spent.rows / spent.seconds,
		predict: (rows) => predictOn(data, rows),
		dispose() {
			disposed = true;
			for (const { booster } of boosted) booster.free();
			boosted.length = 0;
		},
	};
}

/** A booster that is to be grown. */
interface Boost {
	model: TreeModel;
	hyper: TreeHyper;
	data: Dataset;
	seed: number;
	prob: (typeof grown)[number];
	rows: Int32Array;
	groups: Groups;
	/** Trees grown so far, their rows, and the seconds that took. */
	spent: { trees: number; rows: number; seconds: number };
	on: FitOptions["on"];
	stop: { now(): boolean };
}

/** Grows the trees of one probability, or some of them where it is stopped. */
async function boost(of: Boost): Promise<{ boosted: Boosted; loss: number; stopped: boolean }> {
	const { model, hyper, data, seed, prob, rows, groups, spent, on, stop } = of;
	const happened = data.events[eventOf(prob)];
	const labels = Float32Array.from(rows, (row) => happened[row]);
	const rate = labels.reduce((sum, label) => sum + label, 0) / rows.length;
	const { bins, smoothing } = hyper;
	const { matrix, rates } = trainingMatrix(data.fields, rows, labels, groups, { prior: rate, smoothing, bins });
	const draws = words(seed, `trees/${prob}`)[0] >>> 1;
	const threads = treeThreads(rows.length);
	const booster: Growing = libraryOf(model).start({ matrix, labels, rate, hyper, seed: draws, threads });
	try {
		const [begun, before] = [performance.now(), { ...spent }];
		let [trees, loss, more] = [0, Number.NaN, true];
		while (more && trees < hyper.trees && !stop.now()) {
			more = booster.grow();
			if (!more && trees > 0) break;
			trees++;
			loss = booster.loss();
			const seconds = (performance.now() - begun) / 1000;
			Object.assign(spent, {
				trees: before.trees + trees,
				rows: before.rows + trees * rows.length,
				seconds: before.seconds + seconds,
			});
			on?.({
				...{ stage: grown.indexOf(prob) + 1, stages: grown.length, epoch: 1, epochs: 1 },
				...{
					step: trees,
					steps: hyper.trees,
					update: before.trees + trees,
					rows: trees * rows.length,
					loss,
					lr: hyper.lr,
				},
				rate: (trees * rows.length) / seconds,
			});
			await new Promise(setImmediate);
		}
		booster.done();
		return { boosted: { prob, rates, booster, trees }, loss, stopped: more && trees < hyper.trees };
	} catch (problem) {
		booster.free();
		throw problem;
	}
}

/** The AUC of a booster on the validation rows of its space, and its predictions there. */
function validated(data: Dataset, { bins }: TreeHyper, { prob, rates, booster }: Boosted) {
	const rows = rowsIn(data, data.split.valid, spaceOf(prob));
	const scores = booster.predict(matrixOf(data.fields, rows, bins, rates));
	const choose = `auc(${prob})` as const;
	return { choose, value: evaluate({ [prob]: scores }, labelled(data, rows))[choose].value, scores };
}

/** That the order of the rows is not known: statistics of other users' rows know the future. */
const notByTime = ({ name }: Dataset, seen: Groups["seen"]): Finding[] =>
	seen === "earlier rows"
		? []
		: [
				warning(
					"target statistics",
					"ids",
					`are made out of fold, of ${seen}, since ${name} does not know when its rows were: they never see their own row, but may see later ones`,
					`"time" of the schema, and a log that is read into memory as it was recorded`,
				),
			];

const fewTrees = (prob: Prob, trees: number, hyper: TreeHyper): Finding =>
	warning(
		"few trees",
		`P(${prob})`,
		`has ${trees} of ${hyper.trees} trees: then no node could be split any more`,
		`minRows (now ${hyper.minRows}), gamma (now ${hyper.gamma}), and how many rows there are`,
	);

/** Least validation rows to say that all have one prediction. */
const ALIKE = 20;

/** That trees which were all grown tell no two rows apart. */
const allAlike = (prob: Prob, scores: Float32Array, hyper: TreeHyper): Finding[] =>
	scores.length < ALIKE || scores.some((score) => score !== scores[0])
		? []
		: [
				warning(
					"collapsed tower",
					`P(${prob})`,
					`is ${scores[0].toPrecision(2)} on all ${scores.length} validation rows, with all ${hyper.trees} trees`,
					`lr (now ${hyper.lr}), lambda (now ${hyper.lambda}), gamma (now ${hyper.gamma}), minRows (now ${hyper.minRows})`,
				),
			];
