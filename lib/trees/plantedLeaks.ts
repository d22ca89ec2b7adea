import { eventOf, type Prob, spaceOf } from "../core/prob";
import { stream } from "../core/random";
import { type Dataset, rowsIn } from "../data/dataset";
import { type Auc, auc } from "../metrics/ranking";
import { type Leak, leakOf } from "./leak";
import { type Groups, groupsOf } from "./order";
import { type CodedField, type Rates, ratesFromCodes, ratesOfCodes, ratesOfRows } from "./targetStatistics";

/** A way of making target statistics of training rows, looked at. */
export interface LeakCheck {
	/** What a row's statistic is made of. */
	made:
		| "earlier rows"
		| "other users' rows"
		| "all rows, its own among them"
		| "later rows"
		| "earlier rows and those of its moment";
	/** The first row whose label shows where it must not; undefined where none was found. */
	leak: Leak | undefined;
	/** AUC of the statistic alone on the rows that it was made of. */
	train: Auc;
	/** AUC of the statistic of all training rows on test rows: what it is worth. */
	test: Auc;
	/** AUC on the training rows where labels are drawn by a coin of the same rate: 0.5 is what there is to be known. */
	coin: Auc;
}

/**
 * Makes one field's target statistics the sound way and in ways that leak, and looks for the leak in each (`leakOf`). A leak makes a
 * statistic look better on training rows than it is on test rows, and lets it tell even the fall of a coin, which nothing can.
 *
 * @param seed of the coin and of the rows whose labels are turned
 * @throws Error a data set that does not know its time, or has no such field of ids
 */
export function plantedLeaks(data: Dataset, prob: Prob, name: string, seed = 0): LeakCheck[] {
	const { time } = data;
	const field = data.fields.find((one) => one.name === name);
	if (!time) throw new Error(`${data.name} does not know its time`);
	if (!field || field.kind === "number") throw new Error(`${data.name} has no field "${name}" of ids`);
	const rows = rowsIn(data, data.split.train, spaceOf(prob));
	const test = rowsIn(data, data.split.test, spaceOf(prob));
	const happened = data.events[eventOf(prob)];
	const labels = Uint8Array.from(rows, (row) => happened[row]);
	const prior = labels.reduce((sum, label) => sum + label, 0) / rows.length;
	const random = stream(seed, "coin");
	const coin = labels.map(() => +(random.uniform() < prior));
	const how = { prior, smoothing: 20 };
	const at = Array.from(rows, (row) => time[row]);
	const inTest = ratesFromCodes(field, test, ratesOfCodes(field, rows, labels, how)).rate;
	const ofTest = auc(
		inTest,
		Uint8Array.from(test, (row) => happened[row]),
	);
	return waysOf(data, rows, field, how, seed).map(({ made, statistic }) => ({
		made,
		leak: leakOf((given) => statistic(given), labels, at, 20, seed),
		train: auc(statistic(labels), labels),
		test: ofTest,
		coin: auc(statistic(coin), coin),
	}));
}

function waysOf(
	data: Dataset,
	rows: Int32Array,
	field: CodedField,
	how: { prior: number; smoothing: number },
	seed: number,
): { made: LeakCheck["made"]; statistic: (labels: Uint8Array) => Rates["rate"] }[] {
	const sound = groupsOf(data, rows, seed);
	const backwards = groupsOf({ time: Float64Array.from(data.time as ArrayLike<number>, (t) => -t) }, rows, seed);
	// A row has a group of its own, so it sees those of its moment that stand before it in the list.
	const oneByOne: Groups = { ...sound, ends: Int32Array.from(rows.keys(), (i) => i + 1) };
	const folds = groupsOf({ user: data.user }, rows, seed);
	const by = (groups: Groups) => (labels: Uint8Array) => ratesOfRows(field, rows, labels, groups, how).rate;
	return [
		{ made: "earlier rows", statistic: by(sound) },
		{ made: "earlier rows and those of its moment", statistic: by(oneByOne) },
		{ made: "other users' rows", statistic: by(folds) },
		{ made: "later rows", statistic: by(backwards) },
		{
			made: "all rows, its own among them",
			statistic: (labels) => ratesFromCodes(field, rows, ratesOfCodes(field, rows, labels, how)).rate,
		},
	];
}
