import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { training } from "../core/training";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import type { MetricValue } from "../metrics/value";
import { commitResult, committedRuns, readCommitted } from "./committed";
import type { Job } from "./job";
import { arePredictionsKept } from "./predictions";
import type { RunResult } from "./result";
import { runJobs } from "./runJobs";
import { openStore } from "./store";

const folder = temporaryFolders();
const RUN = "a".repeat(64);

/** As many metrics as a run has of a simulated log, each with a number of its own. */
function metrics(seed: number): Record<string, MetricValue> {
	const of = (i: number) => ({ value: Math.sin(seed + i), se: Math.abs(Math.cos(seed + i)) / 100 });
	const names = Array.from({ length: 40 }, (_, i) => `recall@${i + 1}%(conversion|impression)`);
	const cut = (i: number) => ({ space: "impression", n: 250_420, positives: 996, top: { rows: 251 * i, hits: 7 * i } });
	return {
		"auc(conversion|click)": { ...of(0), space: "click", n: 19_784, positives: 996 },
		"logloss(conversion|click)": { ...of(1), space: "click", n: 19_784, positives: 996 },
		"pcoc(conversion|click)": { value: null, se: null, space: "click", n: 3, positives: 0, reason: "no positives" },
		"gauc(conversion|click)": { ...of(2), space: "click", n: 9, positives: 3, users: { covered: 2, all: 5 } },
		"truth.auc(conversion|click)": { ...of(3), space: "impression", n: 9, positives: 2.25, ceiling: 0.1 + 0.2 },
		...Object.fromEntries(
			names.flatMap((name, i) => [
				[name, { ...of(4 + i), ...cut(i) }],
				[name.replace("recall", "precision"), { ...of(50 + i), ...cut(i) }],
				[name.replace("recall", "f1"), { ...of(100 + i), ...cut(i) }],
			]),
		),
	};
}

const result = (run = RUN): RunResult => ({
	run,
	cached: false,
	model: "esmm",
	seed: 101,
	hyper: { ...training, lr: 0.001, batch: 8, epochs: 1, patience: 1 },
	share: 1,
	ctr: "own",
	data: { name: "toy", fingerprint: "f", read: 3, rows: { train: 1, valid: 1, test: 1 }, dropped: {}, remarks: {} },
	part: "valid",
	metrics: metrics(1),
	engine: { tier: "native-cpu", tensorflow: "2.21.0" },
	epochs: 1,
	kept: [1],
	findings: [],
	samplesPerSecond: 10,
});
const final = (run = RUN): RunResult => ({
	...result(run),
	test: metrics(2),
	opened: { at: "2026-01-01T00:00:00.000Z", by: "ESMM, Table 2" },
	predictions: { parts: ["valid", "test"], rows: 2, sha256: "b".repeat(64) },
});

const heard = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
let at = "";
beforeEach(() => {
	at = folder();
	vi.stubEnv("RESULTS", at);
	heard.mockClear();
});
afterEach(() => {
	vi.unstubAllEnvs();
});

