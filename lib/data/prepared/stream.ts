import type { Dataset, Split } from "../dataset";
import { openDuckDb } from "../duckdb";
import { type Card, readCard, USER } from "./card";
import {
	addChunk,
	columnsFor,
	columnsOfLists,
	type Filling,
	fieldOf,
	fileOf,
	fill,
	fits,
	select,
	wrongRows,
} from "./read";

/** Most rows of a piece. */
const PIECE = 16_384;

/**
 * A part of a prepared folder in pieces, in the source's order, without ever holding more than one of them and the engine's
 * 256 MB: for parts that do not fit into memory. Lists of common rows are read once, before the first piece, and held.
 *
 * Every piece is a small data set with the fields and vocabularies of the whole; all its rows are rows of `part`.
 *
 * @throws InputError no prepared folder, a file of it is missing or has not the rows that the card says
 */
export async function* streamPrepared(folder: string, part: keyof Split): AsyncGenerator<Dataset> {
	const card = await readCard(folder);
	const db = await openDuckDb({ memory: "256MB", threads: 2 });
	try {
		const common = columnsOfLists(card, "common");
		if (common.length > 0) {
			const file = fileOf(folder, "common");
			if ((await fill(db, file, common, 0)) !== card.commonRows) throw wrongRows(file);
		}
		const shared = card.fields.filter((field) => field.kind === "ids" && field.of === "common");
		const held = new Map(shared.map((field) => [field.name, fieldOf(field, common, undefined)]));
		const file = fileOf(folder, part);
		let [columns, row, told] = [empty(card), 0, 0];
		const piece = (): Dataset => {
			const filled = columns.map((column) => cut(column, row));
			const of = (name: string) => filled.find((column) => column.name === name)?.values;
			const list = of("common") as Int32Array | undefined;
			const rows = Int32Array.from({ length: row }, (_, i) => i);
			const none = new Int32Array(0);
			return {
				name: card.name,
				rows: row,
				fingerprint: card.fingerprint,
				split: { train: none, valid: none, test: none, [part]: rows },
				fields: card.fields.map((field) => {
					const whole = held.get(field.name);
					return whole?.kind === "ids" ? { ...whole, list } : fieldOf(field, filled, list);
				}),
				events: Object.fromEntries(Object.keys(card.events).map((event) => [event, of(event) as Uint8Array])),
				user: card.users === undefined ? undefined : (of(USER) as Int32Array),
				truth: Object.fromEntries(
					Object.entries(card.schema.truth ?? {}).map(([prob, column]) => [prob, of(column) as Float32Array]),
				),
				read: row,
				dropped: [],
			};
		};
		for await (const chunk of db.chunks(select(file, columns))) {
			if (!fits(chunk, columns, row)) {
				yield piece();
				[columns, row] = [empty(card), 0];
			}
			addChunk(chunk, columns, row);
			row += chunk.rowCount;
			told += chunk.rowCount;
		}
		if (row > 0) yield piece();
		if (told !== card.rows[part]) throw wrongRows(file);
	} finally {
		db.close();
	}
}

/** Columns of a part with room for one piece. */
const empty = (card: Card): Filling[] => columnsFor({ ...card, rows: { train: PIECE, valid: 0, test: 0 } }, PIECE);

/** The first rows of a column. */
const cut = ({ name, values, lists }: Filling, rows: number): Filling => ({
	name,
	values: values?.subarray(0, rows),
	lists: lists && { ...lists, offsets: lists.offsets.subarray(0, rows + 1) },
});
