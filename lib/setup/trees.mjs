import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runJob } from "./job.mjs";
import { wheelStep } from "./wheel.mjs";

/** Loads the libraries as lib/trees does. */
const LOAD = `const koffi = require("koffi");
const { dirname, join } = require("node:path");
const load = (name) => koffi.load(join(dirname(process.argv[1]), name));
if (process.platform === "linux") load(process.argv[2]);
load(process.argv[3]);
try { load(process.argv[4]); } catch (error) {
	if (process.platform !== "linux") throw error;
	load("libgomp.so.1");
	load(process.argv[4]);
}`;

/** The OpenMP runtime that comes with XGBoost's wheel for Linux, and the name under which XGBoost wants it to be loaded. */
const GOMP = { x64: "libgomp-e985bcbb.so.1.0.0", arm64: "libgomp-a49a47f9.so.1.0.0" }[process.arch];
const end = process.platform === "darwin" ? "dylib" : "so";
const LIGHTGBM = `lib_lightgbm.${end}`;
const XGBOOST = `libxgboost.${end}`;
const linux = process.platform === "linux";

/** LightGBM wants the system's OpenMP runtime. Where there is none it can have a copy of XGBoost's that says it is `libgomp.so.1`. */
function nameForLightGbm(folder) {
	const bytes = readFileSync(join(folder, GOMP));
	const at = bytes.indexOf(`${GOMP}\0`);
	if (at >= 0) bytes.fill(0, at, at + GOMP.length).write("libgomp.so.1", at);
	writeFileSync(join(folder, "libgomp.so.1"), bytes);
}

const step = wheelStep({
	title: "LightGBM and XGBoost",
	folder: (at) => at.trees,
	pins: (at) => at.requirements.trees,
	platforms: {
		"linux-x64": "manylinux_2_28_x86_64",
		"linux-arm64": ["manylinux_2_28_aarch64", "manylinux2014_aarch64"],
		"darwin-arm64": "macosx_12_0_arm64",
		"darwin-x64": "macosx_10_15_x86_64",
	},
	file: [`lightgbm/lib/${LIGHTGBM}`, `xgboost/lib/${XGBOOST}`, ...(linux ? [`xgboost_cpu.libs/${GOMP}`] : [])],
	check: (at, file, { note }) => {
		if (linux) nameForLightGbm(dirname(file));
		return runJob("LightGBM and XGBoost", process.execPath, ["-e", LOAD, file, GOMP, XGBOOST, LIGHTGBM], {
			cwd: at.root,
			onStart: note,
		});
	},
	without: `only the models gbdt and xgboost need them, with an OpenMP runtime (${linux ? "apt-get install libgomp1" : "brew install libomp"})`,
});

/** What this step is called in messages. */
export const title = step.title;
/** Why trees cannot be grown, or undefined if they can, or if they never can here. */
export const problem = step.problem;
/** Takes the libraries out of their wheels. */
export const make = step.make;
