import { InputError } from "../../core/problem";
import { type DuckDb, sqlName } from "../duckdb";
import { encoderVersion } from "../encode";
import { sha256 } from "../prepare";
import { type Card, type PerPart, TIME, USER } from "./card";
import { makeFields, numberUsers } from "./fields";
import { ENCODED, writeFiles } from "./files";
import { PART, type Staged, typesOf } from "./staged";
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
	refuseDoubles([
		...staged.events,
		...features.map(([name]) => name),
		...(staged.truth ?? []),
		"common",
		USER,
		TIME,
		ENCODED,
	]);
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
		const { fields, coders } = await makeFields(db, staged, types);
		step();
		const users = staged.user === undefined ? undefined : await numberUsers(db, staged.user, types);
		step();
		await writeFiles({ db, folder: place.folder, staged, types, coders, user: users?.coder }, step);
		const card: Omit<Card, "fingerprint"> = {
			...{ format: 1, ...about, minFrequency, rows, fields, users: users?.count },
			...(staged.time === undefined ? {} : { timed: true as const }),
			events: await countEvents(db, staged.events),
			unknown: await unknownShares(db, place.folder, staged, types),
			...(hasCommon ? { commonRows: (await db.rows("SELECT count(*) AS n FROM staged_common"))[0].n as number } : {}),
		};
		const { reader, files, split, schema } = about;
		const fingerprint = sha256({
			...{ reader, files, split, schema, minFrequency, encoderVersion },
			// A folder of before does not tell the time.
			...(card.timed ? { timed: true } : {}),
		});
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
