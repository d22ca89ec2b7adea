import { existsSync, readdirSync, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { InputError } from "../core/problem";
import { projectRoot } from "../core/root";
import { findAliCcp } from "../data/aliccp/files";
import { prepareAliCcp } from "../data/aliccp/prepare";
import type { AliCcpProtocol } from "../data/aliccp/protocol";
import { readerVersion } from "../data/aliccp/scan";
import type { Dataset } from "../data/dataset";
import { encoderVersion } from "../data/encode";
import { fingerprint, type Preparation, prepare, sha256 } from "../data/prepare";
import { CARD, readCard } from "../data/prepared/card";
import { readPrepared } from "../data/prepared/read";
import { readEncodedCsv } from "../data/readers/encodedCsv";
import type { Schema } from "../data/schema";
import { type SplitName, splits } from "../data/split";
import { chooseKnobs, type Knobs, type PresetName } from "../simulator/presets";
import { fingerprintOf, type Simulated, simulatedSchema, simulateInTurns } from "../simulator/simulate";

/** Where impressions come from. */
export type Source =
	| {
			source: "simulator";
			preset: PresetName;
			rows?: number;
			logSeed: number;
			split?: SplitName;
			/** "quantiles": numbers become ids of quantile buckets of the training part. Unless said they are scaled by tanh. */
			numbers?: "quantiles";
			/** Knobs set otherwise than the preset does. */
			knobs?: Partial<Knobs>;
	  }
	/** A folder of raw Ali-CCP files, prepared at the first use into a folder of the cache. */
	| { source: "aliccp"; raw: string; protocol: AliCcpProtocol }
	/** A prepared folder, or one of already encoded Ali-CCP rows (ali_ccp_train_sample.csv and its companions). */
	| { source: "folder"; folder: string };

/** A source that is simulated. */
type SimulatedSource = Extract<Source, { source: "simulator" }>;

/** Whom to tell how far the reading is, and who may stop it. */
export interface Reading {
	/** `done` of `total`: bytes of raw files, steps of their encoding, rows of a prepared or a simulated log. */
	progress?: (stage: "simulating" | "reading" | "encoding" | "loading", done: number, total: number) => void;
	signal?: AbortSignal;
}

/** A simulated log is split as ESMM's unless its source names another paper's split. */
export const preparationOf = ({ split = "esmm" }: { split?: SplitName }): Preparation => ({
	split: splits[split],
	encoding: { minFrequency: 10 },
});
/** Encoded rows have been filtered by whoever encoded them. */
const encodedPreparation: Preparation = {
	split: { by: "source", valid: 0.1, seed: 0 },
	encoding: { minFrequency: 1 },
};

/** The fingerprint of a source's data set where it is known without reading: of a simulated log, of a prepared folder. */
export async function knownFingerprint(source: Source): Promise<string | undefined> {
	if (source.source === "simulator") {
		const { preset, rows, logSeed: seed, knobs } = source;
		const schema = schemaOf(source, simulatedSchema(chooseKnobs(preset, knobs)));
		return fingerprint({ fingerprint: fingerprintOf({ preset, rows, seed, knobs }), schema }, preparationOf(source));
	}
	const folder = await preparedFolder(source);
	return folder === undefined ? undefined : (await readCard(folder)).fingerprint;
}

/** The prepared folder that a source is read from; undefined where there is none, or none yet. */
export async function preparedFolder(source: Exclude<Source, { source: "simulator" }>): Promise<string | undefined> {
	const folder = source.source === "aliccp" ? await cacheOf(source) : source.folder;
	return isPrepared(folder) ? folder : undefined;
}

/** Reads or simulates a log and prepares it. Raw Ali-CCP files are prepared once; then their prepared folder is read. */
export async function load(source: Source, { progress, signal }: Reading = {}): Promise<Dataset> {
	if (source.source === "simulator")
		return prepare(await simulatedLog(source, { progress, signal }), preparationOf(source));
	const loading = (done: number, total: number) => {
		goOn(signal);
		progress?.("loading", done, total);
	};
	if (source.source === "aliccp") {
		const { raw, protocol } = source;
		const out = await cacheOf(source);
		if (!isPrepared(out)) await prepareAliCcp({ raw, out, protocol, progress, signal });
		return readPrepared(out, loading);
	}
	const { folder } = source;
	if (!existsSync(folder))
		throw new InputError(`--data "${folder}" is neither "simulator" nor "aliccp", and there is no such folder`);
	if (isPrepared(folder)) return readPrepared(folder, loading);
	if (!statSync(folder).isDirectory())
		throw new InputError(
			`--data ${folder} is a file: prepare it with "npm run data -- import --schema S.json --out DIR ${folder}", and give DIR`,
		);
	if (!readdirSync(folder).some((name) => /^ali_ccp_.*\.csv$/.test(name))) await readCard(folder);
	return prepare(await readEncodedCsv({ folder }), encodedPreparation);
}

/** The log of a simulated source, as it is before it is prepared. */
export async function simulatedLog(source: SimulatedSource, { progress, signal }: Reading = {}): Promise<Simulated> {
	const { preset, rows, logSeed: seed, knobs } = source;
	const told = (done: number, total: number) => {
		goOn(signal);
		progress?.("simulating", done, total);
	};
	const log = await simulateInTurns({ preset, rows, seed, knobs, progress: told });
	return { ...log, name: nameOf(source, log.name), schema: schemaOf(source, log.schema) };
}

/** A simulated log's schema, with what its source says of numbers. */
function schemaOf({ numbers }: SimulatedSource, schema: Schema): Schema {
	if (numbers === undefined) return schema;
	if (numbers !== "quantiles")
		throw new InputError(`"numbers" of a simulated log is "quantiles" or is left out, not ${JSON.stringify(numbers)}`);
	return { ...schema, numbers };
}

/** A simulated log's name with what its source sets otherwise. */
function nameOf({ knobs = {}, numbers }: SimulatedSource, name: string): string {
	const set = Object.entries(knobs).map(([knob, value]) => `${knob} ${JSON.stringify(value)}`);
	return [name, ...set, ...(numbers ? [`numbers in ${numbers}`] : [])].join(", ");
}

function goOn(signal: AbortSignal | undefined): void {
	if (signal?.aborted) throw new Error("stopped while reading; nothing was stored");
}

const isPrepared = (folder: string): boolean => existsSync(join(folder, CARD));

/** The folder of the cache (data/cache; the variable CACHE names another) for raw files as they are: by path, size and time of change. */
async function cacheOf({ raw, protocol }: Extract<Source, { source: "aliccp" }>): Promise<string> {
	const { parts } = await findAliCcp(raw);
	const about = { reader: readerVersion, encoder: encoderVersion };
	const files: Record<string, object> = {};
	for (const name of parts.flatMap(({ skeleton, common }) => [skeleton, common])) {
		const { size, mtimeMs } = await stat(join(raw, name));
		files[name] = { size, mtimeMs };
	}
	const key = sha256({ raw: resolve(raw), protocol, files, ...about });
	return join(process.env.CACHE ?? join(projectRoot(), "data/cache"), `aliccp-${protocol}-${key.slice(0, 16)}`);
}
