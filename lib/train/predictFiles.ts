import { existsSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { InputError } from "../core/problem";
import type { Dataset, Split } from "../data/dataset";
import { openDuckDb } from "../data/duckdb";
import { encodedFiles } from "../data/encoded/encodedFiles";
import type { EncodedPiece } from "../data/encoded/pieces";
import { openRawFiles, withoutCode } from "../data/encoded/rawFiles";
import { sha256OfFile } from "../data/files/importFiles";
import { halfOf } from "../data/leftovers";
import type { Dropped } from "../data/log";
import { type ParquetWriter, parquetWriter } from "../data/parquetWriter";
import { CARD, parts, readCard } from "../data/prepared/card";
import { streamPrepared } from "../data/prepared/stream";
import { checkWritable } from "../data/writable";
import { cardFieldsOf } from "./encodedRows";
import type { LoadedModel } from "./loadModel";
import { VOCABULARY } from "./modelFile";

/** What to predict, and where to. */
export interface PredictFiles {
	model: LoadedModel;
	/**
	 * Prepared folders or their Parquet files; or else CSV or Parquet files with the features' raw values, as the files had that the
	 * model's log was imported from. Not both.
	 */
	files: readonly string[];
	/** The Parquet file to write. */
	out: string;
	/** The files hold codes, not raw values. */
	encoded?: boolean;
	/** Hears rows predicted. */
	progress?: (rows: number) => void;
	signal?: AbortSignal;
}

/** What was predicted. */
export interface Predicted {
	rows: number;
	columns: string[];
	/** Raw rows left out, and missing numbers, by reason. */
	dropped: Dropped[];
	remarks: Dropped[];
	/** Field → how many ids have no code (unknown or absent); for raw files. */
	unknown: Record<string, number>;
}

/**
 * Predicts the rows of files into one Parquet file: `file` (number of the file, from 0), `row` (in a prepared folder the row over
 * train, valid and test, else the row of the file, both from 1; in CSV the line), and a float column for each Prob. Rows keep their
 * order. Memory does not grow with the rows.
 *
 * @throws InputError files that the model cannot read, in one line that names the file, and the row where there is one
 */
export async function predictFiles(options: PredictFiles): Promise<Predicted> {
	const { model, files, out, signal } = options;
	if (files.length === 0) throw new InputError("name the files to predict: a prepared folder, Parquet or CSV");
	for (const file of files) {
		if (!existsSync(file))
			throw new InputError(`${file} is not there: give a prepared folder, or a Parquet or CSV file`);
		if (resolve(file) === resolve(out))
			throw new InputError(`--out ${out} is one of the files to predict: give another`);
	}
	if (existsSync(out) && statSync(out).isDirectory())
		throw new InputError(`--out ${out} is a folder: give the name of a Parquet file`);
	const to = dirname(resolve(out));
	checkWritable(to, (why) => `--out ${out} cannot be written (${why}): give a file in a folder that can be written to`);
	const prepared = files.map(preparedAt);
	const [first, other] = [prepared.findIndex((one) => one), prepared.findIndex((one) => !one)];
	if (first >= 0 && other >= 0)
		throw new InputError(`${files[first]} is of a prepared log and ${files[other]} is not: predict them one by one`);
	await mkdir(to, { recursive: true });
	const done: Predicted = { rows: 0, columns: [], dropped: [], remarks: [], unknown: {} };
	const { probs } = model.about;
	const columns = (file: Int32Array, row: Int32Array, scores: Record<string, Float32Array>) => ({
		file,
		row,
		...scores,
	});
	const none = new Int32Array(0);
	const like = columns(none, none, Object.fromEntries(probs.map((prob) => [prob, new Float32Array(0)])));
	done.columns = Object.keys(like);
	const writer: ParquetWriter = await parquetWriter(out, like);
	try {
		const pieces =
			first >= 0
				? ofPrepared(model, prepared as At[])
				: options.encoded
					? ofEncoded(model, files)
					: ofRaw(model, files, out, done);
		for await (const piece of pieces) {
			const predictions = model.predictOn(
				piece,
				Int32Array.from({ length: piece.rows }, (_, row) => row),
			);
			const scores = Object.fromEntries(probs.map((prob) => [prob, predictions[prob]]));
			await writer.append(columns(piece.file, piece.row, scores), piece.rows);
			done.rows += piece.rows;
			options.progress?.(done.rows);
			await new Promise(setImmediate);
			if (signal?.aborted) throw new Error("stopped; nothing was written");
		}
		await writer.finish();
		return done;
	} finally {
		await writer.close();
	}
}

/** A prepared folder, or one part of it. */
interface At {
	folder: string;
	parts: readonly (keyof Split)[];
}

function preparedAt(path: string): At | undefined {
	if (statSync(path).isDirectory()) return { folder: path, parts };
	const part = parts.find((name) => `${name}.parquet` === basename(path));
	return part !== undefined && existsSync(join(dirname(path), CARD))
		? { folder: dirname(path), parts: [part] }
		: undefined;
}

async function* ofPrepared(model: LoadedModel, all: readonly At[]): AsyncGenerator<EncodedPiece> {
	for (const { folder } of all) await checkVocabulary(model, folder);
	for (const [number, { folder, parts }] of all.entries()) {
		let before = 0;
		for (const part of parts)
			for await (const data of streamPrepared(folder, part)) {
				yield placed(data, number, before);
				before += data.rows;
			}
	}
}

const placed = ({ name, rows, fields }: Dataset, number: number, before: number): EncodedPiece => ({
	...{ name, rows, fields },
	file: new Int32Array(rows).fill(number),
	row: Int32Array.from({ length: rows }, (_, row) => before + row + 1),
});

/** Refuses a folder whose codes may mean other ids than the model's: it would be predicted without complaint, and wrongly. */
async function checkVocabulary({ about }: LoadedModel, folder: string): Promise<void> {
	const card = await readCard(folder);
	if (card.fingerprint === about.data.fingerprint) return;
	const file = join(folder, VOCABULARY);
	const edges = (fields: readonly object[]) =>
		JSON.stringify(fields.map((field) => ("edges" in field ? field.edges : 0)));
	const isSame = edges(card.fields) === edges(about.inputs);
	if (isSame && about.data.vocabulary !== null && existsSync(file))
		if ((await sha256OfFile(file)) === about.data.vocabulary) return;
	throw new InputError(
		`${folder} (${card.name}) was encoded with another vocabulary than ${about.data.name}, which the model was trained on: its codes mean other ids. ${
			about.data.vocabulary === null ? "Train on it" : "Give its raw files instead, or train on it"
		}`,
	);
}

async function* ofEncoded({ about }: LoadedModel, files: readonly string[]): AsyncGenerator<EncodedPiece> {
	const db = await openDuckDb({ memory: "256MB", threads: 2 });
	try {
		yield* encodedFiles(db, files, cardFieldsOf(about.inputs));
	} finally {
		db.close();
	}
}

async function* ofRaw(
	{ about, vocabulary }: LoadedModel,
	files: readonly string[],
	out: string,
	done: Predicted,
): AsyncGenerator<EncodedPiece> {
	const { card, name } = about.data;
	if (vocabulary === undefined || card === undefined)
		throw new InputError(
			`the model was trained on ${name}, and has no vocabulary to encode ${relative(".", files[0])} with: train it on a prepared folder ("npm run data" makes one), or say --encoded where the files hold its codes`,
		);
	// Removed with what else lies beside the output.
	const folder = `${halfOf(out)}.raw`;
	await mkdir(folder, { recursive: true });
	const db = await openDuckDb({ file: join(folder, "log.duckdb"), memory: "500MB", spill: join(folder, "spill") });
	try {
		const raw = await openRawFiles(db, folder, files, card, vocabulary);
		Object.assign(done, { dropped: raw.dropped, remarks: raw.remarks });
		for await (const piece of raw.pieces()) {
			withoutCode(piece.fields, done.unknown);
			yield piece;
		}
	} finally {
		db.close();
	}
}
