import { stream } from "../../core/random";
import type { PerPart } from "../prepared/card";
import { CSTWA_FIELDS, type Elements, FIELDS } from "./elements";
import type { AliCcpPart } from "./files";
import { keepHeaviest } from "./heaviest";
import { type Piece, type PieceBuilder, pieceBuilder } from "./pieces";
import { type AliCcpProtocol, aliCcpColumns, aliCcpProtocols } from "./protocol";
import { type AliCcpRow, type PartScan, scanPart } from "./scan";

/** One part to read: plain data, so that another thread can do it. */
export interface PartJob {
	folder: string;
	part: AliCcpPart;
	/** 0 train, 1 test. */
	index: number;
	protocol: AliCcpProtocol;
	/** Share of the train part's rows that become validation rows, and the seed of their draw. */
	valid: number;
	seed: number;
	/** Elements of a history that are kept: those with the largest log counts. */
	history: number;
	/** False where the files' hashes are made elsewhere. */
	hashed?: boolean;
}

/** Tables into which a part goes: rows by their place in the split, and common rows. */
export type PartTable = keyof PerPart | "common";

/** Hears of a part while it is read. */
export interface PartListener {
	/** Rows for one of the part's tables; not touched again by the reader. */
	piece(table: PartTable, piece: Piece): void;
	/** Bytes of the files that were read. The reading waits for what it gives. */
	bytes(more: number): void | Promise<void>;
	/** Buffers of pieces of rows that are free again: the reader takes them before it makes new ones. */
	spare?: ArrayBuffer[];
}

/** What a part held, and how many rows went to training and to validation. */
export interface ReadPart extends PartScan {
	train: number;
	valid: number;
}

/**
 * Reads a part of Ali-CCP's raw files into pieces of the columns of a protocol, in the order of the files. Common rows are
 * numbered from 0 in each part. Validation rows are drawn from the train part as `split` draws them by source without a group:
 * row by row with one seed.
 *
 * @throws InputError as `scanPart`
 */
export async function readPart(job: PartJob, heard: PartListener): Promise<ReadPart> {
	const { folder, part, index, protocol, valid, seed, history, hashed } = job;
	const { singles, rowLists, commonLists } = aliCcpProtocols[protocol];
	const names = aliCcpColumns(aliCcpProtocols[protocol]);
	const placesOf = (fields: readonly string[], all: readonly string[]) => fields.map((field) => all.indexOf(field));
	const places = placesOf(singles, CSTWA_FIELDS);
	const rowPlaces = placesOf(rowLists, FIELDS);
	const commonPlaces = placesOf(commonLists, FIELDS);
	const common = pieceBuilder(names.common, (piece) => heard.piece("common", piece));
	const hasCommon = commonPlaces.length > 0;
	const random = stream(seed, "split");
	const fillerOf = (table: keyof PerPart) => {
		const rows = pieceBuilder(names.row, (piece) => heard.piece(table, piece), heard.spare);
		return rowFiller(rows, singles, rowLists.length);
	};
	const fillers = { train: fillerOf("train"), valid: fillerOf("valid"), test: fillerOf("test") };
	const scan = await scanPart({
		...{ folder, part, index, lists: { rowLists, commonLists }, advance: heard.bytes, hashed },
		sink: {
			common(number, { lists }) {
				if (!hasCommon) return;
				common.columns().common[common.at()] = number;
				for (let i = 0; i < commonPlaces.length; i++) {
					const elements = lists[commonPlaces[i]] as Elements;
					keepHeaviest(elements, history);
					common.list(i, elements);
				}
				common.next();
			},
			row(row) {
				const of = index === 1 ? "test" : random.uniform() < valid ? "valid" : "train";
				fillers[of].add(row, places, rowPlaces);
			},
		},
	});
	common.end();
	for (const { end } of Object.values(fillers)) end();
	return { ...scan, train: fillers.train.count(), valid: fillers.valid.count() };
}

/** Puts rows into pieces: `places` and `listPlaces` say where a row has its single ids and its lists. */
function rowFiller(rows: PieceBuilder, singles: readonly string[], lists: number) {
	let count = 0;
	let [clicks, conversions, commons]: (Uint8Array | Int32Array)[] = [];
	let columns: (Uint8Array | Int32Array)[] = [];
	const begin = () => {
		const now = rows.columns();
		[clicks, conversions, commons] = [now.click, now.conversion, now.common];
		columns = singles.map((field) => now[field]);
	};
	begin();
	return {
		add({ click, conversion, common, ids, list }: AliCcpRow, places: readonly number[], listPlaces: readonly number[]) {
			const at = rows.at();
			count++;
			clicks[at] = click;
			conversions[at] = conversion;
			if (commons) commons[at] = common;
			for (let i = 0; i < columns.length; i++) columns[i][at] = ids[places[i]];
			for (let i = 0; i < lists; i++) rows.list(i, list.lists[listPlaces[i]] as Elements);
			if (rows.next()) begin();
		},
		count: () => count,
		end: rows.end,
	};
}
