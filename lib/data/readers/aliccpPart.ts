import { stream } from "../../core/random";
import { PART } from "../prepared/staged";
import { CSTWA_FIELDS, type Elements, FIELDS } from "./aliccpElements";
import type { AliCcpPart } from "./aliccpFiles";
import { keepHeaviest } from "./aliccpHeaviest";
import { type Piece, pieceBuilder } from "./aliccpPieces";
import { type AliCcpProtocol, aliCcpColumns, aliCcpProtocols } from "./aliccpProtocol";
import { type PartScan, scanPart } from "./aliccpScan";

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

/** Hears of a part while it is read. */
export interface PartListener {
	/** Rows of the table of rows, or of common rows; not touched again by the reader. */
	piece(table: "row" | "common", piece: Piece): void;
	/** Bytes of the files that were read. The reading waits for what it gives. */
	bytes(more: number): void | Promise<void>;
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
	const rows = pieceBuilder(names.row, (piece) => heard.piece("row", piece));
	const hasCommon = commonPlaces.length > 0;
	const random = stream(seed, "split");
	const drawn = { train: 0, valid: 0 };
	let [parts, clicks, conversions, commons]: (Uint8Array | Int32Array)[] = [];
	let columns: (Uint8Array | Int32Array)[] = [];
	const begin = () => {
		const now = rows.columns();
		[parts, clicks, conversions, commons] = [now.part, now.click, now.conversion, now.common];
		columns = singles.map((field) => now[field]);
	};
	begin();
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
			row({ click, conversion, common: number, ids, list }) {
				const at = rows.at();
				const of = index === 1 ? PART.test : random.uniform() < valid ? PART.valid : PART.train;
				if (of === PART.valid) drawn.valid++;
				else if (of === PART.train) drawn.train++;
				parts[at] = of;
				clicks[at] = click;
				conversions[at] = conversion;
				if (hasCommon) commons[at] = number;
				for (let i = 0; i < columns.length; i++) columns[i][at] = ids[places[i]];
				for (let i = 0; i < rowPlaces.length; i++) rows.list(i, list.lists[rowPlaces[i]] as Elements);
				if (rows.next()) begin();
			},
		},
	});
	common.end();
	rows.end();
	return { ...scan, ...drawn };
}
