import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pCTCVR } from "../core/prob";
import { InputError } from "../core/problem";
import type { Dataset, Field } from "../data/dataset";
import { openDuckDb, sqlText } from "../data/duckdb";
import { fieldsBeside } from "../data/fieldsBeside";
import { writeParquet } from "../data/parquet";
import { split } from "../data/split";
import { columnsOfResult } from "../data/sqlColumns";
import { type Replay, replayTable } from "../simulator/replay";
import { rankingOutcome } from "../simulator/rerank";
import type { Simulated } from "../simulator/simulate";
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
}

/** The replay table of a log with its candidates as a model takes them. */
export interface Candidates {
	/** Of the data set that models of the log are trained on. */
	fingerprint: string;
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
	const table = replayTable(log, day[split(log, how.split).test[0]]);
	return { fingerprint, table, fields: fieldsBeside(log, table, how) };
}

let last: Candidates | undefined;

/**
 * The candidates of a source, simulated anew; those of the last one stay in memory for the next run on the log.
 *
 * @throws InputError a source that is not simulated: only a simulator knows what another ranking would have brought
 */
export async function loadCandidates(source: Source, fingerprint: string, signal?: AbortSignal): Promise<Candidates> {
	if (last?.fingerprint === fingerprint) return last;
	last = undefined;
	if (source.source !== "simulator")
		throw new InputError(
			`the simulated A/B test needs a simulated log, where what another ranking brings is known: not one of ${source.source}`,
		);
	last = candidatesOf(await simulatedLog(source, { signal }), source, fingerprint);
	return last;
}

/**
 * Ranks all candidates of each request by a trained model's pCTCVR at position 1 and writes what its slates bring as one Parquet file,
 * whole.
 */
export async function writeReplayed(path: string, fitted: Pick<Fitted, "predictOn">, of: Candidates): Promise<void> {
	const { table, fields } = of;
	const candidates: Pick<Dataset, "name" | "fields"> = { name: table.name, fields };
	const all = Int32Array.from({ length: table.rows }, (_, row) => row);
	const { clicks, conversions } = rankingOutcome(table, fitted.predictOn(candidates, all)[pCTCVR]);
	const owner = table.columns.user as Int32Array;
	const user = Int32Array.from(clicks, (_, request) => owner[request * table.candidates]);
	await mkdir(dirname(path), { recursive: true });
	await writeParquet(path, { user, clicks: Float32Array.from(clicks), conversions: Float32Array.from(conversions) });
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
		isKept: (hash) => isReplayed(store, hash),
		keep: async (hash, fitted) =>
			writeReplayed(replayedFile(store, hash), fitted, await loadCandidates(source, run.data, signal)),
	};
}

/** The file that keeps what a run's ranking brings. */
export const replayedFile = ({ folder }: Pick<Store, "folder">, run: string): string =>
	join(folder, `${run}.replay.parquet`);

/** Whether what a run's ranking brings is kept, in the store or committed. */
export const isReplayed = (store: Pick<Store, "folder">, run: string): boolean => keptAt(store, run) !== undefined;

function keptAt(store: Pick<Store, "folder">, run: string): string | undefined {
	const own = replayedFile(store, run);
	return existsSync(own) ? own : committedFile(run, "replay.parquet");
}

/**
 * What a run's ranking brings, as it was kept.
 *
 * @throws InputError a run that was not asked for it
 */
export async function readReplayed(store: Pick<Store, "folder">, run: string): Promise<Replayed> {
	const file = keptAt(store, run);
	if (file === undefined)
		throw new InputError(
			`run ${run.slice(0, 12)} has kept no outcomes of the simulated A/B test: a job with "replay" makes them`,
		);
	const db = await openDuckDb({ threads: 1 });
	try {
		const query = `SELECT * FROM read_parquet(${sqlText(file)})`;
		const { user, clicks, conversions } = await columnsOfResult(await db.connection.stream(query));
		return {
			user: user as Int32Array,
			clicks: Float64Array.from(clicks as Float32Array),
			conversions: Float64Array.from(conversions as Float32Array),
		};
	} finally {
		db.close();
	}
}
