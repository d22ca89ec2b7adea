import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { InputError } from "../lib/core/problem";
import { projectRoot } from "../lib/core/root";
import { type WriteAliCcp, type WrittenAliCcp, writeAliCcp } from "../lib/data/aliccp/writer";
import { type ChildOptions, child } from "./child";

/** Bytes of the four raw files for each row, with 518 elements a common row. */
const BYTES_A_ROW = 480;

/** Raw files of Ali-CCP for a benchmark. */
export interface RawAliCcp {
	folder: string;
	/** Lines of both skeletons. */
	rows: number;
	bytes: number;
	/** What the writer put into them. */
	written: WrittenAliCcp;
}

/**
 * What is written: sizes of the source (518 elements in a common row, 57.9 rows each), a test part of a third of the training
 * rows, and the source's share of rows with click=0 and conversion=1, at least 3.
 */
export const rawOptions = (rows: number): WriteAliCcp => ({
	rows,
	testRows: Math.max(1, Math.round(rows / 3)),
	seed: 1,
	commonElements: 518,
	faults: { contradiction: Math.max(3, Math.round((rows * 230) / 42_300_135)) },
});

/** Raw files with `rows` training rows, made at the first call and kept in `cache` with a marker that is written last. */
export async function rawAliCcp(rows: number, cache: string, options: ChildOptions = {}): Promise<RawAliCcp> {
	const { say = () => {} } = options;
	const asked = rawOptions(rows);
	const lines = rows + (asked.testRows ?? 0);
	const folder = join(cache, `aliccp-raw-${rows}`);
	const made = JSON.stringify({ options: asked, sample: await sampleHash(cache) });
	const known = readMarker(folder);
	if (known?.made === made) {
		const bytes = bytesIn(folder);
		say(`raw files of ${lines.toLocaleString("en")} rows, ${(bytes / 1e6).toFixed(0)} MB: there already`);
		return { folder, rows: lines, bytes, written: known.written };
	}
	room(cache, lines * BYTES_A_ROW);
	const part = `${folder}.part`;
	for (const old of [folder, part]) rmSync(old, { recursive: true, force: true });
	mkdirSync(part, { recursive: true });
	const expected = ((lines * BYTES_A_ROW) / 1e6).toFixed(0);
	say(`writing raw files of ${lines.toLocaleString("en")} rows, about ${expected} MB, kept in ${folder}`);
	const begun = performance.now();
	const beat = setInterval(() => say(`raw files: ${(bytesIn(part) / 1e6).toFixed(0)} of about ${expected} MB`), 15_000);
	try {
		await child(
			[process.execPath, "--import", loader(), join(projectRoot(), "bench/writeRaw.ts"), part, made],
			options,
		);
	} finally {
		clearInterval(beat);
	}
	renameSync(part, folder);
	const marker = readMarker(folder);
	if (marker?.made !== made) throw new Error(`${folder} was not written whole: remove it and try again`);
	const bytes = bytesIn(folder);
	say(`raw files: ${(bytes / 1e6).toFixed(0)} MB in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
	return { folder, rows: lines, bytes, written: marker.written };
}

/** Name of the marker in a folder of raw files. */
export const MARKER = "written.json";

function readMarker(folder: string): { made: string; written: WrittenAliCcp } | undefined {
	const file = join(folder, MARKER);
	return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/** SHA-256 of a small sample of what the writer makes: files of a writer that makes other bytes are written anew. */
async function sampleHash(cache: string): Promise<string> {
	const folder = join(cache, `sample-${process.pid}`);
	try {
		await writeAliCcp(folder, rawOptions(1000));
		const hash = createHash("sha256");
		for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(join(folder, name)));
		return hash.digest("hex");
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** The address of tsx's loader, for a child process that runs TypeScript. */
export const loader = (): string => pathToFileURL(join(projectRoot(), "node_modules/tsx/dist/loader.mjs")).href;

const bytesIn = (folder: string): number =>
	readdirSync(folder).reduce(
		(sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
		0,
	);

/** Refuses a disk without room for `bytes` of raw files and about as much again for what is made of them. */
function room(folder: string, bytes: number): void {
	mkdirSync(folder, { recursive: true });
	const { bavail, bsize } = statfsSync(folder);
	if (bavail * bsize < 2 * bytes)
		throw new InputError(
			`${((2 * bytes) / 1e9).toFixed(1)} GB are needed in ${folder}, ${((bavail * bsize) / 1e9).toFixed(1)} GB are free: make room or give fewer --rows`,
		);
}
