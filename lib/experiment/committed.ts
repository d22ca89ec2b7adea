import { existsSync, readdirSync, readFileSync } from "node:fs";
import { copyFile, mkdir, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { projectRoot } from "../core/root";
import { halfOf } from "../data/leftovers";
import { sha256 } from "../data/prepare";
import { checkWritable } from "../data/writable";
import type { MetricValue } from "../metrics/value";
import { hasMetrics, type RunResult } from "./result";

/** Metrics that say the same beside their values: space, rows, positives, users, cut, bins. Name → value and standard error. */
type Group = Omit<MetricValue, "value" | "se"> & { of: Record<string, [MetricValue["value"], MetricValue["se"]]> };

interface Packed extends Omit<RunResult, "cached" | "metrics" | "test" | "predictions"> {
	metrics: Group[];
	test?: Group[];
	/** Of the result that is packed. */
	sha256: string;
}

/** What is kept of a validation part whose run opened its test part too: trainings stop and settings are chosen by these. */
const CHOSEN_BY = /^(auc|logloss)\(/;

/** Where results lie that the project keeps for everybody: data/results, or the folder that RESULTS names; "" for none. */
const resultsFolder = (): string => process.env.RESULTS ?? join(projectRoot(), "data/results");

/** Folders of data/results, a paper each. */
function papersHere(): string[] {
	const folder = resultsFolder();
	if (folder === "" || !existsSync(folder)) return [];
	const found = readdirSync(folder, { withFileTypes: true }).filter((one) => one.isDirectory());
	return found.map(({ name }) => join(folder, name)).sort();
}

/** The committed file of a run that ends in this way, for whatever paper; undefined where there is none. */
export const committedFile = (run: string, end: string): string | undefined =>
	papersHere()
		.map((folder) => join(folder, `${run}.${end}`))
		.find((file) => existsSync(file));

const fileOf = (run: string): string | undefined => committedFile(run, "json");

/**
 * A committed result: data/results/PAPER/HASH.json. It has no predictions, and of the validation part of a run that opened its test
 * part AUCs and log-losses alone; every number that it has is the run's, bit for bit. A file that was changed is told and counts as
 * none.
 */
export function readCommitted(run: string): RunResult | undefined {
	const file = fileOf(run);
	if (file === undefined) return undefined;
	try {
		const { sha256: sum, ...result } = unpacked(JSON.parse(readFileSync(file, "utf8")) as Packed);
		if (result.run === run && sumOf(result) === sum) return { ...result, cached: false };
	} catch {
		// no JSON, or none of ours
	}
	process.stderr.write(`${file} is damaged; it counts as none\n`);
	return undefined;
}

/**
 * Writes what tables need of a result, in a third of its size, to data/results/PAPER/HASH.json, whole.
 *
 * @param only of all metrics these alone, and the file says so: of a run that serves one analysis. With those that another one has
 * committed of the run before
 * @returns the file; undefined where the run is committed already, for this paper or another, with all that the result has
 */
export async function commitResult(
	result: RunResult,
	paper: string,
	only?: readonly string[],
): Promise<string | undefined> {
	const there = readCommitted(result.run);
	if (there && (there.test || !result.test) && hasMetrics(there, only ?? result.only)) return undefined;
	// What comes from a committed file has no more than that file.
	if (there && result.only) return undefined;
	const union = there && only ? there.only && [...new Set([...there.only, ...only])] : only;
	const file = fileOf(result.run) ?? join(resultsFolder(), paper, `${result.run}.json`);
	await mkdir(dirname(file), { recursive: true });
	await writeFileAtomic(file, `${JSON.stringify(packed(result, union))}\n`);
	return file;
}

/** Runs that are committed for a paper. */
export function committedRuns(paper: string): string[] {
	const folder = join(resultsFolder(), paper);
	const names = papersHere().includes(folder) ? readdirSync(folder) : [];
	return names.flatMap((name) => /^([0-9a-f]{64})\.json$/.exec(name)?.[1] ?? []).sort();
}

const sumOf = (result: object): string => sha256(JSON.parse(JSON.stringify(result)));

function packed({ cached: _, predictions: __, ...result }: RunResult, only: readonly string[] | undefined): Packed {
	const isWanted = (name: string) => only?.includes(name) ?? true;
	const pick = (metrics: RunResult["metrics"], isKept: (name: string) => boolean) =>
		Object.fromEntries(Object.entries(metrics).filter(([name]) => isWanted(name) && isKept(name)));
	const metrics = pick(result.metrics, (name) => !result.test || CHOSEN_BY.test(name));
	const test = result.test && pick(result.test, () => true);
	const of = { ...result, ...(only ? { only: [...only].sort() } : {}) };
	const kept = { ...of, metrics, ...(test ? { test } : {}) };
	return {
		...of,
		metrics: grouped(metrics),
		...(test ? { test: grouped(test) } : {}),
		sha256: sumOf(kept),
	} as Packed;
}

function unpacked({ metrics, test, ...result }: Packed): Omit<RunResult, "cached"> & { sha256: string } {
	return { ...result, metrics: ungrouped(metrics), ...(test ? { test: ungrouped(test) } : {}) };
}

function grouped(metrics: Readonly<Record<string, MetricValue>>): Group[] {
	const groups = new Map<string, Group>();
	for (const [name, { value, se, ...beside }] of Object.entries(metrics)) {
		const key = sha256(JSON.parse(JSON.stringify(beside)));
		const group = groups.get(key) ?? { ...beside, of: {} };
		group.of[name] = [value, se];
		groups.set(key, group);
	}
	return [...groups.values()];
}

const ungrouped = (groups: readonly Group[]): Record<string, MetricValue> =>
	Object.fromEntries(
		groups.flatMap(({ of, ...beside }) =>
			Object.entries(of).map(([name, [value, se]]) => [name, { value, se, ...beside }]),
		),
	);

/** Commits results as they are heard, one after another. */
export function keeper(of: {
	/** The paper that a run is committed for, and the metrics that it serves where they are not all. */
	owner: (run: string) => { paper: string; only?: readonly string[] };
	/** Files of the store that are copied beside its result: named HASH.END. */
	beside: (run: string) => readonly string[];
}): {
	hear(result: RunResult): void;
	/** Results that were written. */
	written(): number;
	/** Waits for the last. @throws Error what could not be written */
	end(): Promise<void>;
} {
	let [last, written]: [Promise<void>, number] = [Promise.resolve(), 0];
	const keep = async (result: RunResult) => {
		const { paper, only } = of.owner(result.run);
		if ((await commitResult(result, paper, only)) !== undefined) written++;
		const folder = dirname(fileOf(result.run) as string);
		for (const file of of.beside(result.run)) await copyWhole(file, join(folder, basename(file)));
	};
	return {
		hear(result) {
			last = last.then(() => keep(result));
			// Told by `end`.
			last.catch(() => {});
		},
		written: () => written,
		end: () => last,
	};
}

async function copyWhole(from: string, to: string): Promise<void> {
	await copyFile(from, halfOf(to));
	await rename(halfOf(to), to);
}

/** @throws InputError a folder for committed results that cannot be written to, or none at all */
export function checkResultsFolder(): void {
	const folder = resultsFolder();
	checkWritable(folder, (why) => `results cannot be kept in "${folder}" (${why}): RESULTS names another folder`);
}
