import { mkdir, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { InputError } from "../../core/problem";
import type { Log } from "../../data/log";
import { type ParquetColumn, writeParquet } from "../../data/parquet";
import type { Schema } from "../../data/schema";
import { splits } from "../../data/split";
import { microActions } from "../../simulator/behaviour";
import { occasions } from "../../simulator/calendar";
import { randomExposure } from "../../simulator/randomExposure";
import { replayTable } from "../../simulator/replay";
import { actionTypes, eventColumns, type Sequences } from "../../simulator/sequence";
import { makeWorld, type Simulated, simulatorVersion } from "../../simulator/simulate";
import { calendarTable, itemsTable, usersTable, type WorldTable } from "../../simulator/tables";
import { type Assertion, checkLog } from "./checkLog";
import { type Ceilings, ceilings, type SelectionBias, selectionBias } from "./truth";

/** What is found out about a simulated log once it is there. */
export interface Findings {
	ceilings: Ceilings;
	selectionBias: SelectionBias;
	assertions: Assertion[];
}

/** Bayes ceilings, measures of selection bias and the sanity assertions of a log. */
export const findingsOf = (log: Simulated): Findings => ({
	ceilings: ceilings(log),
	selectionBias: selectionBias(log),
	assertions: checkLog(log),
});

/** Columns of the files that the log in memory has not: none may be a feature. */
const fileColumns = ["is_random", "sequence_start", "sequence_length"];

/**
 * The schema of the files, in the form that `npm run data -- import --schema` reads: that of the log, with what the files
 * have besides among the oracle columns, and ESMM's split by days. A truth of a space that is no event (`oAction`,
 * `oMicro`: clicks without the action) is an oracle column only, for a schema file knows no complements.
 */
export const schemaOfFiles = ({ schema }: Simulated): Schema & { split: object } => ({
	...schema,
	truth: Object.fromEntries(Object.entries(schema.truth ?? {}).filter(([prob]) => !/\|o(Action|Micro)$/.test(prob))),
	oracle: [...(schema.oracle ?? []), ...fileColumns],
	split: splits.esmm,
});

/** What of a simulation is written beside the log, by the end of the file's name. */
export const companions = [
	"schema.json",
	"random.parquet",
	"replay.parquet",
	"events.parquet",
	"users.parquet",
	"items.parquet",
	"calendar.parquet",
	"meta.json",
] as const;

/**
 * Writes a simulated log and what belongs to it. For `log.parquet`:
 *
 * - log.parquet: the impressions with all columns; `impression` is the row, `is_random` 0, `sequence_start` and
 *   `sequence_length` are the rows of log.events.parquet that the request may see;
 * - log.schema.json: what the columns mean, for `npm run data -- import`;
 * - log.random.parquet: the random-exposure log, the same columns with `is_random` 1 (none where `randomLog` is 0);
 * - log.replay.parquet: the replay table; log.events.parquet: the users' event log, in the order of users and time;
 * - log.users.parquet, log.items.parquet: the world, with latents (the key-value metadata `oracle` names them), and
 *   log.calendar.parquet;
 * - log.meta.json: knobs, seed, version, intercepts, realised rates, findings, what the files hold. Written last.
 *
 * The same log, the same bytes. Each file is written whole; a meta file of before goes first.
 *
 * @param progress told the files done, of all
 * @returns the files' names
 * @throws InputError `out` does not end in .parquet
 */
export async function writeSimulated(
	log: Simulated,
	found: Findings,
	out: string,
	{ progress, signal }: { progress?: (done: number, total: number) => void; signal?: AbortSignal } = {},
): Promise<string[]> {
	const base = baseOf(out);
	await mkdir(dirname(base), { recursive: true });
	await rm(`${base}.meta.json`, { force: true });
	const { knobs, seed, sequences } = log;
	const { users, items, calendar } = makeWorld(knobs, seed);
	const files: Record<string, { rows: number; oracle?: readonly string[] }> = {};
	const table = async (
		end: string,
		rows: number,
		columns: Record<string, ParquetColumn>,
		oracle: readonly string[],
	) => {
		if (signal?.aborted) throw new Error(`stopped while writing: ${base}.meta.json is missing, give the command again`);
		await writeParquet(`${base}${end}`, columns, oracle.length > 0 ? { oracle: oracle.join(",") } : {});
		files[basename(`${base}${end}`)] = { rows, oracle };
		progress?.(Object.keys(files).length, companions.length);
	};
	const world = (end: string, { rows, columns, oracle }: WorldTable) => table(end, rows, listed(columns, rows), oracle);
	const schema = schemaOfFiles(log);

	await table(".parquet", log.rows, impressions(log, log.sequences), schema.oracle ?? []);
	await rm(`${base}.random.parquet`, { force: true });
	const random = knobs.randomLog > 0 ? randomExposure(log) : undefined;
	if (random) await table(".random.parquet", random.rows, impressions(random, random.sequences), schema.oracle ?? []);
	const replay = replayTable(log);
	const ofReplay = { ...flat(replay), ...places(replay.sequences) };
	await table(".replay.parquet", replay.rows, ofReplay, [...(replay.schema.oracle ?? []), ...fileColumns.slice(1)]);
	const events = Object.fromEntries(eventColumns.map((name) => [name, sequences.events[name]]));
	await table(".events.parquet", sequences.events.time.length, events, []);
	await world(".users.parquet", usersTable(knobs, users));
	await world(".items.parquet", itemsTable(knobs, items));
	await world(".calendar.parquet", calendarTable(calendar));

	const meta = {
		...{ name: log.name, fingerprint: log.fingerprint, simulatorVersion, seed, knobs },
		...{ intercepts: log.intercepts, realised: log.realised, realisedRandom: random?.realised ?? null },
		...found,
		codes: { occasion: occasions, type: actionTypes, actions: microActions },
		files,
	};
	const text = (value: object) => `${JSON.stringify(value, null, "\t")}\n`;
	await writeFileAtomic(`${base}.schema.json`, text(schema));
	await writeFileAtomic(`${base}.meta.json`, text(meta));
	return [...Object.keys(files), `${basename(base)}.schema.json`, `${basename(base)}.meta.json`];
}

/** The path without ".parquet", from which the names of all files are made. */
export function baseOf(out: string): string {
	if (!out.endsWith(".parquet") || basename(out) === ".parquet")
		throw new InputError(`--out "${out}" must be the name of a file that ends in .parquet, such as log.parquet`);
	return out.slice(0, -".parquet".length);
}

function impressions(log: Log, sequences: Sequences): Record<string, ParquetColumn> {
	return {
		impression: Int32Array.from({ length: log.rows }, (_, row) => row),
		is_random: new Uint8Array(log.rows),
		...flat(log),
		...places(sequences),
	};
}

const places = ({ start, length }: Sequences) => ({ sequence_start: start, sequence_length: length });

const flat = ({ columns }: Log): Record<string, ParquetColumn> => columns as Record<string, Int32Array>;

/** Vectors as lists of one length. */
function listed(columns: WorldTable["columns"], rows: number): Record<string, ParquetColumn> {
	const list = (width: number) => Int32Array.from({ length: rows + 1 }, (_, row) => row * width);
	return Object.fromEntries(
		Object.entries(columns).map(([name, column]) => [
			name,
			"width" in column ? { offsets: list(column.width), values: column.values } : column,
		]),
	);
}
