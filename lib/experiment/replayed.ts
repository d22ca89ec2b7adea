import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { pCTCVR } from "../core/prob";
import { InputError } from "../core/problem";
import type { Dataset, Field } from "../data/dataset";
import { openDuckDb, sqlText } from "../data/duckdb";
import { fieldsBeside } from "../data/fieldsBeside";
import { writeParquet } from "../data/parquet";
import { split } from "../data/split";
import { columnsOfResult } from "../data/sqlColumns";
import { chooseKnobs } from "../simulator/presets";
import { type Replay, replayFingerprint, replayTable } from "../simulator/replay";
import { rankingOutcome } from "../simulator/rerank";
import { fingerprintOf, type Simulated } from "../simulator/simulate";
import type { Fitted } from "../train/fit";
import { committedFile } from "./committed";
import type { Execute, Run } from "./run";
import { preparationOf, type Source, simulatedLog } from "./source";
import type { Store } from "./store";

/** What a run's ranking brings in the simulated A/B test: one value a request of the replay table, the same requests for every run on the log. */
export interface Replayed {
	/** Whose request it is. */
	user: Int32Array;
	/** Expected clicks of the slate that the model would show, Σ pctr at the new positions. */
	clicks: Float64Array;
	/** Expected conversions of it, Σ pctr·pcvr_obs. */
	conversions: Float64Array;
	/** Fingerprint of the replay table: another number of requests, or another first day, is another table. */
	table: string;
}

/** What is kept beside the file of a run's outcomes, so that no other run's, no other table's and no changed file passes for it. */
interface Kept {
	run: string;
	/** Of the replay table. */
	table: string;
	/** Requests of the table are of this day or a later one. */
	firstDay: number;
	/** Of the Parquet file. */
	sha256: string;
}

/** The replay table of a log with its candidates as a model takes them. */
export interface Candidates {
	/** Of the data set that models of the log are trained on. */
	fingerprint: string;
	/** The first day of the log's test part. */
	firstDay: number;
	table: Replay;
	fields: readonly Field[];
}

/**
 * The candidates of a simulated log's test requests, encoded as the data set `preparationOf(source)` makes of it. Requests are of the days
 * of its test part, so that no model was trained on any of them.
 */
export function candidatesOf(
	log: Simulated,
	source: Extract<Source, { source: "simulator" }>,
	fingerprint: string,
): Candidates {
	const how = preparationOf(source);
	const day = log.columns.day as Int32Array;
	const firstDay = day[split(log, how.split).test[0]];
	const table = replayTable(log, firstDay);
	return { fingerprint, firstDay, table, fields: fieldsBeside(log, table, how) };
}

let last: Candidates | undefined;

/**
 * The candidates of a source, simulated anew; those of the last one stay in memory for the next run on the log.
 *
 * @throws InputError a source that is not simulated: only a simulator knows what another ranking would have brought
 */
export async function loadCandidates(source: Source, fingerprint: string, signal?: AbortSignal): Promise<Candidates> {
	if (last?.fingerprint === fingerprint && last.table.fingerprint === tableOf(source, last.firstDay)) return last;
	last = undefined;
	if (source.source !== "simulator")
		throw new InputError(
			`the simulated A/B test needs a simulated log, where what another ranking brings is known: not one of ${source.source}`,
		);
	last = candidatesOf(await simulatedLog(source, { signal }), source, fingerprint);
	return last;
}

/** Fingerprint of a source's replay table; undefined of one that is not simulated. How many requests it has is in no fingerprint of the log. */
function tableOf(source: Source, firstDay: number): string | undefined {
	if (source.source !== "simulator") return undefined;
	const { preset, rows, logSeed: seed, knobs } = source;
	return replayFingerprint(fingerprintOf({ preset, rows, seed, knobs }), chooseKnobs(preset, knobs), firstDay);
}

/**
 * Ranks all candidates of each request by a trained model's pCTCVR at position 1 and keeps what its slates bring beside the run's
 * result.
 */
export async function writeReplayed(
	store: Pick<Store, "folder">,
	run: string,
	fitted: Pick<Fitted, "predictOn">,
	of: Candidates,
): Promise<void> {
	const { table, fields } = of;
	const candidates: Pick<Dataset, "name" | "fields"> = { name: table.name, fields };
	const all = Int32Array.from({ length: table.rows }, (_, row) => row);
	const { clicks, conversions } = rankingOutcome(table, fitted.predictOn(candidates, all)[pCTCVR]);
	const owner = table.columns.user as Int32Array;
	const user = Int32Array.from(clicks, (_, request) => owner[request * table.candidates]);
	await keepReplayed(store, run, { user, clicks, conversions, table: table.fingerprint }, of.firstDay);
}

/**
 * Keeps a run's outcomes: HASH.replay.parquet, whole, with single precision, and HASH.replay.json, which says whose they are and
 * what sum the file has.
 */
