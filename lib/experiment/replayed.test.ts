import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { pCTCVR } from "../core/prob";
import { InputError } from "../core/problem";
import { prepare } from "../data/prepare";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { base } from "../models/base";
import { rankingOutcome } from "../simulator/rerank";
import { simulate } from "../simulator/simulate";
import { type Job, jobFor } from "./job";
import {
	candidatesOf,
	isReplayed,
	loadCandidates,
	readReplayed,
	replayedFile,
	replayedToCommit,
	writeReplayed,
} from "./replayed";
import { inProcess, runJobs } from "./runJobs";
import { preparationOf, type Source } from "./source";
import { openStore } from "./store";

const folder = temporaryFolders();
const source = { source: "simulator", preset: "tiny", rows: 8000, logSeed: 3, split: "esm2" } as const satisfies Source;
const log = simulate({ preset: "tiny", rows: 8000, seed: 3 });
const data = prepare(log, preparationOf(source));
const candidates = candidatesOf(log, source, data.fingerprint);
const { table, fields } = candidates;
const jsonOf = (file: string): string => file.replace(/parquet$/, "json");

describe("the candidates of a log", () => {
	it("are of requests of its test part: no model was trained on any of them", () => {
		const test = new Set(data.split.test);
		const requests = log.columns.request as Int32Array;
		const ofTest = new Set(requests.filter((_, row) => test.has(row)));
		const asked = new Set(table.columns.request as Int32Array);
		expect(asked.size).toBeGreaterThan(50);
		for (const request of asked) expect(ofTest.has(request)).toBe(true);
	});

	it("have the fields of the data set: one that was shown has those of its impression, but for the position", () => {
		expect(fields.map(({ name, kind }) => [name, kind])).toEqual(data.fields.map(({ name, kind }) => [name, kind]));
		const { request, logged_position: shown } = table.columns as Record<string, Int32Array>;
		let seen = 0;
		for (const [f, field] of fields.entries()) {
			const own = data.fields[f];
			if (field.kind === "ids" || own.kind === "ids" || field.name === "position") continue;
			const [here, there] = [field, own].map((one) => (one.kind === "id" ? one.ids : one.values));
			if (field.kind === "id" && own.kind === "id") expect(field.size).toBe(own.size);
			for (let row = 0; row < table.rows; row++)
				if (shown[row] > 0) {
					seen++;
					const impression = request[row] * table.slate + shown[row] - 1;
					if (here[row] !== there[impression]) expect.fail(`${field.name} of candidate ${row}`);
				}
		}
		expect(seen).toBe((fields.length - 1) * table.requests * table.slate);
	});

	it("of a source that is not simulated are refused", async () => {
		const folderOnly = loadCandidates({ source: "folder", folder: "somewhere" }, "none");
		await expect(folderOnly).rejects.toThrow(InputError);
		await expect(loadCandidates({ source: "folder", folder: "somewhere" }, "none")).rejects.toThrow(
			"the simulated A/B test needs a simulated log",
		);
	});
});

it("what a ranking brings is kept by request, ranked by pCTCVR", async () => {
	const { pctcvr1, pctr1 } = table.columns as Record<string, Float32Array>;
	const predictOn = () => ({ "click|impression": pctr1, [pCTCVR]: pctcvr1 });
	const store = openStore(folder());
	await writeReplayed(store, "best", { predictOn }, candidates);
	const kept = await readReplayed(store, "best");
	const best = rankingOutcome(table, pctcvr1);
	expect(kept.conversions).toEqual(Float64Array.from(best.conversions, Math.fround));
	expect(kept.clicks).toEqual(Float64Array.from(best.clicks, Math.fround));
	const { user } = table.columns as Record<string, Int32Array>;
	expect([...kept.user]).toEqual(Array.from({ length: table.requests }, (_, r) => user[r * table.candidates]));
	await expect(readReplayed(store, "other")).rejects.toThrow("run other has kept no outcomes");
});

function changeByte(file: string): void {
	const bytes = readFileSync(file);
	bytes[40] ^= 1;
	writeFileSync(file, bytes);
}

