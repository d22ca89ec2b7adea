import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { rowsIn } from "../../data/dataset";
import { sha256 } from "../../data/prepare";
import { temporaryFolders } from "../../data/readers/temporaryFolders";
import { readPredictions } from "../../experiment/predictions";
import { inProcess } from "../../experiment/runJobs";
import { load } from "../../experiment/source";
import { openStore } from "../../experiment/store";
import { auc } from "../../metrics/ranking";
import type { TablePlan } from "../table/plan";
import { type PaperRuns, runPaperTable } from "../table/runPaperTable";
import { gainsOf, growthOf, printedGains } from "./activityGains";
import { type UserActivity, userActivity } from "./figure7";
import { keepActivity, keptActivity, readActivity } from "./keptActivity";
import { esm2Table3 } from "./tables3to5";

const folder = temporaryFolders();
const hyper = { "*": { embedding: 4, itemEmbedding: 0, mlp: [8], batch: 512, lr: 0.01, dropout: 0, epochs: 1 } };
const at = { preset: "tiny", rows: 12_000, seeds: 2, hyper } as const;
const plan: TablePlan = {
	...esm2Table3,
	methods: esm2Table3.methods
		.filter(({ model }) => model === "esmm" || model === "esm2")
		.map(({ against: _, ...one }) => one),
	baseline: "ESMM",
	protocol: { ...esm2Table3.protocol, scales: { tiny: at, demo: at, full: at } },
};

describe("figure 7 of runs", () => {
	const store = openStore(folder());
	const before = process.env.RESULTS;
	let runs: PaperRuns;
	let found: UserActivity;
	beforeAll(async () => {
		process.env.RESULTS = folder();
		runs = await runPaperTable(plan, { scale: "tiny", store, runner: inProcess(store) });
		found = await userActivity(runs);
	});
	afterAll(() => {
		if (before === undefined) delete process.env.RESULTS;
		else process.env.RESULTS = before;
	});

	it("groups by purchases in the training part: a group's AUC is that of its users' clicked test rows", async () => {
		const log = await load({ source: "simulator", preset: "tiny", rows: 12_000, logSeed: 2, split: "esm2" });
		const user = log.user as Int32Array;
		const buyers = new Map<number, number>();
		for (const row of log.split.train)
			if (log.events.conversion[row] === 1) buyers.set(user[row], (buyers.get(user[row]) ?? 0) + 1);
		const { rows, predictions } = await readPredictions(store, runs.results.ESM2[1].run, "test");
		const [none] = found.groups;
		expect(none.name).toBe("0");
		const own = rowsIn(log, rows, "click").filter((row) => !buyers.has(user[row]));
		const scores = Float32Array.from(own, (row) => predictions["conversion|click"][rows.indexOf(row)]);
		const labels = Uint8Array.from(own, (row) => log.events.conversion[row]);
		expect(none.values["auc(conversion|click)"].ESM2[1]).toBe(auc(scores, labels).value);
		expect(none.values["auc(conversion|click)"].ESMM[1]).not.toBe(none.values["auc(conversion|click)"].ESM2[1]);
	});
	it("has every test row in a group, and the runs that it rests on", () => {
		const tests = runs.results.ESMM.map(({ data }) => data.rows.test);
		expect(found.groups.reduce((sum, { rows }) => sum + rows, 0)).toBe(tests[0] + tests[1]);
		expect(found.groups.length).toBeGreaterThan(1);
		expect(found.runs).toEqual([...runs.results.ESMM, ...runs.results.ESM2].map(({ run }) => run));
	});
	it.each([
		["in which one digit was changed", (text: string) => text.replace('"seeds":2', '"seeds":3'), "is damaged"],
		["that is cut off", (text: string) => text.slice(0, 90), "is damaged"],
		["that is empty", () => "", "is damaged"],
		["that is JSON of something else", () => "null", "is damaged"],
		["without a sum", (text: string) => text.replace(/,"activityVersion".*/, "}"), "is damaged"],
	])("a kept one %s counts as none, and it is said", async (_, change, told) => {
		const heard = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
		const file = await keepActivity({ ...found, log: "as kept" });
		const text = readFileSync(file, "utf8");
		expect(change(text)).not.toBe(text);
		writeFileSync(file, change(text));
		expect(readActivity(runs)).toBeUndefined();
		expect((await keptActivity(runs)).log).toBe(found.log);
		expect(heard.mock.calls[0]).toEqual([`${file} ${told}; it counts as none\n`]);
		heard.mockRestore();
	});
	it("a kept one of another version of the grouping counts as none, and it is said", async () => {
		const heard = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
		const file = await keepActivity(found);
		const { sha256: _, ...content } = JSON.parse(readFileSync(file, "utf8"));
		const other = { ...content, activityVersion: 0 };
		writeFileSync(file, JSON.stringify({ ...other, sha256: sha256(other) }));
		expect(readActivity(runs)).toBeUndefined();
		expect(heard.mock.calls).toEqual([[`${file} groups users as version 0 did, not 1; it counts as none\n`]]);
		heard.mockRestore();
	});
	it("is taken as it was kept for these runs, and for no others", async () => {
		await keepActivity({ ...found, log: "as kept" });
		expect((await keptActivity(runs)).log).toBe("as kept");
		expect(readActivity(runs)?.log).toBe("as kept");
		await keepActivity({ ...found, runs: [...found.runs].reverse(), log: "of others" });
		// None that are computed: their predictions are gone.
		for (const { run } of runs.results.ESMM) rmSync(store.predictions(run));
		await expect(keptActivity(runs)).rejects.toThrow("do the run again");
	});
});

describe("gains by activity", () => {
	const group = (ESMM: (number | null)[], ESM2: (number | null)[]) => {
		const values = { ESMM, ESM2 };
		const other = { ESMM: [0.5, 0.5, 0.5], ESM2: [0.5, 0.5, 0.5] };
		return {
			...{ name: "0", rows: 10, conversions: 1 },
			values: {
				"auc(conversion|click)": values,
				"auc(conversion|impression)": other,
				"truth.auc(conversion|click)": other,
			},
		};
	};
	const least = group([0.5, 0.6, null], [0.51, 0.63, 0.7]);
	const most = group([0.5, 0.5, 0.8], [0.55, 0.56, 0.9]);
	it("are relative and paired, a seed that lacks one of both left out and counted", () => {
		const [{ gain, ESMM, left }] = gainsOf(least);
		expect(gain?.mean).toBeCloseTo((0.02 + 0.05) / 2, 12);
		expect([gain?.n, ESMM?.mean, left]).toEqual([2, 0.55, 1]);
		const nobody = gainsOf(group([null, null, null], [0.1, 0.2, 0.3]))[0];
		expect([nobody.gain, nobody.left]).toEqual([null, 3]);
	});
	it("grow by the difference of the last group's and the first's", () => {
		const found = growthOf({ groups: [least, most] }, "auc(conversion|click)");
		expect(found?.mean).toBeCloseTo((0.1 - 0.02 + (0.12 - 0.05)) / 2, 12);
		expect(found?.n).toBe(2);
		expect(growthOf({ groups: [least] }, "auc(conversion|click)")).toBeNull();
	});
	it("of the paper are told as printed", () => {
		expect(printedGains()).toContain("[0,10] +0.72 %, [11,20] +0.81 %, [21,50] +1.13 %, [50,+] +1.30 %");
	});
});
