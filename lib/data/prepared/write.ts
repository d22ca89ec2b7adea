import { join } from "node:path";
import { InputError } from "../../core/problem";
import { type DuckDb, sqlName, sqlText } from "../duckdb";
import { encoderVersion } from "../encode";
import { sha256 } from "../prepare";
import { type Card, type CardField, type PerPart, parts, USER } from "./card";
import { codeFunction } from "./codes";
import { type Scaling, scaleFunction, scalings } from "./scale";
import { isThere, PART, type Staged, tableOf, typesOf } from "./staged";
import { unknownShares } from "./unknown";
import { countVocabularies } from "./vocabulary";
import type { Workplace } from "./workplace";

/** What to write. */
export interface WritePrepared {
	/** Holds the table `staged`, and `staged_common` where there is one. */
	db: DuckDb;
	place: Workplace;
	staged: Staged;
	/** What the reader knows of the card. */
	about: Pick<Card, "name" | "reader" | "files" | "read" | "dropped" | "remarks" | "split" | "schema">;
	/** Ids in fewer training rows become 0, "unknown". */
	minFrequency: number;
	progress?: (done: number, total: number) => void;
	/** Stops the work; what was begun is abandoned. */
	signal?: AbortSignal;
}

/**
 * Encodes a staged log with what its training part knows, writes it as a prepared folder and publishes it.
 * The same staged log gives the same bytes. Numbers and ids are coded as by `encode`.
 *
 * @throws InputError names that stand for two columns, or no training rows
 */
export async function writePrepared(options: WritePrepared): Promise<Card> {
	const { db, place, staged, about, minFrequency, signal } = options;
	const features = Object.entries(staged.features);
	refuseDoubles([...staged.events, ...features.map(([name]) => name), ...(staged.truth ?? []), "common", USER]);
	const types = await typesOf(db, "staged");
	const hasCommon = features.some(([, { of }]) => of === "common");
	if (hasCommon) Object.assign(types, await typesOf(db, "staged_common"));
	const steps = features.length + 5;
	let done = 0;
	const step = () => {
		if (signal?.aborted) throw new Error("stopped; nothing was written");
		options.progress?.(++done, steps);
	};
	const stop = () => db.connection.interrupt();
	signal?.addEventListener("abort", stop, { once: true });
	try {
		const rows = await countRows(db, "TRUE");
		if (rows.train === 0) throw new InputError(`${about.name}: no training rows are left of ${about.read} read`);
		await countVocabularies(db, staged, types, minFrequency, step);
		const fields = await makeFields(db, staged, types);
		step();
		const users = staged.user === undefined ? undefined : await numberUsers(db, staged.user, types);
		step();
		await writeFiles(options, types, step);
		const card: Omit<Card, "fingerprint"> = {
			...{ format: 1, ...about, minFrequency, rows, fields, users },
			events: await countEvents(db, staged.events),
			unknown: await unknownShares(db, place.folder, staged, types),
			...(hasCommon ? { commonRows: (await db.rows("SELECT count(*) AS n FROM staged_common"))[0].n as number } : {}),
		};
		const { reader, files, split, schema } = about;
		const fingerprint = sha256({ reader, files, split, schema, minFrequency, encoderVersion });
		const whole = { ...card, fingerprint };
		await place.publish(whole);
		return whole;
	} finally {
		signal?.removeEventListener("abort", stop);
	}
}

function refuseDoubles(names: readonly string[]): void {
	const twice = names.find((name, at) => names.indexOf(name) !== at);
	if (twice !== undefined)
		throw new InputError(
			`"${twice}" names two columns of the prepared log: give the event or the feature another name`,
		);
}

async function countRows(db: DuckDb, condition: string): Promise<PerPart> {
	const counts = await db.rows(`SELECT part, count(*) AS n FROM staged WHERE ${condition} GROUP BY part`);
	const of = (part: number) => (counts.find((row) => row.part === part)?.n as number) ?? 0;
	return { train: of(PART.train), valid: of(PART.valid), test: of(PART.test) };
}

