import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolders } from "../../data/readers/temporaryFolders";
import type { RunResult } from "../../experiment/result";
import { inProcess, type JobEvent } from "../../experiment/runJobs";
import { openStore } from "../../experiment/store";
import { esmmTable2 } from "../esmm/table2";
import { jobsOfTable } from "./jobsOfTable";
import { paperTable } from "./paperTable";
import { checkPlan, type TablePlan, type TableSearch } from "./plan";
import { type PaperRuns, runPaperTable, storedPaperRuns } from "./runPaperTable";
import { chosenOf, notesOfSearch, type SearchJob, searchOf, settingsOf } from "./search";

const folder = temporaryFolders();
const hyper = { "*": { embedding: 4, mlp: [8], batch: 512, lr: 0.01, dropout: 0, epochs: 1 } };
const metric = "auc(conversion|click)";
const search: TableSearch = {
	...{ rows: 6000, trials: 3, logSeed: 77, choose: { metric } },
	space: { "*": { lr: { log: [1e-3, 1e-1] }, rows: [1, 2] }, aman: { rate: [0.1, 1] } },
};
/** Three methods of ESMM's Table 2, on small logs, with seeds that begin at 101. */
const planWith = (more: Partial<TableSearch> = {}): TablePlan => {
	const at = { preset: "tiny", rows: 8000, seeds: 1, firstSeed: 101, hyper, search: { ...search, ...more } } as const;
	return {
		...esmmTable2,
		methods: [
			{ label: "BASE", model: "base" },
			{ label: "AMAN", model: "aman" },
			{ label: "AMAN, all", model: "aman", hyper: { rate: 1 } },
		],
		protocol: { ...esmmTable2.protocol, scales: { tiny: at, demo: at, full: at } },
	};
};
const plan = planWith();

const hyperAt = ({ run }: SearchJob["job"], name: string) => (run.hyper as Readonly<Record<string, unknown>>)[name];

/** Results that nobody computed: each trial's value, or null. */
const given = (jobs: readonly SearchJob[], values: readonly (number | null)[], faults: Record<number, string> = {}) => {
	const results = jobs.map(({ job }, i) => ({
		metrics: { [metric]: { value: values[i], positives: 40 + i, reason: "one class" } },
		findings: faults[i] ? [{ fault: faults[i] }] : [],
		hash: job.hash,
	}));
	return (hash: string) => results.find((one) => one.hash === hash) as unknown as RunResult | undefined;
};

describe("a table's search", () => {
	it("has the same number of trials for every model, of one log that is none of the table's, and opens no test part", async () => {
		const jobs = await searchOf(plan, "tiny");
		expect(jobs.map(({ model }) => model)).toEqual(["base", "base", "base", "aman", "aman", "aman"]);
		for (const { job, seed } of jobs) {
			expect(job.source).toEqual({ source: "simulator", preset: "tiny", rows: 6000, logSeed: 77, split: "esmm" });
			expect([seed, job.run.seed, job.run.share, job.run.ctr, job.final]).toEqual([77, 77, 1, "own", undefined]);
		}
		expect(new Set(jobs.map(({ job }) => job.hash)).size).toBe(6);
	});
	it("draws what is common to all the same for each, and leaves out of it what a model has not", async () => {
		const jobs = await searchOf(plan, "tiny");
		const [base, aman] = ["base", "aman"].map((model) => jobs.filter((one) => one.model === model));
		expect(base.map(({ trial }) => trial.hyper.lr)).toEqual(aman.map(({ trial }) => trial.hyper.lr));
		expect(base.map(({ trial }) => Object.keys(trial.hyper))).toEqual(Array(3).fill(["lr"]));
		expect(aman.map(({ job }) => hyperAt(job, "rate"))).toEqual(aman.map(({ trial }) => trial.hyper.rate));
		expect(aman.every(({ job }) => hyperAt(job, "embedding") === 4)).toBe(true);
	});
	it("tries every combination where there are no more of them than trials", async () => {
		const rates = [0.1, 0.2, 0.5, 1];
		const all = await searchOf(planWith({ trials: 4, space: { aman: { rate: rates } } }), "tiny");
		expect(all.map(({ model, trial }) => [model, trial.hyper.rate])).toEqual(rates.map((rate) => ["aman", rate]));
	});
	it("chooses the best value on validation, an unsound training or none last, of equal ones the earlier", async () => {
		const jobs = await searchOf(plan, "tiny");
		const of = async (values: (number | null)[], faults?: Record<number, string>) => {
			const found = await chosenOf(plan, "tiny", given(jobs, values, faults));
			return "missing" in found ? found.missing : found.chosen;
		};
		const lr = (i: number) => jobs[i].trial.hyper.lr;
		expect(await of([0.6, 0.7, 0.7, null, 0.9, 0.65], { 4: "exploding loss" })).toMatchObject([
			{ model: "base", hyper: { lr: lr(1) }, value: 0.7, positives: 41, others: [0.6, 0.7], unsound: 0 },
			{ model: "aman", hyper: jobs[5].trial.hyper, value: 0.65, positives: 45, others: [null, 0.9], unsound: 1 },
		]);
		await expect(of([0.6, 0.7, 0.7, null, null, null])).rejects.toThrow(
			"no trial of aman has auc(conversion|click) on the validation part of its search (one class): search on more than 6000 impressions",
		);
		expect(await chosenOf(plan, "tiny", given(jobs.slice(0, 5), [0.6, 0.7, 0.7, 0.6, 0.5]))).toMatchObject({
			missing: [{ label: "aman, trial 3 of 3 on validation" }],
		});
	});
	it("sets what it chose under a method's own and over the scale's, the shared CTR network's too", async () => {
		const settings = { base: { lr: 0.05 }, aman: { lr: 0.02, rate: 0.1 } };
		const jobs = await jobsOfTable(plan, "tiny", undefined, settings);
		const of = (label: string) => jobs.find((one) => one.label === label)?.job.run;
		expect(of("BASE")?.hyper).toMatchObject({ lr: 0.05, embedding: 4 });
		expect(of("AMAN")?.hyper).toMatchObject({ lr: 0.02, rate: 0.1, embedding: 4 });
		expect(of("AMAN, all")?.hyper).toMatchObject({ lr: 0.02, rate: 1 });
		expect(of("AMAN")?.ctr).toMatchObject({ model: "base", hyper: { lr: 0.05 } });
		await expect(jobsOfTable(plan, "tiny")).rejects.toThrow("its settings are not chosen yet");
	});
	it("that is of a seed of the table is refused, and so is a model that there is not", () => {
		expect(() => checkPlan(planWith({ logSeed: 101 }))).toThrow(
			"ESMM, Table 2: its search is on the log of seed 101, which is one of the table's at scale tiny",
		);
		expect(() => checkPlan(planWith({ space: { amann: { rate: [1] } } }))).toThrow(
			'unknown model of the search of ESMM, Table 2 "amann": did you mean "aman"?',
		);
	});
});