export async function keepReplayed(
	store: Pick<Store, "folder">,
	run: string,
	{ user, clicks, conversions, table }: Replayed,
	firstDay: number,
): Promise<void> {
	const file = replayedFile(store, run);
	await mkdir(store.folder, { recursive: true });
	await writeParquet(file, { user, clicks: Float32Array.from(clicks), conversions: Float32Array.from(conversions) });
	const kept: Kept = { run, table, firstDay, sha256: sumOf(file) };
	await writeFileAtomic(besideFile(file), `${JSON.stringify(kept)}\n`);
}

/**
 * What `execute` keeps beside the result of a job with "replay".
 *
 * @throws InputError a run that takes pCTR from another network, whose ranking is no model's own
 */
export function replaying(
	{ run, source }: { run: Run; source: Source },
	store: Pick<Store, "folder">,
	signal?: AbortSignal,
): Execute["beside"] {
	if (run.ctr !== "own")
		throw new InputError(
			`${run.model} takes pCTR from ${run.ctr.model}: the simulated A/B test ranks by a model's own`,
		);
	return {
		isKept: (hash) => isReplayed(store, { hash, source }),
		keep: async (hash, fitted) => writeReplayed(store, hash, fitted, await loadCandidates(source, run.data, signal)),
	};
}

/** The file that keeps what a run's ranking brings. */
export const replayedFile = ({ folder }: Pick<Store, "folder">, run: string): string => join(folder, `${run}.${END}`);

/**
 * Whether what a run's ranking brings is kept, in the store or committed: of this run, of the replay table that its source has now, bit
 * for bit. A file that is anything else is told and counts as none.
 */
export const isReplayed = (store: Pick<Store, "folder">, { hash, source }: { hash: string; source: Source }): boolean =>
	placesOf(store, hash).some((file) => isSound(file, hash, source));

/** The files that are to be copied beside a run's committed result; none where those that are committed are sound, or it has none. */
export function replayedToCommit(store: Pick<Store, "folder">, of: { hash: string; source: Source }): string[] {
	const [own, committed] = [replayedFile(store, of.hash), committedFile(of.hash, END)];
	if (!existsSync(own) || !isSound(own, of.hash, of.source)) return [];
	return committed !== undefined && isSound(committed, of.hash, of.source) ? [] : [own, besideFile(own)];
}

const END = "replay.parquet";
const besideFile = (file: string): string => file.replace(/parquet$/, "json");
const sumOf = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");

/** The store's own file and the committed one, as far as they are there. */
const placesOf = (store: Pick<Store, "folder">, run: string): string[] =>
	[replayedFile(store, run), committedFile(run, END)].filter(
		(file): file is string => file !== undefined && existsSync(file),
	);

const told = new Set<string>();

/** Whether a file is what a run wrote, of its source's replay table; if not, it is told, once. */
function isSound(file: string, run: string, source?: Source): boolean {
	const wrong = whatIsWrong(file, run, source);
	if (wrong === undefined) return true;
	const line = `${file} ${wrong}; it counts as none\n`;
	if (!told.has(line)) process.stderr.write(line);
	told.add(line);
	return false;
}

function whatIsWrong(file: string, run: string, source: Source | undefined): string | undefined {
	const kept = keptWith(file);
	if (kept === undefined) return `has no ${END.replace("parquet", "json")} beside it that says whose it is`;
	if (kept.run !== run) return `is of another run: ${String(kept.run).slice(0, 12)}`;
	if (kept.sha256 !== sumOf(file)) return "is damaged";
	if (source && kept.table !== tableOf(source, kept.firstDay))
		return "is of another replay table than the run's log has now";
	return undefined;
}

function keptWith(file: string): Kept | undefined {
	try {
		return (JSON.parse(readFileSync(besideFile(file), "utf8")) ?? undefined) as Kept | undefined;
	} catch {
		return undefined;
	}
}

/**
 * What a run's ranking brings, as it was kept; a file that is not the run's, or was changed, is told and counts as none.
 *
 * @throws InputError a run that was not asked for it
 */
export async function readReplayed(store: Pick<Store, "folder">, run: string): Promise<Replayed> {
	const file = placesOf(store, run).find((one) => isSound(one, run));
	if (file === undefined)
		throw new InputError(
			`run ${run.slice(0, 12)} has kept no outcomes of the simulated A/B test: a job with "replay" makes them`,
		);
	const { table } = keptWith(file) as Kept;
	const db = await openDuckDb({ threads: 1 });
	try {
		const query = `SELECT * FROM read_parquet(${sqlText(file)})`;
		const { user, clicks, conversions } = await columnsOfResult(await db.connection.stream(query));
		return {
			user: user as Int32Array,
			clicks: Float64Array.from(clicks as Float32Array),
			conversions: Float64Array.from(conversions as Float32Array),
			table,
		};
	} finally {
		db.close();
	}
}
