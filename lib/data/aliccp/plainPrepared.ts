import { stream } from "../../core/random";
import { CSTWA_FIELDS } from "./elements";
import type { PlainAliCcp, PlainLists, PlainRow } from "./plain";
import { type AliCcpProtocol, aliCcpProtocols } from "./protocol";

type Part = "train" | "valid" | "test";
type PerPart<T> = Record<Part, T>;

/** A prepared log, as plain values: columns by name, in the order of a prepared folder's files. */
export interface PlainPrepared {
	rows: PerPart<Record<string, unknown>[]>;
	/** Lists of the common side. */
	common: Record<string, unknown>[];
	/** Field → how many ids have a code. */
	vocabulary: Record<string, number>;
	/** Field → share of the ids of a part's rows that have none. */
	unknown: Record<string, PerPart<number>>;
}

const ids = (list: PlainLists[string]) => list.map(([id]) => id);
const weights = (list: PlainLists[string]) => list.map(([, value]) => value);

/**
 * What a prepared folder of Ali-CCP must hold, computed once more the slow and obvious way from what the plain reader found.
 * For tests.
 */
export function plainPrepared(plain: PlainAliCcp, protocol: AliCcpProtocol, minFrequency: number): PlainPrepared {
	const { singles, rowLists, commonLists } = aliCcpProtocols[protocol];
	const random = stream(0, "split");
	const parts: PerPart<PlainRow[]> = { train: [], valid: [], test: [] };
	for (const row of plain.rows) parts[row.part === 1 ? "test" : random.uniform() < 0.1 ? "valid" : "train"].push(row);

	/** All ids a row has of a field. */
	const idsOf = (row: PlainRow, field: string): number[] => {
		if (rowLists.includes(field as never)) return ids(row.lists[field]);
		if (commonLists.includes(field as never)) return ids(plain.common[row.common][field]);
		const id = row.ids[CSTWA_FIELDS.indexOf(field as never)];
		return id > 0 ? [id] : [];
	};
	const codes = new Map<string, Map<number, number>>();
	const unknown: PlainPrepared["unknown"] = {};
	for (const field of [...singles, ...rowLists, ...commonLists]) {
		const counts = new Map<number, number>();
		for (const row of parts.train) for (const id of idsOf(row, field)) counts.set(id, (counts.get(id) ?? 0) + 1);
		const kept = [...counts].filter(([, count]) => count >= minFrequency);
		kept.sort(([a, often], [b, oftenB]) => oftenB - often || a - b);
		const code = new Map(kept.map(([id], at) => [id, at + 1]));
		codes.set(field, code);
		const share = (rows: PlainRow[]) => {
			const all = rows.flatMap((row) => idsOf(row, field));
			return all.length === 0 ? 0 : all.filter((id) => !code.has(id)).length / all.length;
		};
		unknown[field] = { train: share(parts.train), valid: share(parts.valid), test: share(parts.test) };
	}
	const codeOf = (field: string, id: number) => codes.get(field)!.get(id) ?? 0;
	const lists = (of: PlainLists, fields: readonly string[]) =>
		Object.fromEntries(
			fields.flatMap((field) => [
				[field, ids(of[field]).map((id) => codeOf(field, id))],
				[`${field}.weights`, weights(of[field])],
			]),
		);
	const known = new Set(plain.rows.map(({ ids }) => ids[0]).filter((id) => id > 0));
	const users = new Map([...known].sort((a, b) => a - b).map((id, i) => [id, i + 1]));
	const encoded = (row: PlainRow) => ({
		click: row.click,
		conversion: row.conversion,
		"user.number": users.get(row.ids[0]) ?? 0,
		...(commonLists.length > 0 ? { common: row.common } : {}),
		...Object.fromEntries(singles.map((field) => [field, codeOf(field, idsOf(row, field)[0] ?? 0)])),
		...lists(row.lists, rowLists),
	});
	return {
		rows: { train: parts.train.map(encoded), valid: parts.valid.map(encoded), test: parts.test.map(encoded) },
		common: commonLists.length > 0 ? plain.common.map((of) => lists(of, commonLists)) : [],
		vocabulary: Object.fromEntries([...codes].map(([field, code]) => [field, code.size])),
		unknown,
	};
}
