import { closeSync, mkdirSync, openSync, readdirSync, readSync, rmSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../lib/core/root";
import { duration } from "../lib/view/progress";
import { mustAgree, type Place, runOurs, runPeer } from "./dataPrograms";
import { type BenchResult, figure, ratio } from "./figures";
import { commit, machine, today } from "./machine";
import { peerPython } from "./peerPython";
import { type RawAliCcp, rawAliCcp } from "./rawAliCcp";
import { workFolder } from "./workFolder";

/** Training rows of the short run that comes first. */
const TRIAL = 100_000;
/** A peer that needs longer than this for one run is run once. */
const LONG = 240;

/** What `npm run bench -- data` may be told. */
export interface BenchData {
	/** Training rows; the test part has a third as many. */
	rows: number;
	/** Runs of each program; without it 3, and 1 of a peer that needs more than four minutes. */
	repeats?: number;
	/** Memory that DuckDB may use in ours, as "500MB". */
	memory: string;
	signal: AbortSignal;
	say: (line: string) => void;
}

/**
 * Measures our preparation of raw Ali-CCP against the public one in Python and pandas (`peers/pandas_aliccp.py`), in turns, on the
 * same files; then ours on twice the rows, for its memory.
 *
 * @throws Error the two did different work, or one of them failed
 */
export async function benchData(options: BenchData): Promise<BenchResult> {
	const { rows, memory, signal, say } = options;
	const cache = join(projectRoot(), "data/cache/bench");
	const work = workFolder(cache);
	try {
		const place: Place = { folder: work.folder, python: await peerPython("pandas", signal, say), memory, signal };
		const { ours: a, peer: b } = rows > TRIAL ? await trial(rows, cache, place, say) : { ours: 0, peer: 0 };
		const repeats = options.repeats ?? 3;
		const turns = { ours: repeats, peer: options.repeats ?? (b > LONG ? 1 : 3) };
		const seconds = turns.ours * a + turns.peer * b + 2 * a;
		if (seconds > 0)
			say(
				`at ${rows.toLocaleString("en")} training rows, expect at most ${duration(a)} a run of ours (${turns.ours} runs), ${duration(b)} of the peer (${turns.peer}); in all ${duration(seconds)}, and the writing of raw files that are not there`,
			);
		const raw = await rawAliCcp(rows, cache, { signal, say });
		const { ours, peer } = await inTurns(raw, turns, place, say);
		const twice = await rawAliCcp(2 * rows, cache, { signal, say });
		readThrough(twice.folder);
		const double = await runOurs(twice, place);
		say(`ours, twice the rows: ${words(double, twice.rows)}`);

		const rate = (runs: readonly { seconds: number }[]) => figure(runs.map(({ seconds }) => raw.rows / seconds));
		const of = <T>(runs: readonly T[], value: (run: T) => number) => figure(runs.map(value));
		const lines = of(peer, ({ seconds, answer }) => raw.rows / (seconds - answer.seconds.frames));
		const figures: BenchResult["figures"] = {
			"data.rows": figure([raw.rows]),
			"data.rawMB": figure([raw.bytes / 1e6]),
			"data.ours.rowsPerSecond": rate(ours),
			"data.peer.rowsPerSecond": rate(peer),
			"data.peer.linesOnly.rowsPerSecond": lines,
			"data.ratio": ratio(rate(ours), rate(peer)),
			"data.ratio.linesOnly": ratio(rate(ours), lines),
			"data.ratio.cpu": ratio(
				of(peer, ({ cpuSeconds }) => cpuSeconds),
				of(ours, ({ cpuSeconds }) => cpuSeconds),
			),
			"data.ours.seconds": of(ours, ({ seconds }) => seconds),
			"data.peer.seconds": of(peer, ({ seconds }) => seconds),
			"data.ours.cpuSeconds": of(ours, ({ cpuSeconds }) => cpuSeconds),
			"data.peer.cpuSeconds": of(peer, ({ cpuSeconds }) => cpuSeconds),
			"data.ours.peakMB": of(ours, ({ peakMB }) => peakMB),
			"data.peer.peakMB": of(peer, ({ peakMB }) => peakMB),
			"data.ours.rowsPerSecond.twice": figure([twice.rows / double.seconds]),
			"data.ours.peakMB.twice": figure([double.peakMB]),
		};
		return {
			bench: "data",
			machine: machine(),
			versions: { node: process.versions.node, ...(await duckDbVersion()), ...peer[0].answer.versions },
			commit: commit(),
			date: today(),
			figures,
			notes: notes(raw, memory, ours.length, peer.length),
		};
	} finally {
		work.remove();
	}
}

/** Runs both once on few rows. Returns the seconds that a run of each will take at most on `rows` training rows. */
async function trial(rows: number, cache: string, place: Place, say: (line: string) => void) {
	const raw = await rawAliCcp(TRIAL, cache, { ...place, say });
	const { ours, peer } = await inTurns(raw, { ours: 1, peer: 1 }, place, say);
	return { ours: (ours[0].seconds * rows) / TRIAL, peer: (peer[0].seconds * rows) / TRIAL };
}

/** Reads files once, so that each program finds them in the system's memory and no disk is measured. */
function readThrough(folder: string): void {
	const buffer = Buffer.allocUnsafe(1 << 20);
	for (const name of readdirSync(folder)) {
		const file = openSync(join(folder, name), "r");
		while (readSync(file, buffer) > 0);
		closeSync(file);
	}
}

/** Ours, the peer, ours, the peer …; the tables of the last two are compared. */
async function inTurns(
	raw: RawAliCcp,
	turns: { ours: number; peer: number },
	place: Place,
	say: (line: string) => void,
) {
	const folder = { ...place, folder: join(place.folder, String(raw.rows)) };
	mkdirSync(folder.folder, { recursive: true });
	const ours: Awaited<ReturnType<typeof runOurs>>[] = [];
	const peer: Awaited<ReturnType<typeof runPeer>>[] = [];
	for (let turn = 0; turn < Math.max(turns.ours, turns.peer); turn++) {
		if (turn < turns.ours) {
			readThrough(raw.folder);
			ours.push(await runOurs(raw, folder));
			say(`ours ${turn + 1}/${turns.ours}: ${words(ours[turn], raw.rows)}`);
		}
		if (turn < turns.peer) {
			readThrough(raw.folder);
			peer.push(await runPeer(raw, ours[0].card, folder));
			say(`peer ${turn + 1}/${turns.peer}: ${words(peer[turn], raw.rows)}`);
		}
	}
	const [a, b] = [ours[ours.length - 1], peer[peer.length - 1]];
	await mustAgree(a, b, raw.written, folder.folder);
	say(`the same tables: ${raw.rows.toLocaleString("en")} rows read, all labels and ids agree`);
	rmSync(folder.folder, { recursive: true, force: true });
	return { ours, peer };
}

async function duckDbVersion(): Promise<{ duckdb: string }> {
	const { duckdb } = await import("../lib/data/duckdb");
	return { duckdb: duckdb().version() };
}

const words = (
	{ seconds, cpuSeconds, peakMB }: { seconds: number; cpuSeconds: number; peakMB: number },
	rows: number,
) =>
	`${seconds.toFixed(1)} s (${cpuSeconds.toFixed(1)} s of processor), ${Math.round(rows / seconds).toLocaleString("en")} rows/s, peak ${peakMB.toFixed(0)} MB`;

const notes = (raw: RawAliCcp, memory: string, ours: number, peer: number): string[] => [
	`Raw files in the format of Ali-CCP, synthetic: ${raw.rows.toLocaleString("en")} skeleton rows (train and test), 518 elements a common row, ${(raw.bytes / 1e9).toFixed(2)} GB.`,
	`Ours: \`npm run data -- aliccp --protocol cstwa --memory ${memory}\`, runs: ${ours}. Peer: bench/peers/pandas_aliccp.py, the public steps of torch-rechub and AITM in Python and pandas, runs: ${peer}. Whole processes, start included, in turns on the same files, which are read through once before each so that no disk is measured.`,
	"Both gave the same tables: rows, labels, vocabulary sizes and, under other numbers, every id. Ours also checks every element of every line, hashes the files and counts what is unknown; the peer does not.",
	"data.ratio: rows a second of ours by those of the peer. ratio.cpu: processor time of the peer by that of ours, which other programs on the machine disturb less.",
	"linesOnly: the peer without its pandas step (reading the encoded CSVs, dividing, writing them again), which is where AITM's program ends.",
	"peakMB: largest resident memory of the process as the operating system counts it, in 10^6 bytes. Ours takes all cores, the peer one; cpuSeconds are of all cores.",
];
