import { spawnSync } from "node:child_process";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { child } from "../../bench/child";
import { firstStepSeconds } from "../../bench/firstStep";
import { profileLine, timeOps } from "../../bench/opTimes";
import { readScoredRows, writeScoredRows } from "../../bench/scoredRows";
import { oursAs, type Round, trainFigures } from "../../bench/train";
import { readTrainingRows, writeTrainingRows } from "../../bench/trainingRows";
import { projectRoot } from "../core/root";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import type { NativeBackend } from "../tensor/native";
import { runCommand } from "./runCommand";

const root = projectRoot();
const folder = temporaryFolders();
const python = join(root, ".venv/bin/python");
const peer = (file: string, ...args: string[]) => {
	const { status, stdout, stderr } = spawnSync(python, [join(root, "bench/peers", file), ...args], {
		encoding: "utf8",
	});
	return [status, stdout, stderr.trim().split("\n").slice(-1)[0]];
};

/** 24,000 rows of 3 fields with 1000 ids. */
function rowsIn(at: string): string {
	writeTrainingRows(at, { rows: 24_000, fields: 3, size: 1000 });
	return at;
}

describe("rows to train on", () => {
	it("are the same each time, and read back as they were drawn: Zipf's ids, rare clicks, conversions of clicks alone", () => {
		const [a, b] = [readTrainingRows(rowsIn(folder())), readTrainingRows(rowsIn(folder()))];
		expect(a).toEqual(b);
		expect([a.rows, a.fields.length, a.split.train.length, a.split.valid.length]).toEqual([24_000, 3, 24_000, 0]);
		const harmonic = Array.from({ length: 1000 }, (_, id) => 1 / (id + 1)).reduce((x, y) => x + y);
		for (const field of a.fields) {
			if (field.kind !== "id") throw new Error("not an id field");
			const times = new Float64Array(1000);
			for (const id of field.ids) times[id]++;
			for (const id of [0, 1, 4]) {
				const expected = 24_000 / (id + 1) / harmonic;
				expect(Math.abs(times[id] - expected), `id ${id}`).toBeLessThan(4 * Math.sqrt(expected));
			}
			expect(Math.max(...field.ids)).toBeGreaterThan(900);
		}
		const [clicks, conversions] = [a.events.click, a.events.conversion].map((of) => of.reduce((x, y) => x + y, 0));
		expect(Math.abs(clicks - 960)).toBeLessThan(4 * Math.sqrt(960));
		expect(Math.abs(conversions - clicks / 10)).toBeLessThan(4 * Math.sqrt(clicks / 10));
		expect(a.events.conversion.every((converted, row) => converted <= a.events.click[row])).toBe(true);
	});
	it("scored rows read back: most scores tie, positives score higher, users are many", () => {
		const at = folder();
		writeScoredRows(at, 40_000);
		const { scores, labels, user } = readScoredRows(at);
		expect([scores.length, labels.length, user.length]).toEqual([40_000, 40_000, 40_000]);
		expect(new Set(scores).size).toBeLessThan(40_000);
		expect(Math.max(...user)).toBeLessThan(2000);
		expect(new Set(user).size).toBeGreaterThan(1900);
		const mean = (label: number) => {
			const of = scores.filter((_, row) => labels[row] === label);
			return of.reduce((a, b) => a + b, 0) / of.length;
		};
		expect(mean(1) - mean(0)).toBeGreaterThan(0.15);
	});
});

describe("ours", () => {
	it("trains through fit and tells its rate, its products and where a step's time goes", async () => {
		const at = rowsIn(folder());
		const run = async (what: string) =>
			JSON.parse(await child([...oursAs("bench/trainProgram.ts"), at, "2000", "3", what]));
		const [timed, profiled] = [await run("time"), await run("profile")];
		expect(timed.steps).toBe(9);
		expect(timed.samplesPerSecond).toBeGreaterThan(100);
		expect(timed.matMulMs).toBeGreaterThan(0);
		expect(timed.matMulMs).toBeLessThan((1000 * 2000) / timed.samplesPerSecond);
		expect(timed.loss).toBeGreaterThan(0.05);
		expect(timed.loss).toBeLessThan(0.4);
		const { stepMs, ops, restMs } = profiled.profile;
		expect(ops.map(({ op }: { op: string }) => op)).toContain("MatMul");
		expect(ops.reduce((sum: number, { ms }: { ms: number }) => sum + ms, restMs)).toBeCloseTo(stepMs, 6);
		expect(restMs).toBeGreaterThan(0);
	}, 60_000);
	it("counts each operation's calls, and those that fail", () => {
		const binding = { executeOp: (name: string) => (name === "Bad" ? expect.fail("no") : name) };
		const backend = { binding } as unknown as NativeBackend;
		const { forget, profile } = timeOps(backend);
		backend.binding.executeOp("Early", [], [], 1);
		forget();
		for (let i = 0; i < 4; i++) expect(backend.binding.executeOp("Mul", [], [], 1)).toBe("Mul");
		expect(() => backend.binding.executeOp("Bad", [], [], 1)).toThrow("no");
		const found = profile(2, 0.1);
		expect(found.ops.map(({ op, calls }) => [op, calls]).sort()).toEqual([
			["Bad", 0.5],
			["Mul", 2],
		]);
		expect(found.stepMs).toBe(50);
		const line = {
			stepMs: 10,
			ops: [
				{ op: "A", ms: 6, calls: 2 },
				{ op: "B", ms: 0.05, calls: 1 },
			],
			restMs: 3.95,
		};
		expect(profileLine(line)).toBe(
			"10.0 ms: A 6.00 ms in 2 calls, 1 others 0.05 ms in 1 calls; JavaScript and the rest 3.95 ms",
		);
	});
	it("predicts, and leaves no tensor behind over many steps", async () => {
		const at = rowsIn(folder());
		const { rates } = JSON.parse(await child([...oursAs("bench/predictProgram.ts"), at, "2000", "2"]));
		expect(rates).toHaveLength(2);
		expect(Math.min(...rates)).toBeGreaterThan(1000);
		const grown = JSON.parse(await child([...oursAs("bench/memoryProgram.ts", "--expose-gc"), folder(), "500"]));
		expect([grown.tensors, grown.steps]).toEqual([0, 500]);
	}, 120_000);
	it("tells when a notebook's first step ended, from the start of its kernel", async () => {
		const seconds = await firstStepSeconds(folder(), {});
		expect(seconds).toBeGreaterThan(0.5);
		expect(seconds).toBeLessThan(60);
	}, 240_000);
});

