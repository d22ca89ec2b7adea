import canonicalize from "canonicalize";
import type { DuckDb } from "../duckdb";
import { CSTWA_FIELDS, type FeatureList, FIELDS } from "./elements";
import { keepHeaviest } from "./heaviest";
import type { PlainAliCcp, PlainLists, PlainRow } from "./plain";
import { aliCcpProtocols } from "./protocol";
import { type AliCcpScan, scanAliCcp } from "./scan";

/** All rows of a scan, in the form of the plain reader. */
export type CollectedAliCcp = AliCcpScan & { kept: PlainRow[]; common: PlainLists[] };

/** For tests: scans a folder, with the lists of `esmm`, and holds every row as a plain value. */
export async function collectAliCcp(folder: string, history = 50): Promise<CollectedAliCcp> {
	const { rowLists, commonLists } = aliCcpProtocols.esmm;
	const kept: PlainRow[] = [];
	const common: PlainLists[] = [];
	const scan = await scanAliCcp({
		folder,
		lists: aliCcpProtocols.esmm,
		sink: {
			common(_, list) {
				for (const elements of list.lists) if (elements) keepHeaviest(elements, history);
				common.push(plainLists(list, commonLists));
			},
			row: ({ ids, list, ...row }) => void kept.push({ ...row, ids: [...ids], lists: plainLists(list, rowLists) }),
		},
	});
	return { ...scan, kept, common };
}

const plainLists = ({ lists }: FeatureList, fields: readonly string[]): PlainLists =>
	Object.fromEntries(
		fields.map((field) => {
			const { ids, values, length } = lists[FIELDS.indexOf(field as (typeof FIELDS)[number])]!;
			return [field, Array.from({ length }, (_, i): [number, number] => [ids[i], values[i]])];
		}),
	);

/** For tests: what `stageAliCcp` left in a database for the protocol `esmm`, in the form of the plain reader; 853 is a list there and no id. */
export async function stagedPlainly(db: DuckDb): Promise<Pick<PlainAliCcp, "rows" | "common">> {
	const { rowLists, commonLists } = aliCcpProtocols.esmm;
	const rows = (await db.rows("FROM staged")) as Record<string, number>[];
	const common = await db.rows("FROM staged_common");
	return {
		rows: rows.map((row) => ({
			part: row.part === 1 ? 1 : 0,
			...{ click: row.click, conversion: row.conversion, common: row.common },
			ids: CSTWA_FIELDS.map((field) => (field === "853" ? 0 : row[field])),
			lists: Object.fromEntries(rowLists.map((field) => [field, listOf(row, field)])),
		})),
		common: common.map((row) => Object.fromEntries(commonLists.map((field) => [field, listOf(row, field)]))),
	};
}

function listOf(row: Record<string, unknown>, field: string): [id: number, value: number][] {
	const weights = row[`${field}.weights`] as number[];
	return (row[field] as number[]).map((id, i) => [id, weights[i]]);
}

/**
 * For tests: where two long lists of plain values differ first, which `toEqual` takes minutes to find. The order of an
 * object's names does not count.
 */
export function firstDifference<T>(ours: readonly T[], theirs: readonly T[]) {
	for (let row = 0; row < Math.max(ours.length, theirs.length); row++) {
		if (JSON.stringify(ours[row]) === JSON.stringify(theirs[row])) continue;
		if (canonicalize(ours[row]) !== canonicalize(theirs[row])) return { row, ours: ours[row], theirs: theirs[row] };
	}
	return undefined;
}
