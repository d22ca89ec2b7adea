import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { InputError } from "../core/problem";
import { stream } from "../core/random";
import { projectRoot } from "../core/root";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import type { Growth, TreeLibrary } from "./booster";
import { loadLibrary, treeThreads } from "./library";
import { lightGbm, lightGbmParameters } from "./lightgbm";
import { xgBoost, xgBoostParameters } from "./xgboost";

const folder = temporaryFolders();
const random = stream(1, "booster");
const [rows, columns] = [600, 4];
const values = Float32Array.from({ length: rows * columns }, () => random.uniform());
const labels = Float32Array.from({ length: rows }, (_, row) => +(values[row * columns] + random.uniform() > 1.2));
const hyper = {
	...{ trees: 8, depth: 4, minRows: 20, rowShare: 0.6, columnShare: 0.6 },
	...{ lr: 0.1, lambda: 1, gamma: 0, bins: 64, smoothing: 20 },
};
const rate = labels.reduce((sum, label) => sum + label, 0) / rows;
const growth: Growth = { matrix: { values, rows, columns }, labels, rate, hyper, seed: 5, threads: 1 };

function grow(library: TreeLibrary, change: Partial<Growth> = {}, trees = hyper.trees) {
	const growing = library.start({ ...growth, ...change });
	for (let tree = 0; tree < trees; tree++) growing.grow();
	return growing;
}

const libraries = [lightGbm, xgBoost];

it.each(libraries)("$name: bytes read back predict the same bits, and are written as the same bytes", (library) => {
	const grown = grow(library);
	const [bytes, predicted] = [grown.bytes(), grown.predict(growth.matrix)];
	grown.free();
	const again = library.read(bytes);
	expect(again.predict(growth.matrix)).toEqual(predicted);
	expect(again.bytes().equals(bytes)).toBe(true);
	again.free();
	again.free();
});

it.each(libraries)("$name: the same bits with one thread and two; other bits with another seed", (library) => {
	const given = [{}, { threads: 2 }, { seed: 6 }].map((change) => {
		const grown = grow(library, change);
		const predicted = grown.predict(growth.matrix);
		grown.free();
		return predicted;
	});
	expect(given[1]).toEqual(given[0]);
	expect(given[2]).not.toEqual(given[0]);
});

it.each(libraries)("$name: begins at the event's rate, and tells the training rows' mean log-loss", (library) => {
	// No split is possible: all that is left is the start.
	const stump = grow(library, { hyper: { ...hyper, minRows: 2 * rows } }, 1);
	for (const p of stump.predict({ values, rows: 3, columns })) expect(Math.abs(p - rate)).toBeLessThan(1e-6);
	stump.free();
	const grown = grow(library);
	const p = grown.predict(growth.matrix);
	const logLoss = labels.reduce((sum, label, row) => sum - Math.log(label ? p[row] : 1 - p[row]), 0) / rows;
	expect(grown.loss()).toBeCloseTo(logLoss, 5);
	expect(logLoss).toBeLessThan(-rate * Math.log(rate) - (1 - rate) * Math.log(1 - rate));
	grown.free();
});

it.each(libraries)("$name: a missing number goes its own way, and no rows give none", (library) => {
	const grown = grow(library);
	const missing = values.map((value, i) => (i % columns === 0 ? Number.NaN : value));
	expect(grown.predict({ values: missing, rows, columns })).not.toEqual(grown.predict(growth.matrix));
	expect(grown.predict({ values: new Float32Array(0), rows: 0, columns })).toEqual(new Float32Array(0));
	grown.free();
});

it("LightGBM says that no node can be split; a leaf has half of the rows that a node needs", () => {
	const growing = lightGbm.start({ ...growth, hyper: { ...hyper, minRows: 2 * rows } });
	expect(growing.grow()).toBe(false);
	growing.free();
	expect(lightGbmParameters(growth)).toContain(" min_data_in_leaf=10 ");
	expect(lightGbmParameters(growth)).toContain("max_depth=4 num_leaves=16 ");
});

it("XGBoost's least sum of second derivatives on a leaf is that of half the rows that a node needs", () => {
	const { min_child_weight, max_depth } = xgBoostParameters({ hyper, seed: 5, threads: 1, rate: 0.011 });
	expect(Number(min_child_weight)).toBeCloseTo(10 * 0.011 * 0.989, 12);
	expect(max_depth).toBe("4");
});

it.each(libraries)("$name: what the library complains of is an exception in one line", (library) => {
	expect(() => library.read(Buffer.from("nonsense"))).toThrow(/^(LightGBM|XGBoost): .+$/);
	expect(() => library.start({ ...growth, hyper: { ...hyper, bins: 0 } }).grow()).toThrow(/^(LightGBM|XGBoost): .+$/);
});

it("a library that is missing or damaged is told with what to do", () => {
	const empty = folder();
	expect(() => loadLibrary("lib_lightgbm", empty)).toThrow(InputError);
	expect(() => loadLibrary("lib_lightgbm", empty)).toThrow(/lib_lightgbm\.\w+, which is not there: "npm run setup"/);
	const damaged = join(folder(), "trees");
	mkdirSync(damaged);
	for (const end of ["so", "dylib"]) writeFileSync(join(damaged, `libxgboost.${end}`), "nothing");
	expect(() => loadLibrary("libxgboost", damaged)).toThrow(InputError);
	expect(() => loadLibrary("libxgboost", damaged)).toThrow(/cannot be loaded \(.*\): run "npm run setup"/);
});

it.runIf(process.platform === "linux")("without the system's OpenMP runtime LightGBM takes the one beside it", () => {
	// As on a machine without: LightGBM asks for a name that is nowhere but in the file that the set-up put there.
	const [here, there] = [join(projectRoot(), ".venv/trees"), folder()];
	cpSync(here, there, { recursive: true });
	const renamed = (name: string) => {
		const bytes = readFileSync(join(here, name));
		// The last one in the file is the name that is looked for.
		bytes.write("libgomp.so.9", bytes.lastIndexOf("libgomp.so.1\0"));
		return bytes;
	};
	writeFileSync(join(there, "lib_lightgbm.so"), renamed("lib_lightgbm.so"));
	rmSync(join(there, "libgomp.so.1"));
	expect(() => loadLibrary("lib_lightgbm", there)).toThrow("libgomp.so.9: cannot open shared object file");
	writeFileSync(join(there, "libgomp.so.1"), renamed("libgomp.so.1"));
	expect(loadLibrary("lib_lightgbm", there).func("const char *LGBM_GetLastError()")()).toBe("Everything is fine");
});

it("few rows get one thread, many as many as TensorFlow may have", () => {
	const before = process.env.TF_NUM_INTRAOP_THREADS;
	process.env.TF_NUM_INTRAOP_THREADS = "3";
	expect([treeThreads(19_999), treeThreads(20_000)]).toEqual([1, 3]);
	if (before === undefined) delete process.env.TF_NUM_INTRAOP_THREADS;
	else process.env.TF_NUM_INTRAOP_THREADS = before;
});