async function countEvents(db: DuckDb, events: readonly string[]): Promise<Record<string, PerPart>> {
	const counts: Record<string, PerPart> = {};
	for (const event of events) counts[event] = await countRows(db, `${sqlName(event)} = 1`);
	return counts;
}

/** Makes the functions `code_0`, `code_1`, … that encode the features, and says what the fields become. */
async function makeFields(db: DuckDb, staged: Staged, types: Readonly<Record<string, string>>): Promise<CardField[]> {
	const features = Object.entries(staged.features);
	const numbers = features.filter(([, { kind }]) => kind === "number").map(([name]) => name);
	const scaled: Record<string, Scaling> = await scalings(db, numbers);
	const sizes = await db.rows("SELECT field, count(*) AS n FROM vocabulary GROUP BY field");
	const fields: CardField[] = [];
	for (const [at, [name, { kind, of, weights = false }]] of features.entries()) {
		const size = 1 + ((sizes.find(({ field }) => field === name)?.n as number) ?? 0);
		if (kind === "number") scaleFunction(db, scaled[name], `code_${at}`);
		else await codeFunction(db, name, types[name], `code_${at}`);
		if (kind === "number") fields.push({ name, kind, ...scaled[name] });
		else fields.push(kind === "id" ? { name, kind, size } : { name, kind, size, of, weights });
	}
	return fields;
}

/** Numbers the users 1, 2, … in the order of their first rows, and makes the function `user_number`. Gives how many there are. */
async function numberUsers(db: DuckDb, user: string, types: Readonly<Record<string, string>>): Promise<number> {
	const id = sqlName(user);
	await db.run(`INSERT INTO vocabulary
		SELECT '${USER}', CAST(id AS VARCHAR), n, row_number() OVER (ORDER BY first) AS code
		FROM (SELECT ${id} AS id, count(*) AS n, min(rowid) AS first FROM staged WHERE ${isThere(id, types[user])} GROUP BY 1)
		ORDER BY code`);
	await codeFunction(db, USER, types[user], "user_number");
	const [{ n }] = await db.rows(`SELECT count(*) AS n FROM vocabulary WHERE field = '${USER}'`);
	return n as number;
}

async function writeFiles(
	{ db, place, staged }: WritePrepared,
	types: Readonly<Record<string, string>>,
	step: () => void,
): Promise<void> {
	const features = Object.entries(staged.features);
	const copy = (select: string, file: string) =>
		db.run(`COPY (${select}) TO ${sqlText(join(place.folder, file))} (FORMAT parquet, COMPRESSION zstd)`);
	const filled = (name: string) => `coalesce(${sqlName(name)}, ${types[name] === "VARCHAR" ? "''" : "0"})`;
	const coded = (table: string) =>
		features.flatMap(([name, feature], at) => {
			if (tableOf(feature) !== table) return [];
			const raw = feature.kind === "id" ? filled(name) : sqlName(name);
			return [`code_${at}(${raw}) AS ${sqlName(name)}`, ...(feature.weights ? [sqlName(`${name}.weights`)] : [])];
		});
	const hasCommon = features.some(([, { of }]) => of === "common");
	const columns = [
		...staged.events.map(sqlName),
		...(staged.user === undefined ? [] : [`user_number(${filled(staged.user)}) AS ${sqlName(USER)}`]),
		...(hasCommon ? ["common"] : []),
		...coded("staged"),
		...(staged.truth ?? []).map(sqlName),
	].join(", ");
	for (const part of parts) {
		await copy(`SELECT ${columns} FROM staged WHERE part = ${PART[part]}`, `${part}.parquet`);
		step();
	}
	if (hasCommon) await copy(`SELECT ${coded("staged_common").join(", ")} FROM staged_common`, "common.parquet");
	await copy(`SELECT * FROM vocabulary WHERE field <> '${USER}'`, "vocabulary.parquet");
}
