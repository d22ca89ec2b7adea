import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../core/problem";
import type { Dataset } from "../data/dataset";
import { fingerprint, type Preparation, prepare } from "../data/prepare";
import { readAliCcp } from "../data/readers/aliccp";
import { readEncodedCsv } from "../data/readers/encodedCsv";
import { type SplitRule, splits } from "../data/split";
import type { PresetName } from "../simulator/presets";
import { fingerprintOf, simulatedSchema, simulateInTurns } from "../simulator/simulate";

/** Where impressions come from. */
export type Source =
	| { source: "simulator"; preset: PresetName; rows?: number; logSeed: number }
	| { source: "aliccp"; raw: string; protocol: "cstwa" }
	/** A folder of already encoded Ali-CCP rows (ali_ccp_train_sample.csv and its companions). */
	| { source: "folder"; folder: string };

/** Hears how far the reading is, in parts of `total`. */
export type Progress = (done: number, total: number) => void;

/** Ids rarer than this in the training rows are "unknown", unless the source says otherwise. */
const MIN_FREQUENCY = 10;

/** The split and encoding that belong to a source. */
export function preparationOf(source: Source): Preparation {
	const bySource: SplitRule = { by: "source", valid: 0.1, seed: 0 };
	if (source.source === "simulator") return { split: splits.esmm, encoding: { minFrequency: MIN_FREQUENCY } };
	if (source.source === "aliccp") return { split: bySource, encoding: { minFrequency: MIN_FREQUENCY } };
	return { split: bySource, encoding: { minFrequency: 1 } };
}

/** The fingerprint of a source's data set where it is known without reading, as for a simulated log. */
export function knownFingerprint(source: Source): string | undefined {
	if (source.source !== "simulator") return undefined;
	const { preset, rows, logSeed } = source;
	const log = { fingerprint: fingerprintOf({ preset, rows, seed: logSeed }), schema: simulatedSchema() };
	return fingerprint(log, preparationOf(source));
}

/** Reads or simulates a log and prepares it. */
export async function load(source: Source, progress?: Progress): Promise<Dataset> {
	return prepare(await logOf(source, progress), preparationOf(source));
}

async function logOf(source: Source, progress?: Progress) {
	if (source.source === "simulator") {
		const { preset, rows, logSeed } = source;
		return simulateInTurns({ preset, rows, seed: logSeed, progress });
	}
	if (source.source === "aliccp") {
		const log = await readAliCcp({ folder: source.raw, protocol: source.protocol, progress });
		const remarks = log.droppedCommon.map((row) => ({ ...row, reason: `common row: ${row.reason}` }));
		return { ...log, remarks };
	}
	if (!existsSync(join(source.folder)))
		throw new InputError(`--data "${source.folder}" is neither "simulator" nor "aliccp", and there is no such folder`);
	return readEncodedCsv({ folder: source.folder });
}
