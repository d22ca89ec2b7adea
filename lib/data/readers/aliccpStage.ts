import { InputError } from "../../core/problem";
import { type DuckDb, sqlName } from "../duckdb";
import { fillTable } from "./aliccpColumns";
import { findAliCcp } from "./aliccpFiles";
import type { PartJob, PartListener } from "./aliccpPart";
import type { ColumnNames } from "./aliccpPieces";
import { aliCcpColumns, aliCcpProtocols } from "./aliccpProtocol";
import { type AliCcpScan, joinScans } from "./aliccpScan";
import { readParts, SMALL } from "./aliccpThreads";

/** What to stage, and where. */
export interface StageAliCcp extends Omit<PartJob, "part" | "index" | "hashed"> {
	db: DuckDb;
	/** Bytes read, of all. What it throws ends the staging. */
	progress?: (doneBytes: number, totalBytes: number) => void;
	/** Whether each part is read in a thread of its own; by default from SMALL bytes on. It makes no other difference. */
	inThreads?: boolean;
}

/**
 * Reads Ali-CCP's raw files into `staged` and, where the protocol has lists of the common side, `staged_common`, in the order
 * of the files: views over a table for each part.
 *
 * @throws InputError as `readPart`, or no training or no validation row was drawn
 */
export async function stageAliCcp({ db, progress, inThreads, ...job }: StageAliCcp): Promise<AliCcpScan> {
	const { parts, bytes } = await findAliCcp(job.folder);
	const names = aliCcpColumns(aliCcpProtocols[job.protocol]);
	const hasCommon = names.common.lists.length > 0;
	const fillers = [];
	for (const index of parts.keys())
		fillers.push({
			row: await fillTable(db, `rows_${index}`, names.row),
			...(hasCommon ? { common: await fillTable(db, `common_${index}`, names.common) } : {}),
		});
	let done = 0;
	const listeners = fillers.map(
		(filler): PartListener => ({
			piece: (table, piece) => filler[table]?.add(piece),
			bytes(more) {
				done += more;
				progress?.(done, bytes);
			},
		}),
	);
	const jobs = parts.map((part, index) => ({ ...job, part, index }));
	const read = await readParts(jobs, listeners, inThreads ?? bytes > SMALL);
	for (const { row, common } of fillers) {
		row.end();
		common?.end();
	}
	const [{ train, valid, commonRows }] = read;
	const before = [0, commonRows];
	const tables = (name: string, { bytes, whole, lists }: ColumnNames) => {
		const columns = [...bytes, ...whole, ...lists.flatMap((list) => [list, `${list}.weights`])].map(sqlName);
		const numbered = (index: number) =>
			columns.map((column) => (column === '"common"' ? `common + ${before[index]} AS common` : column)).join(", ");
		return parts.map((_, index) => `SELECT ${numbered(index)} FROM ${name}_${index}`).join(" UNION ALL ");
	};
	await db.run(`CREATE OR REPLACE VIEW staged AS ${tables("rows", names.row)}`);
	if (hasCommon) await db.run(`CREATE OR REPLACE VIEW staged_common AS ${tables("common", names.common)}`);
	if (train === 0 || (job.valid > 0 && valid === 0))
		throw new InputError(
			`${job.folder}: no ${train === 0 ? "training" : "validation"} row was drawn from ${train + valid} rows: it is too small`,
		);
	return joinScans(read);
}
