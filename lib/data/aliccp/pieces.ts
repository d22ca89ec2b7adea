import { resized } from "../readers/growing";
import type { Elements } from "./elements";

/** Rows of one piece: the size of DuckDB's vectors. */
export const PIECE = 2048;

/** Columns of a table: of bytes, of whole numbers, and of lists with weights, in this order. */
export interface ColumnNames {
	bytes: readonly string[];
	whole: readonly string[];
	lists: readonly string[];
}

/** At most PIECE rows of a table, as plain arrays that can be handed to another thread. */
export interface Piece {
	rows: number;
	/** A column of bytes or of whole numbers each, with room for PIECE rows. */
	flat: (Uint8Array | Int32Array)[];
	/** For each list column: begin and length of each row's list in turns, then all ids and weights. */
	lists: { entries: BigUint64Array; ids: Int32Array; weights: Float32Array }[];
}

/** Fills pieces row by row. */
export interface PieceBuilder {
	/** The columns of the piece that is being filled, by name; another one's after `next`. */
	columns(): Readonly<Record<string, Uint8Array | Int32Array>>;
	/** Gives this row's list to a list column. */
	list(column: number, elements: Elements): void;
	/** The place of the row that is being filled. */
	at(): number;
	/** The row is complete. True when the piece is full and was given away. */
	next(): boolean;
	/** Gives away what is left; no more rows. */
	end(): void;
}

interface Lists {
	words: Uint32Array;
	entries: BigUint64Array;
	ids: Int32Array;
	weights: Float32Array;
	used: number;
}

const emptyLists = (): Lists => {
	const entries = new BigUint64Array(2 * PIECE);
	const words = new Uint32Array(entries.buffer);
	return { entries, words, ids: new Int32Array(PIECE), weights: new Float32Array(PIECE), used: 0 };
};

/** Bytes of the flat columns of a piece. */
const flatBytes = ({ bytes, whole }: ColumnNames): number => PIECE * (4 * whole.length + bytes.length);

/**
 * Makes pieces; each is given away once and not touched again.
 *
 * @param spare buffers of flat columns that are free again, of this builder or of one with the same names
 */
export function pieceBuilder(
	names: ColumnNames,
	give: (piece: Piece) => void,
	spare: ArrayBuffer[] = [],
): PieceBuilder {
	let columns: Record<string, Uint8Array | Int32Array> = {};
	let lists: Lists[] = [];
	let at = 0;
	const begin = () => {
		// One buffer for all flat columns: handing a piece over moves it whole.
		const buffer = spare.pop() ?? new ArrayBuffer(flatBytes(names));
		const bytesAt = 4 * PIECE * names.whole.length;
		columns = {
			...Object.fromEntries(names.bytes.map((name, i) => [name, new Uint8Array(buffer, bytesAt + i * PIECE, PIECE)])),
			...Object.fromEntries(names.whole.map((name, i) => [name, new Int32Array(buffer, 4 * i * PIECE, PIECE)])),
		};
		lists = names.lists.map(emptyLists);
		at = 0;
	};
	const flush = () => {
		if (at === 0) return;
		give({
			rows: at,
			flat: [...names.bytes, ...names.whole].map((name) => columns[name]),
			lists: lists.map(({ entries, ids, weights, used }) => ({
				entries: entries.subarray(0, 2 * at),
				ids: ids.subarray(0, used),
				weights: weights.subarray(0, used),
			})),
		});
		begin();
	};
	begin();
	return {
		columns: () => columns,
		list(column, { ids, values, length }) {
			const list = lists[column];
			if (list.used + length > list.ids.length) {
				list.ids = resized(list.ids, 2 * (list.used + length));
				list.weights = resized(list.weights, 2 * (list.used + length));
			}
			for (let i = 0, to = list.used; i < length; i++, to++) {
				list.ids[to] = ids[i];
				list.weights[to] = values[i];
			}
			list.words[4 * at] = list.used;
			list.words[4 * at + 2] = length;
			list.used += length;
		},
		at: () => at,
		next() {
			if (++at < PIECE) return false;
			flush();
			return true;
		},
		end: flush,
	};
}

/** The buffers of a piece, to be moved to another thread. */
export const buffersOf = ({ flat, lists }: Piece): ArrayBuffer[] =>
	[
		...new Set(
			[...flat, ...lists.flatMap(({ entries, ids, weights }) => [entries, ids, weights])].map((a) => a.buffer),
		),
	] as ArrayBuffer[];
