import { join } from "node:path";
import { type DuckDb, sqlName, sqlText } from "../duckdb";
import { parts, TIME, USER } from "./card";
import { asRead, type ColumnCoder, encodeFunction } from "./codes";
import { PART, type Staged, tableOf } from "./staged";

/** Name of the struct of encoded values in the queries below. */
export const ENCODED = "encoded.values";

/** Codes are read whole, so filters that help to find one of them would be written for nothing. */
const PARQUET = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, WRITE_BLOOM_FILTER false";

/** What to write into which folder, and how each column is encoded. */
export interface WriteFiles {
	db: DuckDb;
	folder: string;
	staged: Staged;
	types: Readonly<Record<string, string>>;
	coders: ReadonlyMap<string, ColumnCoder>;
	user?: ColumnCoder;
}

/** Writes the Parquet files of a prepared folder, in the order of the staged rows. */
export async function writeFiles(options: WriteFiles, written: () => void): Promise<void> {
	const { db, folder, staged, types, coders, user } = options;
	const features = Object.entries(staged.features);
	const hasCommon = features.some(([, { of }]) => of === "common");
	const copy = (select: string, file: string) =>
		db.run(`COPY (${select}) TO ${sqlText(join(folder, file))} (${PARQUET})`);
	const column = (name: string, from = name): Column => ({ name, raw: sqlName(from) });
	const idOf = (name: string) =>
		types[name] === "VARCHAR" ? asRead(`coalesce(${sqlName(name)}, '')`) : `coalesce(${sqlName(name)}, 0)`;
	const listOf = (name: string) =>
		types[name] === "VARCHAR[]" ? `list_transform(${sqlName(name)}, lambda x: ${asRead("x")})` : sqlName(name);
	const coded = (table: string): Column[] =>
		features.flatMap(([name, feature]) => {
			if (tableOf(feature) !== table) return [];
			const raw = feature.kind === "id" ? idOf(name) : feature.kind === "ids" ? listOf(name) : sqlName(name);
			return [{ name, raw, coder: coders.get(name) }, ...(feature.weights ? [column(`${name}.weights`)] : [])];
		});
	const ofRows = select(db, "encode_rows", [
		...staged.events.map((event) => column(event)),
		...(staged.user === undefined ? [] : [{ name: USER, raw: idOf(staged.user), coder: user }]),
		...(staged.time === undefined ? [] : [column(TIME, staged.time)]),
		...(hasCommon ? [column("common")] : []),
		...coded("staged"),
		...(staged.truth ?? []).map((name) => column(name)),
	]);
	for (const part of parts) {
		await copy(ofRows(`staged WHERE part = ${PART[part]}`), `${part}.parquet`);
		written();
	}
	if (hasCommon) await copy(select(db, "encode_common", coded("staged_common"))("staged_common"), "common.parquet");
	await copy(`SELECT * FROM vocabulary WHERE field <> '${USER}'`, "vocabulary.parquet");
}

/** A column of a file: the SQL of its raw values, and its coder where it is encoded. */
interface Column {
	name: string;
	raw: string;
	coder?: ColumnCoder;
}

/** Makes the function that encodes columns, and gives the query of them from any source. */
function select(db: DuckDb, encode: string, columns: readonly Column[]): (from: string) => string {
	const encoded = columns.filter(({ coder }) => coder);
	encodeFunction(
		db,
		encode,
		encoded.map(({ coder }) => coder as ColumnCoder),
	);
	const struct = sqlName(ENCODED);
	const given = columns.map((column) => {
		const at = encoded.indexOf(column);
		return `${at < 0 ? column.raw : `${struct}.f${at}`} AS ${sqlName(column.name)}`;
	});
	const plain = columns.filter(({ coder }) => !coder).map(({ raw }) => raw);
	const call = `${encode}(${encoded.map(({ raw }) => raw).join(", ")}) AS ${struct}`;
	return (from) => `SELECT ${given.join(", ")} FROM (SELECT ${[...plain, call].join(", ")} FROM ${from})`;
}
