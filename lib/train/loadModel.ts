import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type AnyModel, type Hyper, withHyper } from "../core/model";
import type { Prob } from "../core/prob";
import { InputError } from "../core/problem";
import { isTrees, type TreeHyper, type TreeModel } from "../core/trees";
import type { Dataset } from "../data/dataset";
import { sha256OfFile } from "../data/files/importFiles";
import { sha256 } from "../data/prepare";
import { applyCalibration } from "../metrics/calibrators/calibration";
import { modelNamed } from "../models/index";
import { type Loaded, readSafetensors } from "../tensor/safetensors";
import { disposeWeights, restoreWeights } from "../tensor/weights";
import { predictForest } from "../trees/forest";
import { datasetOf, type EncodedRow } from "./encodedRows";
import { type Predictions, predictRows } from "./fit";
import { hashOfFile, MODEL, type ModelFile, VOCABULARY, WEIGHTS } from "./modelFile";
import { asTrained } from "./sameFields";
import { readForest } from "./savedTrees";
import type { Network } from "./step";

/** A saved model that was read: it predicts. */
export interface LoadedModel {
	/** What its model.json says. */
	readonly about: ModelFile;
	/** The vocabulary.parquet that encodes raw ids, where there is one. */
	readonly vocabulary?: string;
	/**
	 * Probabilities of encoded rows, as `{ field: code }`.
	 *
	 * @throws InputError a field that is missing or unknown, a code beyond its vocabulary
	 */
	predict(rows: readonly EncodedRow[]): Predictions;
	/**
	 * Probabilities of rows of a data set with the same fields, such as a piece of a prepared folder.
	 *
	 * @throws InputError other fields, or vocabularies of another size
	 */
	predictOn(data: Pick<Dataset, "name" | "fields">, rows: Int32Array): Predictions;
	/** The same before calibration, where the model has one: what another calibration is fitted on. */
	predictUncalibrated(data: Pick<Dataset, "name" | "fields">, rows: Int32Array): Predictions;
	/** Frees the weights. */
	dispose(): void;
}

/**
 * Whether two programs mean the same: log-probabilities that differ by no more than rounding on another device (a GPU's products
 * keep 10 bits) can make them.
 */
function isAsSaved(now: number, then: number): boolean {
	const [a, b] = [now, then].map((p) => Math.log(Math.max(p, 1e-30)));
	return Math.abs(a - b) <= 0.05 + 0.01 * Math.abs(b);
}

/**
 * Reads a model that `saveModel` wrote. It gives the same bits as the fitted model did on the same machine.
 *
 * @param model the model, where it is not a registered one
 * @throws InputError no saved model, a damaged file, an unknown model, another version or graph of it, or one that this program
 * computes otherwise
 */
export async function loadModel(folder: string, model?: AnyModel): Promise<LoadedModel> {
	const about = await readModelFile(folder);
	const refuse = (why: string): never => {
		throw new InputError(`${folder} ${why}`);
	};
	const known = model ?? registered(folder, about.model);
	if (known.name !== about.model) refuse(`is a model "${about.model}", not "${known.name}"`);
	if (known.version !== about.version)
		refuse(
			`holds ${about.model} version ${about.version}, but this program has version ${known.version}: train it again, or use the program it was saved by`,
		);
	if (sha256(known.graph) !== sha256(about.graph))
		refuse(`holds another behaviour graph than ${known.name} version ${known.version} has: train it again`);
	const hyper = withHyper(known, about.hyper);
	const file = join(folder, WEIGHTS);
	if ((await sha256OfFile(file)) !== about.sha256)
		refuse(`is damaged: ${WEIGHTS} is not the file that ${MODEL} was written with`);
	const vocabulary = about.data.vocabulary === null ? undefined : join(folder, VOCABULARY);
	if (vocabulary !== undefined && (await sha256OfFile(vocabulary)) !== about.data.vocabulary)
		refuse(`is damaged: ${VOCABULARY} is not the one that the model was saved with`);
	const { arrays } = await readSafetensors(file);
	const { seed, priors, probs, inputs, calibration } = about;
	const none = datasetOf(inputs, []);
	const data = { name: about.data.name, fields: none.fields } as Dataset;
	const read = isTrees(known)
		? await readTrees(folder, { model: known, hyper: hyper as TreeHyper, data }, about, arrays)
		: networkOf(
				folder,
				{ model: known, hyper: hyper as Hyper, data, seed, priors, weights: new Map(), step: 0 },
				about,
				arrays,
			);
	let disposed = false;
	const loaded: LoadedModel = {
		about,
		vocabulary,
		predict(rows) {
			return loaded.predictOn(datasetOf(inputs, rows), Int32Array.from(rows.keys()));
		},
		predictOn(other, rows) {
			const given = loaded.predictUncalibrated(other, rows);
			return calibration ? applyCalibration(calibration, given) : given;
		},
		predictUncalibrated(other, rows) {
			if (disposed) throw new Error(`${about.model}: this model's weights were freed by dispose()`);
			return read.predict(asTrained(data, other), rows, probs);
		},
		dispose() {
			disposed = true;
			read.dispose();
		},
	};
	try {
		checkSame(folder, loaded, read.lacks);
		checkCalibration(folder, about);
	} catch (problem) {
		loaded.dispose();
		throw problem;
	}
	return loaded;
}

