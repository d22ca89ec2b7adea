import { createHash } from "node:crypto";
import { copyFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Prob } from "../core/prob";
import { InputError } from "../core/problem";
import { stream } from "../core/random";
import { grown } from "../core/trees";
import type { Dataset } from "../data/dataset";
import { sha256OfFile } from "../data/files/importFiles";
import { readCard } from "../data/prepared/card";
import { writeWholeFolder } from "../data/wholeFolder";
import { applyCalibration } from "../metrics/calibrators/calibration";
import { freeing } from "../tensor/native";
import { type Stored, writeSafetensors } from "../tensor/safetensors";
import { type Forest, predictForest } from "../trees/forest";
import { datasetOf, type EncodedRow, inputsOf, type ModelInput } from "./encodedRows";
import { engineVersion, type Fitted } from "./fit";
import { hashOfFile, MODEL, type ModelFile, VOCABULARY, WEIGHTS } from "./modelFile";
import { type Predictions, predictRows } from "./predictRows";
import { filesOf, statisticsOf, treesFileOf } from "./savedTrees";
import type { Network } from "./step";

/**
 * Saves a trained model as a folder: `weights.safetensors` (values only), `model.json`, and the vocabulary of the prepared log
 * that it was trained on, where there is one. A calibration is kept in model.json. `loadModel` reads it; so can any program that reads JSON and safetensors.
 * Trees are files of their library beside them, ctr.txt and cvr.txt of LightGBM, ctr.ubj and cvr.ubj of XGBoost, and the weights are
 * their target statistics.
 *
 * The folder is written whole; a saved model of before is replaced.
 *
 * @throws InputError a folder that holds something else
 * @throws Error the disk is full, or the weights were freed
 */
export async function saveModel(fitted: Fitted, folder: string): Promise<void> {
	const { network, probs, calibration } = fitted;
	const { model, hyper, seed, data } = network;
	const there: string[] = await readdir(folder).catch(() => []);
	if (there.length > 0 && !there.includes(MODEL))
		throw new InputError(`${folder} is there and holds no saved model: give another folder`);
	const { weights, arrays, files, priors, predict, trees } =
		"boosted" in network ? ofTrees(network) : ofNetwork(network);
	const inputs = inputsOf(data);
	const rows = checkRows(inputs);
	const given = predict(datasetOf(inputs, rows), Int32Array.from(rows.keys()), probs);
	await writeWholeFolder(folder, async (temporary) => {
		await writeSafetensors(join(temporary, WEIGHTS), arrays, { model: model.name });
		for (const [name, bytes] of files) await writeFile(join(temporary, name), bytes);
		const about: Omit<ModelFile, "hash"> = {
			format: trees ? 4 : calibration ? 3 : 2,
			model: model.name,
			version: model.version,
			paper: model.paper,
			hyper,
			graph: model.graph,
			priors,
			probs,
			...(calibration ? { calibration } : {}),
			inputs,
			weights,
			sha256: await sha256OfFile(join(temporary, WEIGHTS)),
			...(trees ? { trees } : {}),
			seed,
			engineVersion,
			data: {
				name: data.name,
				fingerprint: data.fingerprint,
				vocabulary: await copyVocabulary(data, temporary),
				...(data.card ? { card: data.card } : {}),
			},
			check: {
				rows,
				probs: asJson(given),
				...(calibration ? { calibrated: asJson(applyCalibration(calibration, given)) } : {}),
			},
		};
		await writeFile(join(temporary, MODEL), `${JSON.stringify({ ...about, hash: hashOfFile(about) }, null, "\t")}\n`);
	}).catch((problem: NodeJS.ErrnoException) => {
		if (problem.code !== "ENOSPC") throw problem;
		throw new Error(`the model could not be saved as ${folder} (the disk is full): make room, and save it again`);
	});
}

/** What is kept of a trained model. */
interface Kept extends Pick<ModelFile, "weights" | "priors" | "trees"> {
	arrays: Stored[];
	/** Further files by name. */
	files: ReadonlyMap<string, Uint8Array>;
	predict(data: Pick<Dataset, "name" | "fields">, rows: Int32Array, probs: readonly Prob[]): Predictions;
}

function ofNetwork(network: Network): Kept {
	const { model, priors } = network;
	if (network.weights.size === 0) throw new Error(`${model.name}: this model's weights were freed by dispose()`);
	const weights = [...network.weights.values()];
	const arrays = weights.map(
		({ name, value }): Stored => ({
			name,
			shape: value.shape,
			read: () => freeing(() => value.read().dataSync() as Float32Array),
		}),
	);
	return {
		weights: weights.map(({ name, value, kind, of }) => ({ name, shape: value.shape, kind, ...(of ? { of } : {}) })),
		...{ arrays, files: new Map(), priors },
		predict: (data, rows, probs) => predictRows({ ...network, data: { ...network.data, ...data } }, rows, probs),
	};
}

function ofTrees(forest: Forest): Kept {
	const { model, boosted } = forest;
	if (boosted.length < grown.length)
		throw new Error(`${model.name}: this model's trees were freed by dispose(), or their growing was stopped`);
	const [arrays, files] = [statisticsOf(forest), filesOf(forest)];
	const sha256 = (file: string) =>
		createHash("sha256")
			.update(files.get(file) as Buffer)
			.digest("hex");
	return {
		weights: arrays.map(({ name, shape }) => ({ name, shape, kind: "table" })),
		...{ arrays, files, priors: {}, trees: treesFileOf(forest, sha256) },
		predict: (data, rows, probs) => predictForest(forest, rows, probs, data),
	};
}

/** Columns as model.json holds them. */
export const asJson = (columns: Predictions): Record<string, number[]> =>
	Object.fromEntries(Object.entries(columns).map(([prob, column]) => [prob, Array.from(column)]));

/** Puts the vocabulary of a prepared log beside the model; gives its hash. */
async function copyVocabulary(
	{ folder, fingerprint }: { folder?: string; fingerprint: string },
	to: string,
): Promise<string | null> {
	if (folder === undefined) return null;
	const isSame = await readCard(folder).then(
		(card) => card.fingerprint === fingerprint,
		() => false,
	);
	if (!isSame) {
		process.stderr.write(
			`${folder} is not the log that the model was trained on any more: it is saved without a vocabulary, and predicts encoded rows alone\n`,
		);
		return null;
	}
	const copied = await copyFile(join(folder, VOCABULARY), join(to, VOCABULARY)).then(
		() => true,
		(problem: NodeJS.ErrnoException) => {
			if (problem.code === "ENOENT") return false;
			throw problem;
		},
	);
	return copied ? sha256OfFile(join(to, VOCABULARY)) : null;
}

/** Eight rows drawn from the vocabularies, the same for the same inputs. */
function checkRows(inputs: readonly ModelInput[]): EncodedRow[] {
	const random = stream(0, "check");
	const draw = (input: ModelInput): EncodedRow[string] => {
		if (input.kind === "number") return Math.fround(2 * random.uniform() - 1);
		if (input.kind === "id") return random.int(input.size);
		const ids = Array.from({ length: random.int(4) }, () => random.int(input.size));
		return input.weights ? { ids, weights: ids.map(() => Math.fround(random.uniform())) } : ids;
	};
	return Array.from({ length: 8 }, () => Object.fromEntries(inputs.map((input) => [input.name, draw(input)])));
}
