import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { InputError } from "../core/problem";
import { sha256 } from "../data/prepare";
import { engine } from "../tensor/native";
import { readSafetensors, type Stored, writeSafetensors } from "../tensor/safetensors";
import { restoreWeights, type SlotState, type Snapshot, storedWeights } from "../tensor/weights";
import type { Position } from "./position";
import type { Network } from "./step";

/** What is stored as JSON in the file's metadata. */
interface State {
	format: 1;
	position: Position;
	updates: number;
	weights: SlotState[];
}

/** Names the training that a checkpoint belongs to: another model, hyperparameter, seed, data set, order of rows or engine is another training. */
export function identityOf({ model, hyper, seed, data }: Network, engineVersion: number, order: string): string {
	const { name, version } = model;
	return sha256({ name, version, hyper, seed, data: data.fingerprint, order, engineVersion, tier: engine().tier });
}

/** Writes the whole state of a training: position, weights, moments, and the best weights so far. */
export async function saveCheckpoint(
	path: string,
	identity: string,
	network: Network,
	position: Position,
	best: Snapshot,
): Promise<void> {
	const { arrays, state } = storedWeights(network.weights);
	const kept: State = { format: 1, position, updates: network.step, weights: state };
	const all: Stored[] = [...arrays, ...best.stored("best")];
	await mkdir(dirname(path), { recursive: true });
	const about = { identity, training: network.model.name, state: JSON.stringify(kept) };
	await writeSafetensors(path, all, about).catch(({ code, message }: NodeJS.ErrnoException) => {
		throw new Error(
			`the checkpoint ${path} could not be written (${code ?? message}): make room, and give the same command again`,
		);
	});
}

/**
 * Brings a network to where its checkpoint left it.
 *
 * @returns the position, and the best weights so far; undefined when there is no checkpoint
 * @throws InputError a damaged file, or the checkpoint of another training
 */
export async function loadCheckpoint(
	path: string,
	identity: string,
	network: Network,
): Promise<{ position: Position; best: Snapshot } | undefined> {
	if (!existsSync(path)) return undefined;
	const { metadata, arrays } = await readSafetensors(path);
	if (metadata.identity !== identity)
		throw new InputError(
			`${path} is the checkpoint of another training (${metadata.training ?? "of no model"}; or other hyperparameters, seed, data or engine): remove it, or give the options it was made with`,
		);
	const { position, updates, weights } = JSON.parse(metadata.state) as State;
	network.step = updates;
	return { position, best: restoreWeights(network.weights, weights, arrays, "best") };
}
