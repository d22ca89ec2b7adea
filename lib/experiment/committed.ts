import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { projectRoot } from "../core/root";
import { sha256 } from "../data/prepare";
import type { MetricValue } from "../metrics/value";
import type { RunResult } from "./result";

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

/** The committed file of a run, wherever it lies; undefined where there is none. */
const fileOf = (run: string): string | undefined =>
	papersHere()
		.map((folder) => join(folder, `${run}.json`))
		.find((file) => existsSync(file));

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
 * @returns the file; undefined where the run is committed already, for this paper or another, with all that the result has
 */
export async function commitResult(result: RunResult, paper: string): Promise<string | undefined> {
	const there = readCommitted(result.run);
	if (there && (there.test || !result.test)) return undefined;
	const file = fileOf(result.run) ?? join(resultsFolder(), paper, `${result.run}.json`);
	await mkdir(dirname(file), { recursive: true });
	await writeFileAtomic(file, `${JSON.stringify(packed(result))}\n`);
	return file;
}

/** Runs that are committed for a paper. */
export function committedRuns(paper: string): string[] {
	const folder = join(resultsFolder(), paper);
	const names = papersHere().includes(folder) ? readdirSync(folder) : [];
	return names.flatMap((name) => /^([0-9a-f]{64})\.json$/.exec(name)?.[1] ?? []).sort();
}

const sumOf = (result: object): string => sha256(JSON.parse(JSON.stringify(result)));

function packed({ cached: _, predictions: __, ...result }: RunResult): Packed {
	const all = Object.entries(result.metrics);
	const valid = result.test ? all.filter(([name]) => CHOSEN_BY.test(name)) : all;
	const kept = { ...result, metrics: Object.fromEntries(valid) };
	const test = result.test && { test: grouped(result.test) };
	return { ...result, metrics: grouped(kept.metrics), ...test, sha256: sumOf(kept) } as Packed;
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

/**
 * Commits results as they are heard, one after another.
 *
 * @param paperOf the paper that a run is committed for
 */
export function keeper(paperOf: (run: string) => string): {
	hear(result: RunResult): void;
	/** Files that were written. */
	written(): number;
	/** Waits for the last. @throws Error what could not be written */
	end(): Promise<void>;
} {
	let [last, written]: [Promise<void>, number] = [Promise.resolve(), 0];
	return {
		hear(result) {
			last = last.then(async () => {
				if ((await commitResult(result, paperOf(result.run))) !== undefined) written++;
			});
			// Told by `end`.
			last.catch(() => {});
		},
		written: () => written,
		end: () => last,
	};
}
