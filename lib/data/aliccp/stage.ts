import { InputError } from "../../core/problem";
import { type DuckDb, sqlName } from "../duckdb";
import type { PerPart } from "../prepared/card";
import { PART } from "../prepared/staged";
import { fillTable, type TableFiller } from "./columns";
import { findAliCcp } from "./files";
import type { PartJob, PartListener } from "./part";
import type { ColumnNames } from "./pieces";
import { aliCcpColumns, aliCcpProtocols } from "./protocol";
import { type AliCcpScan, joinScans } from "./scan";
import { readParts, SMALL } from "./threads";

/** What to stage, and where. */
export interface StageAliCcp extends Omit<PartJob, "part" | "index" | "hashed"> {
	db: DuckDb;
	/** Bytes read, of all. What it throws ends the staging. */
	progress?: (doneBytes: number, totalBytes: number) => void;
	/** Whether each part is read in a thread of its own; by default from SMALL bytes on. It makes no other difference. */
	inThreads?: boolean;
}

/**
 * Reads Ali-CCP's raw files into `staged` and, where the protocol has lists of the common side, `staged_common`: views over
 * tables of their own for training, validation and test rows and for each part's common rows, all in the order of the files.
 *
 * @throws InputError as `readPart`, or no training or no validation row was drawn
 */
export async function stageAliCcp({ db, progress, inThreads, ...job }: StageAliCcp): Promise<AliCcpScan> {
	const { parts, bytes } = await findAliCcp(job.folder);
	const names = aliCcpColumns(aliCcpProtocols[job.protocol]);
	const hasCommon = names.common.lists.length > 0;
	const rows: Record<keyof PerPart, TableFiller> = {
		train: await fillTable(db, "rows_train", names.row),
		valid: await fillTable(db, "rows_valid", names.row),
		test: await fillTable(db, "rows_test", names.row),
	};
	const commons: TableFiller[] = [];
	for (const index of parts.keys()) if (hasCommon) commons.push(await fillTable(db, `common_${index}`, names.common));
	let done = 0;
	const listeners = parts.map(
		(_, index): PartListener => ({
			piece: (table, piece) => (table === "common" ? commons[index] : rows[table]).add(piece),
			bytes(more) {
				done += more;
				progress?.(done, bytes);
			},
		}),
	);
	const jobs = parts.map((part, index) => ({ ...job, part, index }));
	const read = await readParts(jobs, listeners, inThreads ?? bytes > SMALL);
	for (const { end } of [...Object.values(rows), ...commons]) end();

	const [{ train, valid, commonRows }] = read;
	// Common rows are numbered from 0 in each part: the test part's come after the train part's.
	const columns = ({ bytes, whole, lists }: ColumnNames, before: number) =>
		[...bytes, ...whole, ...lists.flatMap((list) => [list, `${list}.weights`])]
			.map((name) => (name === "common" ? `common + ${before} AS common` : sqlName(name)))
			.join(", ");
	const ofPart = ([part, number]: [string, number]) =>
		`SELECT CAST(${number} AS UTINYINT) AS part, ${columns(names.row, part === "test" ? commonRows : 0)} FROM rows_${part}`;
	await db.run(`CREATE OR REPLACE VIEW staged AS ${Object.entries(PART).map(ofPart).join(" UNION ALL ")}`);
	const ofCommon = (index: number) => `SELECT ${columns(names.common, index * commonRows)} FROM common_${index}`;
	if (hasCommon)
		await db.run(`CREATE OR REPLACE VIEW staged_common AS ${[...parts.keys()].map(ofCommon).join(" UNION ALL ")}`);
	if (train === 0 || (job.valid > 0 && valid === 0))
		throw new InputError(
			`${job.folder}: no ${train === 0 ? "training" : "validation"} row was drawn from ${train + valid} rows: it is too small`,
		);
	return joinScans(read);
}