/** What predicts and was read. */
interface Read {
	predict(data: Pick<Dataset, "name" | "fields">, rows: Int32Array, probs: readonly Prob[]): Predictions;
	/** Weights that a prediction made anew, since the file lacks them. */
	lacks(): string[];
	dispose(): void;
}

function networkOf(folder: string, network: Network, about: ModelFile, arrays: Loaded["arrays"]): Read {
	const dispose = () => disposeWeights(network.weights);
	try {
		fill(folder, network, about, arrays);
	} catch (problem) {
		dispose();
		throw problem;
	}
	const { data, weights } = network;
	const before = weights.size;
	return {
		predict: (other, rows, probs) => predictRows({ ...network, data: { ...data, ...other } }, rows, probs),
		lacks: () => [...weights.keys()].slice(before),
		dispose,
	};
}

async function readTrees(
	folder: string,
	of: { model: TreeModel; hyper: TreeHyper; data: Dataset },
	about: ModelFile,
	arrays: Loaded["arrays"],
): Promise<Read> {
	const { trees } = about;
	if (!trees) throw new InputError(`${folder} is damaged: its ${MODEL} names no trees`);
	const forest = await readForest(folder, of, { ...about, trees }, arrays);
	return {
		predict: (other, rows, probs) => predictForest(forest, rows, probs, other),
		lacks: () => [],
		dispose: () => {
			for (const { booster } of forest.boosted) booster.free();
		},
	};
}

/** Makes the weights that model.json names. */
function fill(folder: string, { weights }: Network, about: ModelFile, arrays: Loaded["arrays"]): void {
	const values: Loaded["arrays"] = new Map();
	for (const { name, shape } of about.weights) {
		const array = arrays.get(name);
		if (array === undefined || String(array.shape) !== String(shape))
			throw new InputError(
				`${folder} is damaged: ${WEIGHTS} has no "${name}" of shape [${shape}], which ${MODEL} names`,
			);
		values.set(`value/${name}`, array);
	}
	const state = about.weights.map(({ name, kind, of }) => ({ name, kind, ...(of ? { of } : {}), steps: 0, slots: [] }));
	restoreWeights(weights, state, values, "").dispose();
}

/** Predicts the rows that the model was saved with: an engine that computes otherwise is noticed here, not in somebody's results. */
function checkSame(folder: string, { about, predictUncalibrated }: LoadedModel, lacks: Read["lacks"]): void {
	const { rows } = about.check;
	const now = predictUncalibrated(datasetOf(about.inputs, rows), Int32Array.from(rows.keys()));
	const lacking = lacks();
	if (lacking.length > 0)
		throw new InputError(`${folder} lacks weights that ${about.model} has: ${lacking.join(", ")}. Train it again`);
	for (const [prob, then] of Object.entries(about.check.probs))
		for (const [row, p] of then.entries())
			if (!isAsSaved(now[prob]?.[row], p))
				throw new InputError(
					`${folder} was saved by engine version ${about.engineVersion}, which gave P(${prob}) = ${p} where this program computes ${now[prob]?.[row]}: train it again, or use the program it was saved by`,
				);
}

/**
 * Calibrates what the network gave when the model was saved, and compares with what came of it then. Not what it gives now: where the
 * maps are steep, another device's rounding would look like a fault.
 */
function checkCalibration(folder: string, { calibration, check }: ModelFile): void {
	if (!calibration) return;
	const given = Object.entries(check.probs).map(([prob, column]) => [prob, Float32Array.from(column)] as const);
	const now = applyCalibration(calibration, Object.fromEntries(given));
	for (const prob of Object.keys(check.probs))
		for (const [row, p] of now[prob].entries()) {
			const then = check.calibrated?.[prob]?.[row] ?? Number.NaN;
			if (!(Math.abs(p - then) <= 1e-6 * then))
				throw new InputError(
					`${folder} was saved with a calibration that gave P(${prob}) = ${then} where this program computes ${p}: calibrate it again, or use the program it was saved by`,
				);
		}
}

function registered(folder: string, name: string): AnyModel {
	try {
		return modelNamed(name);
	} catch (problem) {
		throw new InputError(`${folder}: ${(problem as Error).message}`);
	}
}

/**
 * What a saved model's model.json says.
 *
 * @throws InputError no saved model, or one that is damaged, changed, or of another format
 */
export async function readModelFile(folder: string): Promise<ModelFile> {
	const path = join(folder, MODEL);
	const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
		throw new InputError(
			cause.code === "ENOENT"
				? `${folder} is no saved model: it has no ${MODEL}. "npm run train" and saveModel write one`
				: `${path} cannot be read (${cause.code}): check that it is a file you may read`,
		);
	});
	const about = parsed(text, path);
	if (![2, 3, 4].includes(about?.format))
		throw new InputError(
			`${path} has format ${(about as ModelFile | null)?.format}, this program reads 2 to 4: train the model again`,
		);
	if (about.hash !== hashOfFile(about))
		throw new InputError(
			`${path} is damaged, or was changed: its hash is not that of its content. Take it as it was saved, or train the model again`,
		);
	return about;
}

function parsed(text: string, path: string): ModelFile {
	try {
		return JSON.parse(text) as ModelFile;
	} catch {
		throw new InputError(`${path} is damaged: it is not JSON. Train the model again`);
	}
}
