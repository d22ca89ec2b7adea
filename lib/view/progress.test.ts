import { describe, expect, it } from "vitest";
import type { Job } from "../experiment/job";
import { allRunsProgress, duration, fitProgress, jobProgress, line, type ProgressState, progress } from "./progress";

function surface(every: number) {
	const drawn: [ProgressState, boolean][] = [];
	const clock = { ms: 1000 };
	return {
		clock,
		drawn,
		here: { now: () => clock.ms, every, draw: (s: ProgressState, last: boolean) => void drawn.push([s, last]) },
	};
}

describe("progress", () => {
	it("tells the time left from the pace so far", () => {
		const { clock, drawn, here } = surface(0);
		const shown = progress({ label: "ESMM", total: 200 }, here);
		clock.ms += 10_000;
		shown.update(50, "loss 0.1");
		expect(drawn[0][0]).toEqual({ label: "ESMM", share: 0.25, words: "loss 0.1", seconds: 10, left: 30 });
		expect(line(drawn[0][0])).toBe("ESMM  25 % loss 0.1 30 s left");
	});
	it("draws no more often than its surface wants, but always the end, once, with the last words", () => {
		const { clock, drawn, here } = surface(200);
		const shown = progress({ label: "x", total: 1000 }, here);
		for (let i = 1; i <= 1000; i++) {
			clock.ms += 1;
			shown.update(i, `${i}`);
		}
		expect(drawn.length).toBe(5);
		shown.end();
		shown.end();
		shown.update(1);
		expect(drawn.length).toBe(6);
		expect(drawn[5]).toEqual([{ label: "x", share: 1, words: "1000", seconds: 1, left: undefined }, true]);
	});
	it("knows no time left before anything is done, and never shows more than all", () => {
		const { drawn, here } = surface(0);
		const shown = progress({ label: "x", total: 10 }, here);
		shown.update(0.09);
		shown.update(11);
		expect(drawn.map(([s]) => [s.share, s.left])).toEqual([
			[0.009, undefined],
			[1, 0],
		]);
	});
	it("writes durations as people say them", () => {
		expect([0.4, 59.4, 60, 200, 3599.6, 3900].map(duration)).toEqual([
			"0 s",
			"59 s",
			"1 min 00 s",
			"3 min 20 s",
			"1 h 00 min",
			"1 h 05 min",
		]);
	});
});

describe("a training's display", () => {
	const event = {
		...{ stage: 2, stages: 2, epoch: 2, epochs: 5, step: 6, steps: 6, update: 18, rows: 700 },
		...{ loss: 0.25, lr: 0.001, rate: 1000 },
	};
	const lines = (finished: boolean, ...steps: Partial<typeof event>[]) => {
		const { drawn, here } = surface(0);
		const on = fitProgress("base", here);
		for (const step of steps) on({ ...event, ...step });
		on.end(finished);
		return drawn.map(([state]) => line(state));
	};

	it("ends at 100 % where the training has learnt all before its last epoch, and says at which", () => {
		expect(lines(true, {}).at(-1)).toBe("base 100 % stage 2/2, stopped early at epoch 2 0 s");
		expect(lines(true, { stages: 1, stage: 1 }).at(-1)).toBe("base 100 % stopped early at epoch 2 0 s");
	});
	it("ends at 100 % with the last step's words after the last epoch", () => {
		expect(lines(true, { epoch: 5 })).toEqual([
			expect.stringMatching(/^base {2}99 % /),
			"base 100 % stage 2/2, epoch 5/5, loss 0.2500, 1,000 samples/s 0 s",
		]);
	});
	it("stays where it was when the training is stopped, be it at its last step", () => {
		expect(lines(false, {}).at(-1)).toBe("base  70 % stage 2/2, epoch 2/5, loss 0.2500, 1,000 samples/s, stopped 0 s");
		expect(lines(false, { epoch: 5 }).at(-1)).toMatch(/^base {2}99 % .*, stopped 0 s$/);
	});
	it("draws nothing of a training that had nothing left to do", () => {
		expect(lines(true)).toEqual([]);
	});
});

