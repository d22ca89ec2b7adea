import { join } from "node:path";
import { InputError } from "../../core/problem";
import type { Column, Dropped, Log } from "../log";
import type { Feature } from "../schema";
import { fingerprintOf, listFolder } from "./folder";
import { resized } from "./growing";
import { readLines } from "./lines";
import { merged, type Tally, tally } from "./tally";

/** Raised when a change alters what the same files give. */
export const readerVersion = 1;

/** An encoded log with the SHA-256 of each file it came from. */
export interface EncodedLog extends Log {
	files: Record<string, string>;
}

/** The byte in `part` for each file, as in the other logs: 0 train, 1 test; and 2 for validation. */
const PARTS = { train: 0, val: 2, test: 1 } as const;

const CLICK = "click";
const PURCHASE = "purchase";

const [WRONG_NUMBER, LABEL, CONTRADICTION, ID, NUMBER, TOO_LONG] = [
	"wrong number of comma-separated fields",
	"click or purchase is not 0 or 1",
	"click=0 and purchase=1",
	"id is not a whole number from 0 to 2147483647",
	"number is not in [0, 1]",
	"line longer than 1 MiB",
];

/**
 * Reads Ali-CCP as other projects share it, encoded already: ali_ccp_train.csv, ali_ccp_val.csv and ali_ccp_test.csv (or
 * the same names with `_sample`), with a header line `click,purchase,101,…,D853`. Train is needed, the others are not.
 *
 * Ids are kept as they stand: that preparation numbers the ids it keeps from 1 and writes 0 for an id that is absent,
 * rare, or was not seen in training, which is what 0 means in a {@link Log}; no shift is needed. A column whose name is D
 * and a field is a number in [0, 1] (min-max scaled over all three files; 1e-6 outside is let pass), any other an id.
 * `purchase` becomes the column and event `conversion`. `part` is 0 for train, 1 for test, 2 for val. Note that this
 * preparation takes val from the official test file.
 *
 * Rows with a fault are counted in `dropped` and left out, those with purchase but no click among them.
 *
 * @throws InputError a file is missing, empty, has another header, or none of its rows can be used
 */
export async function readEncodedCsv({ folder }: { folder: string }): Promise<EncodedLog> {
	const found = await findFiles(folder);
	const dropped: Dropped[][] = [];
	const files: Record<string, string> = {};
	let store: Store | undefined;
	let read = 0;
	for (const [part, name] of found) {
		const path = join(folder, name);
		const before = store?.count ?? 0;
		const refused = tally(name);
		const { lines, sha256 } = await readLines(path, {
			line(bytes, start, end, number) {
				const line = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("latin1");
				if (number === 1) store = header(path, line, store);
				else addRow(store!, line.split(","), PARTS[part], refused, number);
			},
			tooLong(_bytes, _start, _end, number) {
				if (number === 1) throw new InputError(`${path}:1 is longer than 1 MiB: it is not a csv header`);
				refused.add(TOO_LONG, number);
			},
		});
		if (lines < 2)
			throw new InputError(`${path} ${lines === 0 ? "is empty" : "has a header and no rows"}: get it again`);
		if (store!.count === before) {
			const [{ first, reason }] = refused.list();
			throw new InputError(`${path}: none of its ${lines - 1} rows can be used (first: ${first} ${reason})`);
		}
		dropped.push(refused.list());
		files[name] = sha256;
		read += lines - 1;
	}
	return logOf(folder, store!, read, merged(dropped), files);
}

/** Rows while they are read: one array for each column, all of one length. */
interface Store {
	header: string;
	names: string[];
	click: number;
	purchase: number;
	/** A Float32Array for a number, an Int32Array for an id; the two labels are not used. */
	values: (Int32Array | Float32Array)[];
	clicks: Uint8Array;
	conversions: Uint8Array;
	parts: Uint8Array;
	count: number;
}

const isNumber = (name: string): boolean => /^D\d/.test(name);

async function findFiles(folder: string): Promise<[keyof typeof PARTS, string][]> {
	const names = await listFolder(folder);
	const found: [keyof typeof PARTS, string][] = [];
	for (const part of ["train", "val", "test"] as const) {
		const here = [`ali_ccp_${part}.csv`, `ali_ccp_${part}_sample.csv`].filter((name) => names.includes(name));
		if (here.length > 1) throw new InputError(`${folder} holds both ${here.join(" and ")}: move one of them away`);
		if (here.length === 1) found.push([part, here[0]]);
		else if (part === "train")
			throw new InputError(`neither ali_ccp_train.csv nor ali_ccp_train_sample.csv is in ${folder}: put it there`);
	}
	return found;
}

