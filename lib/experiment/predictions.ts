import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { InputError } from "../core/problem";
import type { Dataset } from "../data/dataset";
import { openDuckDb, sqlText } from "../data/duckdb";
import { type ParquetColumn, writeParquet } from "../data/parquet";
import { columnsOfResult } from "../data/sqlColumns";
import { type Labelled, labelled } from "../metrics/evaluate";
import type { Predictions } from "../train/fit";
import type { Part, RunResult } from "./result";
import type { Store } from "./store";

const PARTS: readonly Part[] = ["valid", "test"];

/** Kept predictions of one part, with what metrics need to know of its rows. */
export interface KeptPredictions extends Labelled {
	/** Row numbers in the data set, rising within the part. */
	rows: Int32Array;
	/** Prob → one probability a row. */
	predictions: Predictions;
}

/**
 * Writes a run's predictions of some parts as one Parquet file (zstd), whole: `part` (0 valid, 1 test), `row`, `user`, the events'
 * labels, the truth where it is known (`truth:` before its name), and a float32 column a Prob.
 */
export async function writePredictions(
	path: string,
	data: Dataset,
	parts: Readonly<Partial<Record<Part, Predictions>>>,
): Promise<NonNullable<RunResult["predictions"]>> {
	const kept = PARTS.filter((part) => parts[part] !== undefined);
	const all = kept.map((part) => data.split[part]);
	const rows = Int32Array.from(all.flatMap((rows) => [...rows]));
	const { events, truth, user } = labelled(data, rows);
	const probs = Object.keys(parts[kept[0]] as Predictions);
	const columns: Record<string, ParquetColumn> = {
		part: Uint8Array.from(
			kept.flatMap((part) => [...new Uint8Array(data.split[part].length).fill(PARTS.indexOf(part))]),
		),
		row: rows,
		...(user ? { user } : {}),
		...events,
		...Object.fromEntries(Object.entries(truth).map(([name, column]) => [`truth:${name}`, column])),
	};
	for (const prob of probs) {
		const column = new Float32Array(rows.length);
		let at = 0;
		for (const part of kept) {
			column.set((parts[part] as Predictions)[prob as keyof Predictions], at);
			at += data.split[part].length;
		}
		columns[prob] = column;
	}
	await mkdir(dirname(path), { recursive: true });
	await writeParquet(path, columns);
	return { parts: kept, rows: rows.length, sha256: await sumOfFile(path) };
}

/** SHA-256 of a file. */
export async function sumOfFile(path: string): Promise<string> {
	const hash = createHash("sha256");
	await pipeline(createReadStream(path), hash);
	return hash.digest("hex");
}

/** Whether a run's predictions are there as its result says, bit for bit. */
export async function arePredictionsKept(store: Store, { run, predictions }: RunResult): Promise<boolean> {
	const path = store.predictions(run);
	return predictions !== undefined && existsSync(path) && (await sumOfFile(path)) === predictions.sha256;
}

/** Whether a run's predictions are there, but not as its result says. */
export const arePredictionsDamaged = async (store: Store, result: RunResult): Promise<boolean> =>
	existsSync(store.predictions(result.run)) && !(await arePredictionsKept(store, result));

/**
 * The kept predictions of a run on one part, with labels, users and truths: all that a paired test needs.
 *
 * @param named the run's hash, or as many of its first characters as no other run has
 * @throws InputError no such run, or one that kept none of this part
 */
export async function readPredictions(store: Store, named: string, part: Part): Promise<KeptPredictions> {
	const names = store.runs(named);
	if (names.length !== 1)
		throw new InputError(
			names.length === 0
				? `no run ${named} is in the store`
				: `${names.length} runs begin with ${named}: give more characters`,
		);
	const [run] = names;
	const result = store.get(run);
	if (!result?.predictions?.parts.includes(part))
		throw new InputError(
			`run ${run.slice(0, 12)} has kept no predictions of its ${part} part: those with --final keep them, and execute with keep: true`,
		);
	if (!(await arePredictionsKept(store, result)))
		throw new Error(`${store.predictions(run)} is not what run ${run.slice(0, 12)} wrote: do the run again`);
	const db = await openDuckDb({ threads: 1 });
	try {
		const file = sqlText(store.predictions(run));
		const query = `SELECT * EXCLUDE (part) FROM read_parquet(${file}) WHERE part = ${PARTS.indexOf(part)}`;
		const { row, user, ...rest } = await columnsOfResult(await db.connection.stream(query));
		const named = Object.entries(rest);
		const pick = <A>(where: (name: string) => boolean, called = (name: string) => name): Record<string, A> =>
			Object.fromEntries(named.filter(([name]) => where(name)).map(([name, column]) => [called(name), column as A]));
		return {
			rows: row as Int32Array,
			...(user ? { user: user as Int32Array } : {}),
			events: pick<Uint8Array>((name) => !name.includes("|") && !name.startsWith(TRUTH)),
			truth: pick<Float32Array>(
				(name) => name.startsWith(TRUTH),
				(name) => name.slice(TRUTH.length),
			),
			predictions: pick<Float32Array>((name) => name.includes("|") && !name.startsWith(TRUTH)),
		};
	} finally {
		db.close();
	}
}

const TRUTH = "truth:";
