import { stream } from "../core/random";
import type { Dataset, Field } from "./dataset";

/**
 * For tests: 1600 impressions (700 train, 300 validation, 600 test) whose clicks (about 0.3) and conversions (about 0.4 of the
 * clicks) depend on two ids and a number. A model that learns is seen to learn on it in a fraction of a second.
 */
export function toyDataset(change: Partial<Dataset> = {}): Dataset {
	const n = 1600;
	const random = stream(1, "toy");
	const draw = (below: number) => Int32Array.from({ length: n }, () => random.int(below));
	const [a, b] = [draw(12), draw(6)];
	const number = Float32Array.from({ length: n }, () => 2 * random.uniform() - 1);
	const happens = (logit: number) => +(random.uniform() < 1 / (1 + Math.exp(-logit)));
	const click = Uint8Array.from(a, (id, row) => happens((id % 4) - 2.9 + 2 * number[row]));
	const conversion = Uint8Array.from(b, (id, row) => click[row] * happens(2.5 * (id % 3) - 3));
	const part = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, i) => from + i);
	return {
		name: "toy",
		rows: n,
		fingerprint: "toy",
		split: { train: part(0, 700), valid: part(700, 1000), test: part(1000, 1600) },
		fields: [
			{ kind: "id", name: "a", size: 13, ids: a.map((id) => id + 1) },
			{ kind: "id", name: "b", size: 7, ids: b.map((id) => id + 1) },
			{ kind: "number", name: "number", values: number },
		],
		events: { click, conversion },
		truth: {},
		read: n,
		dropped: [],
		...change,
	};
}

/** For tests: the toy data set with micro actions, cart, wish list and dAction after its clicks; a conversion comes more often after dAction. */
export function actionDataset(change: Partial<Dataset> = {}): Dataset {
	const data = toyDataset();
	const random = stream(2, "actions");
	const { click } = data.events;
	const after = (of: (row: number) => number) => click.map((happened, row) => happened * +(random.uniform() < of(row)));
	const number = data.fields.find((field) => field.kind === "number") as Extract<Field, { kind: "number" }>;
	const micro = after((row) => 0.5 + 0.3 * number.values[row]);
	const cart = after((row) => 0.2 + 0.3 * micro[row]);
	const wish = after((row) => 0.15 + 0.1 * micro[row]);
	const dAction = cart.map((happened, row) => happened | wish[row]);
	const conversion = after((row) => 0.15 + 0.5 * dAction[row]);
	return { ...data, name: "toy with actions", events: { click, micro, cart, wish, dAction, conversion }, ...change };
}
