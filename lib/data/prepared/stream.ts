import type { Dataset, Field, Split } from "../dataset";
import { openDuckDb } from "../duckdb";
import { type Card, readCard, TIME, USER } from "./card";
import { addChunk, columnsFor, columnsOfLists, type Filling, fieldOf, fileOf, fill, select, wrongRows } from "./read";

/** Most rows of a piece. */
const PIECE = 16_384;

/** Which rows of a part are streamed, and how many at a time. */
export interface Streaming {
	/** Rows of each piece but the last. */
	rows?: number;
	/** SQL that picks rows, such as `"click" = 1`. */
	where?: string;
	/** Picked rows that are left out at the beginning. */
	skip?: number;
	/** Lists of common rows, where they have been read already. */
	common?: CommonLists;
}

/** Field → its lists, one for each common row. */
export type CommonLists = ReadonlyMap<string, Field>;

/** The lists of a prepared folder that rows share; they are read whole. */
export async function readCommonLists(folder: string, card: Card): Promise<CommonLists> {
	const columns = columnsOfLists(card, "common");
	if (columns.length > 0) {
		const file = fileOf(folder, "common");
		const db = await openDuckDb({ memory: "256MB", threads: 2 });
		try {
			if ((await fill(db, file, columns, 0)) !== card.commonRows) throw wrongRows(file);
		} finally {
			db.close();
		}
	}
	const shared = card.fields.filter((field) => field.kind === "ids" && field.of === "common");
	return new Map(shared.map((field) => [field.name, fieldOf(field, columns, undefined)]));
}

/** A data set of a prepared folder's fields, events, users and truths without a row: what can be known of it at once. */
export function withoutRows(card: Card): Dataset {
	const columns = [
		...columnsFor({ ...card, rows: { train: 0, valid: 0, test: 0 } }, 0),
		...columnsOfLists(card, "common"),
	];
	return datasetOf(card, columns, 0, "train", new Map());
}

/**
 * A part of a prepared folder, or the rows of it that SQL picks, in pieces in the source's order, without ever holding more than one of them and the engine's
 * 256 MB: for parts that do not fit into memory. Lists of common rows are read once, before the first piece, and held.
 *
 * Every piece is a small data set with the fields and vocabularies of the whole; all its rows are rows of `part`.
 *
 * @throws InputError no prepared folder, a file of it is missing or has not the rows that the card says
 */
export async function* streamPrepared(
	folder: string,
	part: keyof Split,
	{ rows = PIECE, where, skip = 0, common }: Streaming = {},
): AsyncGenerator<Dataset> {
	const card = await readCard(folder);
	const lists = common ?? (await readCommonLists(folder, card));
	const db = await openDuckDb({ memory: "256MB", threads: 2 });
	try {
		const file = fileOf(folder, part);
		let [columns, row, told] = [empty(card, rows), 0, 0];
		const piece = (): Dataset => datasetOf(card, columns, row, part, lists);
		const picked = `${select(file, columns)}${where === undefined ? "" : ` WHERE ${where}`}${skip > 0 ? ` OFFSET ${skip}` : ""}`;
		for await (const chunk of db.chunks(picked)) {
			for (let from = 0; from < chunk.rowCount; ) {
				if (row === rows) {
					yield piece();
					[columns, row] = [empty(card, rows), 0];
				}
				const to = Math.min(chunk.rowCount, from + rows - row);
				addChunk(chunk, columns, row, from, to);
				row += to - from;
				from = to;
			}
			told += chunk.rowCount;
		}
		if (row > 0) yield piece();
		if (where === undefined && told !== Math.max(0, card.rows[part] - skip)) throw wrongRows(file);
	} finally {
		db.close();
	}
}

/** Columns of a part with room for one piece. */
const empty = (card: Card, rows: number): Filling[] =>
	columnsFor({ ...card, rows: { train: rows, valid: 0, test: 0 } }, rows);

/** The first rows of columns as a data set. */
function datasetOf(
	card: Card,
	columns: readonly Filling[],
	row: number,
	part: keyof Split,
	lists: CommonLists,
): Dataset {
	const filled = columns.map((column) => cut(column, row));
	const of = (name: string) => filled.find((column) => column.name === name)?.values;
	const list = of("common") as Int32Array | undefined;
	const none = new Int32Array(0);
	return {
		name: card.name,
		rows: row,
		fingerprint: card.fingerprint,
		split: { train: none, valid: none, test: none, [part]: Int32Array.from({ length: row }, (_, i) => i) },
		fields: card.fields.map((field) => {
			const whole = lists.get(field.name);
			return whole?.kind === "ids" ? { ...whole, list } : fieldOf(field, filled, list);
		}),
		events: Object.fromEntries(Object.keys(card.events).map((event) => [event, of(event) as Uint8Array])),
		user: card.users === undefined ? undefined : (of(USER) as Int32Array).map((number) => number - 1),
		...(card.timed ? { time: of(TIME) as Float64Array } : {}),
		truth: Object.fromEntries(
			Object.entries(card.schema.truth ?? {}).map(([prob, column]) => [prob, of(column) as Float32Array]),
		),
		read: row,
		dropped: [],
	};
}

/** The first rows of a column. */
const cut = ({ name, values, lists }: Filling, rows: number): Filling => ({
	name,
	values: values?.subarray(0, rows),
	lists: lists && { ...lists, offsets: lists.offsets.subarray(0, rows + 1) },
});
