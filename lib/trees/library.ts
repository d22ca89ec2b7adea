import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { LibraryHandle } from "koffi";
import { InputError } from "../core/problem";
import { projectRoot } from "../core/root";

/** The foreign-function package, loaded at first use. */
export const koffi = (): typeof import("koffi") => createRequire(join(projectRoot(), "package.json"))("koffi");

/** A pointer of the C libraries, as koffi has it. */
export type Pointer = bigint | object | null;

/** Where the set-up puts the C libraries. */
const brought = () => join(projectRoot(), ".venv", "trees");

/**
 * Loads a C library that the set-up brought.
 *
 * XGBoost's wheel for Linux asks for its own OpenMP runtime by a name of its own, so that is loaded before it. LightGBM asks for the
 * system's; where there is none it takes the copy that the set-up put beside it.
 *
 * @param folder of the libraries, for tests
 * @throws InputError it is not there, or does not load
 */
export function loadLibrary(name: "lib_lightgbm" | "libxgboost", folder = brought()): LibraryHandle {
	const file = join(folder, `${name}.${process.platform === "darwin" ? "dylib" : "so"}`);
	const load = (path: string) => koffi().load(path);
	// Threads that wait without sleeping cost the others their cores: on a busy machine training took ten times as long.
	process.env.OMP_WAIT_POLICY ??= "passive";
	if (!existsSync(file))
		throw new InputError(
			`the models gbdt and xgboost need ${file}, which is not there: "npm run setup" brings it, or tells why it cannot`,
		);
	try {
		for (const runtime of readdirSync(folder)) if (/^libgomp-.*\.so/.test(runtime)) load(join(folder, runtime));
		try {
			return load(file);
		} catch (problem) {
			const runtime = join(folder, "libgomp.so.1");
			if (name !== "lib_lightgbm" || !existsSync(runtime)) throw problem;
			load(runtime);
			return load(file);
		}
	} catch (problem) {
		const advice = process.platform === "darwin" ? "brew install libomp" : "apt-get install libgomp1";
		throw new InputError(
			`${file} cannot be loaded (${(problem as Error).message.split("\n")[0]}): run "npm run setup", and ${advice} where OpenMP is what is missing`,
		);
	}
}

/** Rows from which on several threads are faster than one. */
const MANY = 20_000;

/**
 * Threads for work on so many rows: as many as TensorFlow may have (TF_NUM_INTRAOP_THREADS), else one for each core; one for few rows.
 * The bits of trees and predictions do not depend on it.
 */
export const treeThreads = (rows: number): number =>
	rows < MANY ? 1 : Number(process.env.TF_NUM_INTRAOP_THREADS) || availableParallelism();