function header(path: string, line: string, earlier: Store | undefined): Store {
	if (earlier) {
		if (line === earlier.header) return earlier;
		throw new InputError(`${path}:1 the header differs from the train file's: encode the files together`);
	}
	const names = line.split(",");
	const click = names.indexOf(CLICK);
	const purchase = names.indexOf(PURCHASE);
	if (click === -1 || purchase === -1)
		throw new InputError(
			`${path}:1 must be a header line with the columns ${CLICK} and ${PURCHASE}, separated by commas; it starts "${line.slice(0, 60)}"`,
		);
	const twice = names.find((name, index) => names.indexOf(name) !== index);
	if (twice !== undefined) throw new InputError(`${path}:1 names the column "${twice}" twice: rename one`);
	const wrong = names.find((name) => !/^\w+$/.test(name) || name === "conversion");
	if (wrong !== undefined)
		throw new InputError(`${path}:1 has a column "${wrong}": name it by letters, digits and _, and not conversion`);
	if (names.length === 2) throw new InputError(`${path}:1 names no feature besides ${CLICK} and ${PURCHASE}: add one`);
	return {
		...{ header: line, names, click, purchase, count: 0 },
		values: names.map((name) => (isNumber(name) ? new Float32Array(1024) : new Int32Array(1024))),
		...{ clicks: new Uint8Array(1024), conversions: new Uint8Array(1024), parts: new Uint8Array(1024) },
	};
}

/** Adds a row, or counts what is wrong with it. */
function addRow(store: Store, cells: string[], part: number, refused: Tally, line: number): void {
	const fault = faultOf(store, cells);
	if (fault) {
		refused.add(fault, line);
		return;
	}
	if (store.count === store.parts.length) resize(store, 2 * store.count);
	const row = store.count++;
	for (let column = 0; column < cells.length; column++) store.values[column][row] = Number(cells[column]);
	store.clicks[row] = Number(cells[store.click]);
	store.conversions[row] = Number(cells[store.purchase]);
	store.parts[row] = part;
}

function faultOf(store: Store, cells: string[]): string | undefined {
	if (cells.length !== store.names.length) return WRONG_NUMBER;
	const [click, purchase] = [cells[store.click], cells[store.purchase]];
	if (!/^[01]$/.test(click) || !/^[01]$/.test(purchase)) return LABEL;
	for (let column = 0; column < cells.length; column++) {
		const cell = cells[column];
		if (store.values[column] instanceof Int32Array) {
			if (!/^\d{1,10}$/.test(cell) || Number(cell) > 0x7fffffff) return ID;
		} else if (!/^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(cell) || Number(cell) < -1e-6 || Number(cell) > 1 + 1e-6)
			return NUMBER;
	}
	return click === "0" && purchase === "1" ? CONTRADICTION : undefined;
}

function resize(store: Store, length: number): void {
	store.values = store.values.map((values) => resized(values, length));
	store.clicks = resized(store.clicks, length);
	store.conversions = resized(store.conversions, length);
	store.parts = resized(store.parts, length);
}

function logOf(
	folder: string,
	store: Store,
	read: number,
	dropped: Dropped[],
	files: Record<string, string>,
): EncodedLog {
	resize(store, store.count);
	const columns: Record<string, Column> = { click: store.clicks, conversion: store.conversions };
	const features: Record<string, Feature> = {};
	for (const [index, name] of store.names.entries()) {
		if (index === store.click || index === store.purchase) continue;
		columns[name] = store.values[index];
		features[name] = { kind: isNumber(name) ? "number" : "id" };
	}
	return {
		name: `aliccp encoded, ${folder}`,
		rows: store.count,
		schema: {
			...(store.names.includes("101") ? { user: "101" } : {}),
			events: { click: "click", conversion: "conversion" },
			implies: { conversion: "click" },
			features,
		},
		columns,
		part: store.parts,
		read,
		dropped,
		fingerprint: fingerprintOf({ reader: "encodedCsv", readerVersion }, files),
		files,
	};
}