describe("the display of jobs", () => {
	it("adds up what is under way, counts what failed, and ends with what came from the store", () => {
		const { drawn, here } = surface(0);
		const on = jobProgress("Table 2", here);
		const job = (hash: string) => ({ hash, run: { model: "esmm", seed: 3 } }) as Job;
		const counts = { runs: 4, done: 0, running: 0, failed: 0, skipped: 1 };
		const training = {
			...{ stage: 1, stages: 1, epoch: 1, epochs: 2, step: 3, steps: 3, update: 3, rows: 7 },
			...{ loss: 0.25, lr: 0.001, rate: 1000 },
		};
		on({ kind: "skipped", job: job("a"), counts });
		on({ kind: "begun", job: job("b"), counts: { ...counts, running: 1 } });
		on({ kind: "begun", job: job("c"), counts: { ...counts, running: 2 } });
		on({ kind: "step", job: job("b"), training, counts: { ...counts, running: 2 } });
		on({ kind: "step", job: job("c"), training, counts: { ...counts, running: 2 } });
		on({ kind: "failed", job: job("b"), counts: { ...counts, running: 1, failed: 1 } });
		on({ kind: "done", job: job("c"), counts: { ...counts, failed: 1, done: 1 } });
		on({ kind: "done", job: job("d"), counts: { ...counts, failed: 1, done: 2 } });
		expect(drawn.map(([{ share, words }]) => [share, words.split(",")[0]])).toEqual([
			[0.25, "run 1/4: esmm"],
			[0.25, "run 2/4: esmm"],
			[0.25, "run 3/4: esmm"],
			[0.375, "run 3/4: esmm"],
			[0.5, "run 3/4: esmm"],
			[0.625, "run 3/4"],
			[0.75, "run 3/4"],
			[0.999, "run 4/4"],
			[1, "4 runs"],
		]);
		expect(drawn.at(-1)?.[0].words).toBe("4 runs, 1 from the store, 1 failed");
	});
});

describe("the display of all tables' runs", () => {
	const job = (hash: string, table: string) => ({ hash, run: { model: table, seed: 3 } }) as Job;
	const [a, b, c] = [job("a", "esmm"), job("b", "esmm"), job("c", "hm3")];
	const counts = { runs: 0, done: 0, running: 0, failed: 0, skipped: 0 };
	const training = {
		...{ stage: 1, stages: 1, epoch: 1, epochs: 2, step: 3, steps: 3, update: 3, rows: 7 },
		...{ loss: 0.25, lr: 0.001, rate: 1000 },
	};
	const planned = {
		runs: 4,
		seconds: 40,
		of: ({ hash, run }: Job) => ({ table: `${run.model}, Table 2`, seconds: hash === "c" ? 30 : 5 }),
	};
	const shown = () => {
		const { clock, drawn, here } = surface(0);
		return { clock, drawn, on: allRunsProgress("demo", planned, here) };
	};

	it("says paper, table, which run of how many and its rate, and the time left by what runs are expected to take", () => {
		const { clock, drawn, on } = shown();
		on({ kind: "skipped", job: job("z", "esmm"), counts });
		on({ kind: "begun", job: a, counts });
		clock.ms += 10_000;
		on({ kind: "done", job: a, counts });
		on({ kind: "begun", job: b, counts });
		on({ kind: "step", job: b, training, counts });
		expect(drawn.map(([state]) => line(state)).at(-1)).toBe(
			"demo  18 % esmm, Table 2: run 3/4: esmm, seed 3, epoch 1/2, loss 0.2500, 1,000 samples/s 43 s left",
		);
		expect(drawn.map(([{ share }]) => share)).toEqual([0, 0.125, 0.125, 0.1875]);
	});
	it("goes on from one list of jobs to the next, counts what failed, and ends once", () => {
		const { drawn, on } = shown();
		on({ kind: "skipped", job: job("z", "esmm"), counts });
		on({ kind: "begun", job: a, counts: { ...counts, runs: 2 } });
		on({ kind: "failed", job: a, counts: { ...counts, runs: 2 } });
		on({ kind: "begun", job: c, counts: { ...counts, runs: 1 } });
		on({ kind: "done", job: c, counts: { ...counts, runs: 1 } });
		expect(drawn.at(-1)?.[0].words).toBe("hm3, Table 2: run 3/4, 1 failed: hm3, seed 3");
		on({ kind: "begun", job: b, counts });
		on({ kind: "done", job: b, counts });
		expect(drawn.at(-1)?.[0].share).toBe(0.999);
		on.end();
		on.end();
		expect(drawn.at(-1)?.[0]).toMatchObject({ share: 1, words: "4 runs, 1 from the store, 1 failed" });
		expect(drawn.filter(([, last]) => last)).toHaveLength(1);
	});
	it("that is stopped stays where it was, and one with nothing to do is not drawn", () => {
		const { drawn, on } = shown();
		for (const hash of ["w", "x", "y", "z"]) on({ kind: "skipped", job: job(hash, "esmm"), counts });
		on.end();
		expect(drawn).toEqual([]);
		const other = shown();
		other.on({ kind: "begun", job: a, counts });
		other.on({ kind: "done", job: a, counts });
		other.on.end();
		expect(other.drawn.at(-1)?.[0].share).toBe(0.125);
	});
});
