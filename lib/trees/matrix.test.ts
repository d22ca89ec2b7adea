import { expect, it } from "vitest";
import type { Field } from "../data/dataset";
import { matrixOf, trainingMatrix } from "./matrix";
import { groupsOf } from "./order";

const fields: Field[] = [
	{ kind: "number", name: "price", values: Float32Array.from([0.5, Number.NaN, -1, 2, 3]) },
	{ kind: "id", name: "device", size: 4, ids: Int32Array.from([3, 0, 1, 2, 1]) },
	{ kind: "id", name: "item", size: 5, ids: Int32Array.from([1, 1, 2, 1, 4]) },
	{
		kind: "ids",
		name: "tags",
		size: 3,
		offsets: Int32Array.from([0, 2, 2, 3, 4, 5]),
		ids: Int32Array.from([1, 2, 1, 1, 2]),
	},
];
const rows = Int32Array.from([0, 1, 2, 3]);
const labels = [1, 0, 1, 0];
const how = { prior: 0.5, smoothing: 2, bins: 4 };
const time = Int32Array.from([10, 20, 30, 40, 50]);
const f = Math.fround;

it("numbers as they are, missing ones too; ids of few codes as codes; others as statistics of earlier rows", () => {
	const { matrix } = trainingMatrix(fields, rows, labels, groupsOf({ time }, rows, 0), how);
	expect([matrix.rows, matrix.columns]).toEqual([4, 6]);
	const [zero, one, two] = [0, 1, 2].map((count) => f(Math.log1p(count)));
	// Columns: price, device, item's rate and count, the tags' mean rate and mean count.
	expect([...matrix.values]).toEqual([
		...[0.5, 3, 0.5, zero, 0.5, zero],
		...[Number.NaN, 0, f(2 / 3), one, Number.NaN, Number.NaN],
		...[-1, 1, 0.5, zero, f(2 / 3), one],
		...[2, 2, 0.5, two, 0.75, two],
	]);
});

it("rows outside of the training get what all training rows say", () => {
	const { rates } = trainingMatrix(fields, rows, labels, groupsOf({ time }, rows, 0), how);
	expect([...rates.keys()]).toEqual(["item", "tags"]);
	const matrix = matrixOf(fields, Int32Array.from([4, 0]), how.bins, rates);
	expect([...matrix.values]).toEqual([
		...[3, 1, 0.5, 0, f(2 / 3), f(Math.log1p(1))],
		...[0.5, 3, f(2 / 5), f(Math.log1p(3)), f((f(3 / 5) + f(2 / 3)) / 2), f((f(Math.log1p(3)) + f(Math.log1p(1))) / 2)],
	]);
});
