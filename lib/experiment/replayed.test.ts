import { existsSync, rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { pCTCVR } from "../core/prob";
import { InputError } from "../core/problem";
import { prepare } from "../data/prepare";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { base } from "../models/base";
import { rankingOutcome } from "../simulator/rerank";
import { simulate } from "../simulator/simulate";
import { type Job, jobFor } from "./job";
import { candidatesOf, isReplayed, loadCandidates, readReplayed, replayedFile, writeReplayed } from "./replayed";
import { inProcess, runJobs } from "./runJobs";
import { preparationOf, type Source } from "./source";
import { openStore } from "./store";

const folder = temporaryFolders();
const source = { source: "simulator", preset: "tiny", rows: 8000, logSeed: 3, split: "esm2" } as const satisfies Source;
const log = simulate({ preset: "tiny", rows: 8000, seed: 3 });
const data = prepare(log, preparationOf(source));
const candidates = candidatesOf(log, source, data.fingerprint);
const { table, fields } = candidates;

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
	await writeReplayed(replayedFile(store, "best"), { predictOn }, candidates);
	const kept = await readReplayed(store, "best");
	const best = rankingOutcome(table, pctcvr1);
	expect(kept.conversions).toEqual(Float64Array.from(best.conversions, Math.fround));
	expect(kept.clicks).toEqual(Float64Array.from(best.clicks, Math.fround));
	const { user } = table.columns as Record<string, Int32Array>;
	expect([...kept.user]).toEqual(Array.from({ length: table.requests }, (_, r) => user[r * table.candidates]));
	await expect(readReplayed(store, "other")).rejects.toThrow("run other has kept no outcomes");
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
		expect(isReplayed(first.store, plain.hash)).toBe(false);
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
