import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openDuckDb, sqlName, sqlText } from "../duckdb";
import { CARD, type Card, type PerPart, parts, USER } from "./card";

/** Vocabulary sizes of the fields: one large field of users, items and shops each, and many small ones, as in Ali-CCP. */
const SIZES = [200_000, 120_000, 60_000, 12_000, 9000, 4000, 700, 500, 100, 98, 14, 13, 8, 5, 4, 3, 3, 2];

/** Numbers of users; 0 is a row without one. */
const USERS = 3000;

/**
 * For tests and benchmarks: writes a prepared folder of any size, straight by SQL and in a few MB of memory. Ids have a long
 * tail; a tenth of the rows are clicked and a fifth of those convert, by two of the fields.
 *
 * @param truth whether the folder tells true probabilities and users, as a simulated log's does
 * @param count how many fields, from 6 to 18
 */
export async function makeFolder(folder: string, rows: PerPart, truth = false, count = SIZES.length): Promise<Card> {
	const sizes = SIZES.slice(0, count);
	const names = sizes.map((_, field) => `f${field}`);
	const uniform = (salt: number) => `(hash(row * 100 + ${salt}) / 18446744073709551616.0)`;
	const ids = sizes.map(
		(size, field) => `CAST(floor(${size} * pow(${uniform(field)}, 3)) AS INTEGER) AS ${names[field]}`,
	);
	const [ctr, cvr] = ["0.03 + 0.14 * (f4 % 2)", "0.1 + 0.2 * (f5 % 2)"];
	const truths = { "click|impression": ctr, "conversion|click": cvr, "conversion|impression": `(${ctr}) * (${cvr})` };
	const schema: Card["schema"] = {
		events: { click: "click", conversion: "conversion" },
		implies: { conversion: "click" },
		features: Object.fromEntries(names.map((name) => [name, { kind: "id" }])),
		...(truth
			? { user: "f0", truth: Object.fromEntries(Object.keys(truths).map((prob, i) => [prob, `truth${i}`])) }
			: {}),
	};
	const columns = [
		...names,
		...(truth ? [`CAST(f0 % ${USERS + 1} AS INTEGER) AS ${sqlName(USER)}`] : []),
		`CAST(${uniform(98)} < ${ctr} AS UTINYINT) AS click`,
		`CAST(click = 1 AND ${uniform(99)} < ${cvr} AS UTINYINT) AS conversion`,
		...(truth ? Object.values(truths).map((formula, i) => `CAST(${formula} AS FLOAT) AS truth${i}`) : []),
	];
	const db = await openDuckDb({ memory: "500MB" });
	const events: Card["events"] = { click: { ...rows }, conversion: { ...rows } };
	try {
		let from = 0;
		for (const part of parts) {
			const to = from + rows[part];
			const file = sqlText(join(folder, `${part}.parquet`));
			await db.run(`COPY (SELECT ${columns.join(", ")} FROM (SELECT row, ${ids.join(", ")} FROM range(${from}, ${to}) r(row)))
				TO ${file} (FORMAT parquet, COMPRESSION zstd)`);
			const [counts] = await db.rows(
				`SELECT coalesce(sum(click), 0)::INT AS click, coalesce(sum(conversion), 0)::INT AS conversion FROM ${file}`,
			);
			for (const [event, of] of Object.entries(events)) of[part] = counts[event] as number;
			from = to;
		}
		const card: Card = {
			format: 1,
			name: "made",
			fingerprint: `made ${JSON.stringify(rows)} ${truth}`,
			reader: { name: "made", version: 1 },
			files: {},
			read: from,
			rows,
			events,
			dropped: [],
			remarks: [],
			split: { by: "source" },
			minFrequency: 1,
			schema,
			fields: names.map((name, field) => ({ name, kind: "id", size: sizes[field] })),
			unknown: {},
			...(truth ? { users: USERS } : {}),
		};
		await writeFile(join(folder, CARD), JSON.stringify(card));
		return card;
	} finally {
		db.close();
	}
}