describe("figures", () => {
	const took = (samplesPerSecond: number, matMulMs?: number) => ({
		samplesPerSecond,
		loss: 0.2,
		matMulMs,
		versions: {},
	});
	const round = (ours: number, sparse: number, fused: number): Round => ({
		ours_400k: took(ours, 20),
		ours_4m: took(ours / 2),
		torch_sparse_400k: took(sparse),
		torch_fused_400k: took(fused),
		torch_sparse_4m: took(sparse),
		torch_fused_4m: took(fused / 4),
	});
	it("are ratios within a round, never across; the better of PyTorch's two counts; slow peers have fewer rounds", () => {
		const all = [
			{ ...round(40_000, 20_000, 25_000), rechub_4m: took(4000), deepctr_4m: took(1000) },
			round(10_000, 4000, 5000),
			round(30_000, 20_000, 10_000),
		];
		const figures = trainFigures(all);
		expect(figures.vs_torch_400k).toEqual({ median: 1.6, min: 1.5, max: 2 });
		expect(figures.vs_torch_4m).toEqual({ median: 1, min: 0.75, max: 1.25 });
		expect(figures.vs_rechub_4m).toEqual({ median: 5, min: 5, max: 5 });
		expect(figures.vs_deepctr_4m.median).toBe(20);
		expect(figures.step_4m_over_400k).toEqual({ median: 2, min: 2, max: 2 });
		// 20 ms of a step of 2000 rows: 50, 200 and 66.7 ms.
		expect(figures.gemm_share).toEqual({ median: 0.3, min: 0.1, max: 0.4 });
		expect(figures["train.ours_400k.samplesPerSecond"].median).toBe(30_000);
	});
});

describe("the peers", () => {
	const programs = ["torch_esmm.py", "rechub_esmm.py", "deepctr_esmm.py"];
	const word = (file: string) => (file === "torch_esmm.py" ? ["sparse"] : []);
	it.each(programs)("%s refuses wrong arguments and rows that are not there, before PyTorch is loaded", (file) => {
		const [status, stdout, last] = peer(file);
		expect([status, stdout]).toEqual([2, ""]);
		expect(last).toContain(`usage: ${file} FOLDER`);
		const at = rowsIn(folder());
		const ask = (...numbers: string[]) => peer(file, at, ...word(file), ...numbers);
		expect(ask("2000", "x", "3")).toEqual([2, "", expect.stringContaining("usage")]);
		expect(ask("2000", "3", "3")).toEqual([2, "", expect.stringContaining("at least one of each")]);
		expect(ask("2000", "13", "3")).toEqual([2, "", `${at} has 24000 rows, too few for 13 steps of 2000`]);
		expect(peer(file, folder(), ...word(file), "2000", "12", "3")).toEqual([
			2,
			"",
			expect.stringContaining("holds no training rows"),
		]);
		truncateSync(join(at, "ids.i32"), 288_000 - 4);
		expect(ask("2000", "12", "3")).toEqual([2, "", `${join(at, "ids.i32")} has 287996 bytes, not 288000`]);
	});
	it("the others too", () => {
		expect(peer("torch_predict.py", "x", "0", "2")[0]).toBe(2);
		expect(peer("torch_predict.py", folder(), "8", "2")).toEqual([2, "", expect.stringContaining("no training rows")]);
		expect(peer("sklearn_auc.py", "x", "roc", "2")).toEqual([2, "", "usage: sklearn_auc.py FOLDER auc|gauc TIMES"]);
		const at = folder();
		writeScoredRows(at, 100);
		writeFileSync(join(at, "labels.u8"), new Uint8Array(99));
		expect(peer("sklearn_auc.py", at, "auc", "2")).toEqual([2, "", expect.stringContaining("holds no scored rows")]);
	});
	it("the command refuses what leaves nothing to measure", async () => {
		for (const [args, told] of [
			[["train", "--steps", "10", "--warm", "9"], "--warm must leave two of the 10 steps, not be 9"],
			[["train", "--rounds", "1", "--slow", "2"], "--slow must be at most the 1 rounds, not 2"],
		] as const) {
			const { code, last } = await runCommand("bench", [...args]);
			expect([code, last]).toEqual([2, told]);
		}
	});
});