describe("kept outcomes", () => {
	const heard = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
	beforeEach(() => heard.mockClear());
	afterEach(() => vi.unstubAllEnvs());
	const [hash, other] = ["a", "b"].map((letter) => letter.repeat(64));
	const { pctcvr1, pctr1 } = table.columns as Record<string, Float32Array>;
	const predictOn = () => ({ "click|impression": pctr1, [pCTCVR]: pctcvr1 });
	const worst = () => ({ "click|impression": pctr1, [pCTCVR]: pctcvr1.map((p) => -p) });
	const of = { hash, source };

	it.each([
		["of which a byte was changed", "is damaged", changeByte],
		["that are cut off", "is damaged", (file: string) => truncateSync(file, 60)],
		["with nothing beside them", "has no replay.json beside it", (file: string) => rmSync(jsonOf(file))],
		["with a damaged record", "has no replay.json beside it", (file: string) => truncateSync(jsonOf(file), 60)],
		[
			"of another run",
			"is of another run: bbbbbbbbbbbb",
			(file: string) => {
				for (const end of [(f: string) => f, jsonOf]) copyFileSync(end(file.replace(hash, other)), end(file));
			},
		],
	])("%s count as none, and it is said", async (_, told, spoil) => {
		const store = openStore(folder());
		await writeReplayed(store, hash, { predictOn }, candidates);
		await writeReplayed(store, other, { predictOn: worst }, candidates);
		expect(isReplayed(store, of)).toBe(true);
		const file = replayedFile(store, hash);
		spoil(file);
		expect(isReplayed(store, of)).toBe(false);
		await expect(readReplayed(store, hash)).rejects.toThrow("has kept no outcomes");
		expect(heard.mock.calls.length).toBe(1);
		expect(heard.mock.calls[0][0]).toContain(`${file} ${told}`);
		expect(heard.mock.calls[0][0]).toContain("; it counts as none\n");
	});

	it("that are committed are checked alike, replaced where they are wrong, and left where they are sound", async () => {
		const [store, results] = [openStore(folder()), folder()];
		vi.stubEnv("RESULTS", results);
		await writeReplayed(store, hash, { predictOn }, candidates);
		const files = replayedToCommit(store, of);
		expect(files.map((file) => basename(file))).toEqual([`${hash}.replay.parquet`, `${hash}.replay.json`]);
		mkdirSync(join(results, "esm2"));
		for (const file of files) copyFileSync(file, join(results, "esm2", basename(file)));
		expect(replayedToCommit(store, of)).toEqual([]);
		const empty = openStore(folder());
		expect(isReplayed(empty, of)).toBe(true);
		expect(await readReplayed(empty, hash)).toEqual(await readReplayed(store, hash));
		truncateSync(join(results, "esm2", basename(files[0])), 60);
		expect(isReplayed(empty, of)).toBe(false);
		expect(isReplayed(store, of)).toBe(true);
		expect(replayedToCommit(store, of)).toEqual(files);
	});

	it("of another number of requests count as none, and it is said: the run is trained again, on the new table", async () => {
		const few = { ...source, knobs: { replayRequests: 50 } } as const;
		const hyper = { embedding: 2, mlp: [4], epochs: 1 };
		const jobs = [];
		for (const from of [source, few])
			jobs.push(await jobFor({ model: "base", source: from, seed: 1, hyper, replay: true }));
		expect(jobs[0].hash).toBe(jobs[1].hash);
		const store = openStore(folder());
		const runner = inProcess(store);
		await runJobs([jobs[0]], { store, runner });
		expect((await readReplayed(store, jobs[0].hash)).user.length).toBe(table.requests);
		expect(heard).not.toHaveBeenCalled();
		expect(await runJobs([jobs[1]], { store, runner })).toMatchObject({ done: 1, skipped: 0 });
		expect(heard.mock.calls[0][0]).toContain(
			"is of another replay table than the run's log has now; it counts as none",
		);
		expect((await readReplayed(store, jobs[0].hash)).user.length).toBe(50);
	});
});

describe("a job with replay", () => {
	const hyper = { embedding: 2, mlp: [4], epochs: 1 };
	const of = (more: Partial<Parameters<typeof jobFor>[0]> = {}) =>
		jobFor({ model: "esmm", source, seed: 1, hyper, fingerprint: data.fingerprint, ...more });
	const outcomeOf = async (jobs: Job[], store = openStore(folder())) => ({
		store,
		...(await runJobs(jobs, { store, runner: inProcess(store) })),
	});

	it("is the same run; a result without its outcomes is trained again, to the same outcomes, and then no more", async () => {
		const [plain, replay] = [await of(), await of({ replay: true })];
		expect(replay.hash).toBe(plain.hash);
		const first = await outcomeOf([plain]);
		expect(isReplayed(first.store, plain)).toBe(false);
		const second = await outcomeOf([replay], first.store);
		expect([second.done, second.skipped]).toEqual([1, 0]);
		expect(second.results.get(plain.hash)?.metrics).toEqual(first.results.get(plain.hash)?.metrics);
		const kept = await readReplayed(first.store, plain.hash);
		expect(kept.user.length).toBe(table.requests);
		expect((await outcomeOf([replay], first.store)).skipped).toBe(1);
		rmSync(replayedFile(first.store, plain.hash));
		await outcomeOf([replay], first.store);
		expect(await readReplayed(first.store, plain.hash)).toEqual(kept);
		// The ranking is the model's: no worse than what chance would bring, no better than the truth's own.
		const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
		const { pctcvr1 } = table.columns as Record<string, Float32Array>;
		expect(sum(kept.conversions)).toBeLessThan(sum(rankingOutcome(table, pctcvr1).conversions));
		expect(sum(kept.conversions)).toBeGreaterThan(
			sum(
				rankingOutcome(
					table,
					pctcvr1.map((p) => -p),
				).conversions,
			),
		);
	});

	it("asked for beside the same run without is one run with all that is asked for", async () => {
		const jobs = [await of({ final: { by: "a test" } }), await of({ replay: true }), await of()];
		const { store, runs, results } = await outcomeOf(jobs);
		expect(runs).toBe(1);
		expect(results.get(jobs[0].hash)?.test).toBeDefined();
		expect(existsSync(replayedFile(store, jobs[0].hash))).toBe(true);
	});

	it("fails where pCTR is another network's: the ranking would be no model's own", async () => {
		const ctr = { model: "base", modelVersion: 1, hyper: base.hyper };
		const job = await of({ ctr, replay: true });
		const { reasons } = await outcomeOf([job]);
		expect(reasons.get(job.hash)).toContain("esmm takes pCTR from base: the simulated A/B test ranks by a model's own");
	});
});
