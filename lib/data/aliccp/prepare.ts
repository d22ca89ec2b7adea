import { join } from "node:path";
import { type DuckDb, memorySize, openDuckDb } from "../duckdb";
import type { Card } from "../prepared/card";
import { beginWork } from "../prepared/workplace";
import { writePrepared } from "../prepared/write";
import type { SplitRule } from "../split";
import { type AliCcpProtocol, aliCcpProtocols, aliCcpSchema, aliCcpStaged } from "./protocol";
import { type AliCcpScan, readerVersion } from "./scan";
import { stageAliCcp } from "./stage";

/** What to prepare, and how. */
export interface PrepareAliCcp {
	/** Folder of the raw files. */
	raw: string;
	/** Folder of the prepared log; made, or made anew. */
	out: string;
	protocol: AliCcpProtocol;
	/** Ids in fewer training rows are 0, "unknown". Default 10. */
	minFrequency?: number;
	/** Memory for the work, as "500MB", of which DuckDB gets six tenths. Default: 80 % of the machine's for DuckDB. */
	memory?: string;
	/** Elements that are kept of each of a common row's histories (`esmm`). Default 50. */
	history?: number;
	/** How far each of the two stages is. */
	progress?: (stage: "reading" | "encoding", done: number, total: number) => void;
	/** Ends the work; nothing of it is left. */
	signal?: AbortSignal;
}

/** A prepared Ali-CCP: its card, and what its raw rows looked like. */
export interface PreparedAliCcp {
	card: Card;
	/** Of the rows that were kept. */
	scan: AliCcpScan;
	/** Distinct ids of all parts. */
	users: number;
	/** Distinct items, and how many of them stand in one row only. */
	items: { all: number; once: number };
}

/** Validation rows of both protocols; ESMM's paper names none. The same share and seed as `train` takes for logs in memory. */
export const ALICCP_SPLIT = { by: "source", valid: 0.1, seed: 0 } as const satisfies SplitRule;

/**
 * Makes a prepared folder of Ali-CCP's raw files. Rows go through a database in a folder of `out`, so memory is needed for
 * the common rows of one part (140 bytes each), the vocabularies (16 bytes an id), and what DuckDB is given.
 *
 * @throws InputError raw files that cannot be used, an `out` that is no folder, or too little memory
 */
export async function prepareAliCcp(options: PrepareAliCcp): Promise<PreparedAliCcp> {
	const { raw, out, protocol, minFrequency = 10, memory, history = 50, progress, signal } = options;
	const fields = aliCcpProtocols[protocol];
	const goOn = () => {
		if (signal?.aborted) throw new Error("stopped; nothing was written");
	};
	const place = await beginWork(out, [join(raw, "sample_skeleton_train.csv")]);
	let db: DuckDb | undefined;
	try {
		// The rest of what is allowed is for the threads that read, whose memory does not grow with the rows.
		const engine = memory && `${Math.max(64, Math.floor((0.6 * memorySize(memory)) / 1e6))}MB`;
		const [file, spill] = ["staged.duckdb", "spill"].map((name) => join(place.folder, name));
		db = await openDuckDb({ file, memory: engine, spill });
		// The staged rows are written and read a few times, then removed: packing them costs more than it saves.
		await db.run("PRAGMA force_compression = 'uncompressed'");
		const scan = await stageAliCcp({
			...{ folder: raw, protocol, db, history, valid: ALICCP_SPLIT.valid, seed: ALICCP_SPLIT.seed },
			progress(done, total) {
				goOn();
				progress?.("reading", done, total);
			},
		});
		goOn();
		const items = await distinctItems(db);
		const card = await writePrepared({
			...{ db, place, staged: aliCcpStaged(fields), minFrequency, signal },
			about: {
				name: `aliccp ${protocol}`,
				reader: { name: "aliccp", version: readerVersion, protocol },
				files: scan.files,
				read: scan.read,
				dropped: scan.dropped,
				remarks: [
					...scan.droppedCommon.map((row) => ({ ...row, reason: `common row: ${row.reason}` })),
					...scan.unread,
				],
				split: splitOf(protocol, history),
				schema: aliCcpSchema(fields),
			},
			progress: (done, total) => progress?.("encoding", done, total),
		});
		return { card, scan, users: card.users ?? 0, items };
	} catch (problem) {
		// The engine's own word for it is no answer to Ctrl-C.
		goOn();
		throw problem;
	} finally {
		db?.close();
		await place.abandon();
	}
}

/** What the card says of the split, and of the histories where there are any. */
const splitOf = (protocol: AliCcpProtocol, history: number): object => ({
	...ALICCP_SPLIT,
	note: "test as the source divides it; validation drawn from the rows of its train part",
	...(protocol === "esmm" ? { validNotInPaper: true, history } : {}),
});

async function distinctItems(db: DuckDb): Promise<{ all: number; once: number }> {
	const [row] = await db.rows(`SELECT count(*) AS "all", count(*) FILTER (n = 1) AS once
		FROM (SELECT count(*) AS n FROM staged WHERE "205" > 0 GROUP BY "205")`);
	return row as { all: number; once: number };
}
