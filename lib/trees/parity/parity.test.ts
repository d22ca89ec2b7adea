import { expect, it } from "vitest";
import { lightGbm } from "../lightgbm";
import { xgBoost } from "../xgboost";
import parity from "./parity.json";

const [ROWS, COLUMNS, NEW] = [400, 6, 50];
const hyper = {
	...{ trees: 12, depth: 4, minRows: 20, rowShare: 0.6, columnShare: 0.6 },
	...{ lr: 0.1, lambda: 1, gamma: 0, bins: 64, smoothing: 20 },
};

/** As in parity.py. */
const unit = (i: number): number => ((i * 7919 + ((i * i) % 9973) * 31) % 10007) / 10007;
const matrix = (rows: number, start: number) => ({
	...{ rows, columns: COLUMNS },
	values: Float32Array.from({ length: rows * COLUMNS }, (_, i) =>
		i % COLUMNS === 1 && Math.floor(i / COLUMNS) % 7 === 0 ? Number.NaN : Math.trunc(unit(start + i) * 1000) / 1000,
	),
});
const train = matrix(ROWS, 0);
const labels = Float32Array.from({ length: ROWS }, (_, r) => +(train.values[r * COLUMNS] + unit(90_000 + r) > 1.2));
const positives = labels.reduce((sum, label) => sum + label, 0);

it("is of the versions that the set-up brings, on the same rows", () => {
	expect(parity.versions).toEqual({ lightgbm: lightGbm.version, xgboost: xgBoost.version });
	expect(positives).toBe(parity.positives);
});

it.each([lightGbm, xgBoost])("$name grows the trees that it grows from Python", (library) => {
	const growing = library.start({ matrix: train, labels, rate: positives / ROWS, hyper, seed: 7, threads: 1 });
	for (let tree = 0; tree < hyper.trees; tree++) growing.grow();
	const given = growing.predict(matrix(NEW, 50_000));
	growing.free();
	const expected = parity[library.name];
	expect(new Set(expected).size).toBeGreaterThan(40);
	for (const [row, p] of given.entries()) expect(Math.abs(p / expected[row] - 1), `row ${row}`).toBeLessThan(1e-6);
});