describe("a table with a search", () => {
	const store = openStore(folder());
	const events: JobEvent[] = [];
	let runs: PaperRuns;
	beforeAll(async () => {
		const on = (event: JobEvent) => void events.push(event);
		runs = await runPaperTable(plan, { scale: "tiny", store, runner: inProcess(store), on });
	});
	it("runs it first, trains with what it chose, and says what the choice rests on", async () => {
		const [base, aman] = runs.chosen;
		expect(runs.results.BASE[0].hyper).toMatchObject(base.hyper);
		expect(runs.results.BASE[0].seed).toBe(101);
		expect(runs.results["AMAN, all"][0].hyper).toMatchObject({ ...aman.hyper, rate: 1 });
		const notes = notesOfSearch(plan, "tiny", runs.chosen);
		expect(notes[0]).toBe(
			'settings were chosen before the table by auc(conversion|click) on the validation part of one log of "tiny" (6,000 impressions, log seed 77, none of the table\'s): 6 runs, at most 3 trials a model; a choice by so few positives is noisy',
		);
		expect(notes[1]).toMatch(
			/^base: lr 0\.\d+, the best of 3 trials: 0\.\d{4} on \d+ positives, the others 0\.\d{4} to 0\.\d{4}$/,
		);
		expect(notes.slice(3)).toEqual([
			"settings of aman were searched for the model's plain form (all training rows, nothing that is a row's own) and serve all rows of it",
		]);
		const table = await paperTable(runs);
		const days = plan.methods.map((method) => ({ ...method, hyper: undefined, days: 5 }));
		expect(notesOfSearch({ ...plan, methods: days }, "tiny", runs.chosen)[3]).toContain("settings of base, aman were");
		const alike = plan.methods.slice(0, 2);
		expect(notesOfSearch({ ...plan, methods: alike }, "tiny", runs.chosen)).toHaveLength(3);
		for (const note of notes) expect(table.notes).toContain(note);
	});
	it("tells of its search and its runs as of one list", () => {
		const counts = events.filter(({ kind }) => kind === "done").map((event) => [event.counts.done, event.counts.runs]);
		expect(counts).toEqual(Array.from({ length: 9 }, (_, i) => [i + 1, 9]));
	});
	it("is found in the store, its search with it; without the search everything is missing", async () => {
		const stored = (await storedPaperRuns(plan, { scale: "tiny", store })) as PaperRuns;
		expect(stored.chosen).toEqual(runs.chosen);
		expect(settingsOf(stored.chosen)).toEqual(settingsOf(runs.chosen));
		const none = await storedPaperRuns(plan, { scale: "tiny", store: openStore(folder()) });
		expect("missing" in none && [none.runs, none.missing.length]).toEqual([9, 9]);
		const other = await storedPaperRuns(planWith({ trials: 4 }), { scale: "tiny", store });
		expect("missing" in other && other.missing.slice(0, 2).map(({ label }) => label)).toEqual([
			"base, trial 4 of 4 on validation",
			"aman, trial 4 of 4 on validation",
		]);
	});
});