describe("committed results", () => {
	it("give every number of the test part bit for bit, without predictions, in less than half of a result's size", async () => {
		const [store, whole] = [openStore(folder()), final()];
		const file = await commitResult(whole, "esmm");
		expect(file).toBe(join(at, "esmm", `${RUN}.json`));
		const { predictions: _, metrics: __, ...rest } = whole;
		const found = store.get(RUN) as RunResult;
		expect(found).toMatchObject(rest);
		expect(found.test).toEqual(whole.test);
		expect(found.predictions).toBeUndefined();
		await store.put(whole);
		expect(statSync(file as string).size).toBeLessThan(0.5 * statSync(join(store.folder, `${RUN}.json`)).size);
		expect(heard).not.toHaveBeenCalled();
	});
	it("have of the validation part what chooses where the test part is open, and all of it where it is not", async () => {
		await commitResult(result(), "esmm");
		expect(readCommitted(RUN)).toEqual(result());
		await commitResult(final(), "esmm");
		const { metrics: kept } = readCommitted(RUN) as RunResult;
		const { "auc(conversion|click)": auc, "logloss(conversion|click)": loss } = metrics(1);
		expect(kept).toEqual({ "auc(conversion|click)": auc, "logloss(conversion|click)": loss });
	});
	it("are one a run, for whatever paper: the test part takes the place of a result without it, nothing else does", async () => {
		expect(await commitResult(result(), "esmm")).toBeDefined();
		expect(await commitResult(result(), "esm2")).toBeUndefined();
		expect(await commitResult(final(), "esm2")).toBe(join(at, "esmm", `${RUN}.json`));
		expect(await commitResult(result(), "esmm")).toBeUndefined();
		expect(readCommitted(RUN)?.test).toEqual(metrics(2));
		expect([readdirSync(at), readdirSync(join(at, "esmm"))]).toEqual([["esmm"], [`${RUN}.json`]]);
		expect([committedRuns("esmm"), committedRuns("esm2"), committedRuns("hm3")]).toEqual([[RUN], [], []]);
	});
	it("of a run that serves one analysis have its metrics alone, and are small", async () => {
		const only = ["auc(conversion|click)", "truth.auc(conversion|click)"];
		const file = (await commitResult(final(), "orderings", only)) as string;
		const { metrics: valid, test } = openStore(folder()).get(RUN) as RunResult;
		const [of, ofValid] = [metrics(2), metrics(1)];
		expect(test).toEqual({ [only[0]]: of[only[0]], [only[1]]: of[only[1]] });
		expect(valid).toEqual({ [only[0]]: ofValid[only[0]] });
		expect(statSync(file).size).toBeLessThan(2000);
	});
	it("of two analyses have what either needs, of a table all; nothing of it is lost again", async () => {
		const [a, b, c] = ["auc(conversion|click)", "recall@3%(conversion|impression)", "f1@2%(conversion|impression)"];
		const kept = () => Object.keys(readCommitted(RUN)?.test ?? {}).sort();
		const file = await commitResult(final(), "orderings", [a]);
		expect(await commitResult(final(), "phases", [a])).toBeUndefined();
		expect(await commitResult(final(), "phases", [b])).toBe(file);
		expect([kept(), readCommitted(RUN)?.only]).toEqual([
			[a, b],
			[a, b],
		]);
		// What is read from the file is no more than the file.
		expect(await commitResult(readCommitted(RUN) as RunResult, "esm2")).toBeUndefined();
		expect(await commitResult(readCommitted(RUN) as RunResult, "phases", [c])).toBeUndefined();
		expect(kept()).toEqual([a, b]);
		expect(await commitResult(final(), "esm2")).toBe(file);
		expect(readCommitted(RUN)?.test).toEqual(metrics(2));
		expect(readCommitted(RUN)?.only).toBeUndefined();
		expect(await commitResult(final(), "phases", [c])).toBeUndefined();
		expect(readCommitted(RUN)?.test).toEqual(metrics(2));
	});
	it("with few metrics are none to whoever needs others", async () => {
		const [a, b] = ["auc(conversion|click)", "recall@3%(conversion|impression)"];
		await commitResult(final(), "orderings", [a]);
		const store = openStore(folder());
		const asked: Job[] = [];
		const job = (metrics?: string[]) =>
			({ hash: RUN, final: { by: "x" }, ...(metrics ? { metrics } : {}) }) as unknown as Job;
		const runner = {
			...{ slots: 1, close: async () => {} },
			do: async (one: Job) => {
				asked.push(one);
				return final();
			},
		};
		expect((await runJobs([job([a])], { store, runner })).skipped).toBe(1);
		expect(asked).toEqual([]);
		for (const jobs of [[job([b])], [job()], [job([a]), job()], [job(), job([a])], [job([a]), job([b])]])
			expect(await runJobs(jobs, { store, runner })).toMatchObject({ runs: 1, skipped: 0, done: 1 });
		expect(asked.map(({ metrics }) => metrics)).toEqual([[b], undefined, undefined, undefined, [a, b]]);
	});
	it("count in every store, behind its own results, unless they alone have the test part", async () => {
		const store = openStore(folder());
		await commitResult(final(), "esmm");
		expect(store.get(RUN)?.test).toBeDefined();
		expect(store.runs("")).toEqual([]);
		await store.put({ ...result(), samplesPerSecond: 99 });
		expect(store.get(RUN)?.samplesPerSecond).toBe(10);
		await store.put({ ...final(), samplesPerSecond: 99 });
		expect(store.get(RUN)?.samplesPerSecond).toBe(99);
		expect(store.get(RUN)?.predictions).toBeDefined();
	});
	it("have no predictions to whoever needs them, though a result like it kept some", async () => {
		const store = openStore(folder());
		await commitResult(final(), "esmm");
		writeFileSync(store.predictions(RUN), "left over");
		expect(await arePredictionsKept(store, store.get(RUN) as RunResult)).toBe(false);
	});
	it("take the place of a store's damaged result, and it is said", async () => {
		const store = openStore(folder());
		await commitResult(final(), "esmm");
		writeFileSync(join(store.folder, `${RUN}.json`), "{");
		expect(store.get(RUN)?.test).toEqual(metrics(2));
		expect(heard.mock.calls).toEqual([[`${join(store.folder, `${RUN}.json`)} is damaged; the committed one counts\n`]]);
	});
	it.each([
		["of which one digit was changed", (text: string) => text.replace('"positives":996', '"positives":997')],
		["that is cut off", (text: string) => text.slice(0, 100)],
		["that is empty", () => ""],
		["of another run", (text: string) => text.replace(RUN, "c".repeat(64))],
	])("a file %s counts as none, and it is said", async (_, change) => {
		const file = (await commitResult(final(), "esmm")) as string;
		const text = readFileSync(file, "utf8");
		expect(change(text)).not.toBe(text);
		writeFileSync(file, change(text));
		expect(openStore(folder()).get(RUN)).toBeUndefined();
		expect(heard.mock.calls).toEqual([[`${file} is damaged; it counts as none\n`]]);
	});
	it("are none where there is no folder, or RESULTS is empty", async () => {
		await commitResult(final(), "esmm");
		vi.stubEnv("RESULTS", join(at, "elsewhere"));
		expect(readCommitted(RUN)).toBeUndefined();
		vi.stubEnv("RESULTS", "");
		expect(readCommitted(RUN)).toBeUndefined();
		mkdirSync(join(at, "hm3"));
		vi.stubEnv("RESULTS", at);
		expect(readCommitted(RUN)).toBeDefined();
	});
});
