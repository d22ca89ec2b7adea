import { existsSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { link, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { projectRoot } from "../core/root";
import { sha256 } from "../data/prepare";
import { checkWritable } from "../data/writable";
import { readCommitted } from "./committed";
import { hasMetrics, type RunResult } from "./result";

/** Where results of runs lie: one JSON file each, named by the run's hash. */
export interface Store {
	/** Its folder. */
	readonly folder: string;
	/**
	 * The result of a run, or undefined when there is none: the store's own, or the one that is committed under data/results, which has
	 * no predictions; where one of them alone has metrics of the test part, that one. A file that is no result, or was changed, is reported and counts as none; a
	 * store that may be written to puts it aside as HASH.json.damaged. One that an earlier program wrote in another form counts as none, too, without
	 * a word: no run of this program has its hash.
	 */
	get(run: string): RunResult | undefined;
	/**
	 * Writes a result whole, and removes the checkpoint of its training. There is one result a run: a later one that holds no more
	 * than the one that is there is left out, unless its predictions took the place of damaged ones.
	 *
	 * @returns false where it was left out
	 */
	put(result: RunResult): Promise<boolean>;
	/** The file that keeps the state of a run's training until its result is there. */
	checkpoint(run: string): string;
	/** The file that keeps a run's predictions. */
	predictions(run: string): string;
	/** The folder of a run's saved model, where `npm run train` kept one. */
	model(run: string): string;
	/** The file that is there while a process is at a run. */
	lease(run: string): string;
	/** Hashes that begin with a text, of runs with a result or a saved model of the store's own. */
	runs(prefix: string): string[];
}

/**
 * The store in a folder; without one, that of the environment variable STORE, else data/runs.
 *
 * @param use "read": nothing will be put into it, so it may be one that cannot be written to
 * @throws InputError a folder that cannot be made or written to: said before anything is computed for it
 */
export function openStore(
	folder = process.env.STORE ?? join(projectRoot(), "data/runs"),
	use: "read" | "write" = "write",
): Store {
	if (use === "write")
		checkWritable(
			folder,
			(why) => `results cannot be kept in "${folder}" (${why}): give a folder that can be written to`,
		);
	const of = (end: string) => (run: string) => join(folder, `${run}.${end}`);
	const [file, checkpoint, predictions] = [of("json"), of("checkpoint"), of("predictions.parquet")];
	return {
		folder,
		get(run) {
			const found = read(file(run), run);
			if (found !== "damaged") return orCommitted(found, run);
			const committed = readCommitted(run);
			const then = committed
				? "the committed one counts"
				: use === "write"
					? "the run is done again"
					: "it counts as none";
			process.stderr.write(`${file(run)} is damaged; ${then}\n`);
			if (use === "write") putAside(file(run));
			return committed;
		},
		async put(result) {
			await mkdir(folder, { recursive: true });
			const text = `${JSON.stringify({ ...result, sha256: sumOf(result) }, null, "\t")}\n`;
			const kept = await keep(file(result.run), text, result);
			await rm(checkpoint(result.run), { force: true });
			return kept;
		},
		checkpoint,
		predictions,
		model: of("model"),
		lease: of("lease"),
		runs(prefix) {
			const names = existsSync(folder) ? readdirSync(folder) : [];
			const found = names.flatMap((name) => /^([0-9a-f]{64})\.(?:json|model)$/.exec(name)?.[1] ?? []);
			return [...new Set(found)].filter((run) => run.startsWith(prefix)).sort();
		},
	};
}

/** A store's own result, unless a committed one has the test part beside it. */
function orCommitted(own: RunResult | undefined, run: string): RunResult | undefined {
	if (own?.test) return own;
	const committed = readCommitted(run);
	return own === undefined || committed?.test ? committed : own;
}

/** What is stored is never "from the store": whether it was is said by who reads it. */
const sumOf = ({ cached: _, ...result }: RunResult): string => sha256(JSON.parse(JSON.stringify(result)));

function read(file: string, run: string): RunResult | "damaged" | undefined {
	if (!existsSync(file)) return undefined;
	try {
		const { sha256: sum, ...result } = JSON.parse(readFileSync(file, "utf8")) as RunResult & { sha256: string };
		if (result.run === run && sumOf(result) === sum) return result;
		if (sum === undefined && result.run === run && result.metrics && result.share === undefined) return undefined;
	} catch {
		// no JSON, or none of ours
	}
	return "damaged";
}

/** So that it is told once, and nobody's file is lost. */
function putAside(file: string): void {
	try {
		renameSync(file, `${file}.damaged`);
	} catch {
		// a store that is only read: it is told again
	}
}

/** Writes a result if there is none, or one with less in it. */
async function keep(file: string, text: string, result: RunResult): Promise<boolean> {
	const there = read(file, result.run);
	if (there === undefined) {
		const aside = `${file}.${process.pid}`;
		try {
			await writeFile(aside, text);
			await link(aside, file);
			return true;
		} catch (problem) {
			if ((problem as NodeJS.ErrnoException).code !== "EEXIST") throw problem;
			return keep(file, text, result);
		} finally {
			await rm(aside, { force: true });
		}
	}
	if (there !== "damaged" && holds(there, result) && !keepsOthers(there, result)) return false;
	await writeFileAtomic(file, text);
	return true;
}

/**
 * Whether two results kept predictions that differ: those of the later one are in the file now. On as many threads the same run gives the
 * same bits, on more or fewer it need not.
 */
const keepsOthers = (there: RunResult, later: RunResult): boolean =>
	later.predictions !== undefined && later.predictions.sha256 !== there.predictions?.sha256;

/** Whether a result has all that another one has. */
export const holds = (one: RunResult, other: Pick<RunResult, "test" | "predictions" | "only">): boolean =>
	hasMetrics(one, other.only) &&
	(one.test !== undefined || other.test === undefined) &&
	(other.predictions?.parts ?? []).every((part) => one.predictions?.parts.includes(part));
