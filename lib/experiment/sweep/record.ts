import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import type { Store } from "../store";
import type { PlainSpec, Sweep } from "./spec";

/** An opening of test parts by something else: a command, another sweep, a paper's table. */
export interface Opening {
	by: string;
	/** The first time. */
	at: string;
	/** How many runs it opened the test part for. */
	runs: number;
}

/** What a sweep chose, and when it opened the test part for it; kept beside the results as sweeps/HASH.json. */
export interface SweepRecord {
	sweep: string;
	spec: PlainSpec;
	chosen: readonly { model: string; hyper: Readonly<Record<string, unknown>>; runs: readonly string[] }[];
	opened: { at: string; by: string };
	/** What had opened the test part of the same data before: then the choice was not blind. */
	before: readonly Opening[];
}

/** What a sweep's openings of the test part are named by. */
export const nameOf = ({ hash }: Pick<Sweep, "hash">): string => `sweep ${hash.slice(0, 12)}`;

/** Where a sweep's record lies. */
export const recordFile = ({ folder }: Pick<Store, "folder">, { hash }: Pick<Sweep, "hash">): string =>
	join(folder, "sweeps", `${hash}.json`);

/**
 * The record of a sweep's choice: the one that is there, if it is of the same choice; else a new one, written before the test part
 * is opened, with what had opened that part of the same data before.
 */
export async function recorded(
	store: Store,
	sweep: Sweep,
	chosen: SweepRecord["chosen"],
	fingerprints: ReadonlySet<string>,
): Promise<SweepRecord> {
	const [file, by] = [recordFile(store, sweep), nameOf(sweep)];
	const known = readRecord(file);
	const runs = new Set(chosen.flatMap((one) => one.runs));
	const runsOf = (record: Pick<SweepRecord, "chosen">) => JSON.stringify(record.chosen.map((one) => one.runs));
	if (known && runsOf(known) === runsOf({ chosen })) return known;
	const before = openings(store, fingerprints, (run, opener) => opener === by && runs.has(run));
	const record: SweepRecord = {
		sweep: sweep.hash,
		spec: sweep.spec,
		chosen,
		opened: { at: new Date().toISOString(), by },
		before,
	};
	await mkdir(join(store.folder, "sweeps"), { recursive: true });
	await writeFileAtomic(file, `${JSON.stringify(record, null, "\t")}\n`);
	return record;
}

function readRecord(file: string): SweepRecord | undefined {
	if (!existsSync(file)) return undefined;
	try {
		const record = JSON.parse(readFileSync(file, "utf8")) as SweepRecord;
		if (Array.isArray(record.chosen) && Array.isArray(record.before)) return record;
	} catch {
		// told below
	}
	process.stderr.write(`${file} is no record of a sweep; it is written anew\n`);
	return undefined;
}

/** Openings of the test part of these data, of all results in the store but one's own. */
function openings(
	store: Store,
	fingerprints: ReadonlySet<string>,
	isOwn: (run: string, by: string) => boolean,
): Opening[] {
	const found = new Map<string, Opening>();
	for (const run of store.runs("")) {
		const result = store.get(run);
		if (!result?.opened || !fingerprints.has(result.data.fingerprint) || isOwn(run, result.opened.by)) continue;
		const { by, at } = result.opened;
		const known = found.get(by);
		found.set(by, { by, at: known && known.at < at ? known.at : at, runs: (known?.runs ?? 0) + 1 });
	}
	return [...found.values()].sort((a, b) => (a.at < b.at ? -1 : 1));
}
