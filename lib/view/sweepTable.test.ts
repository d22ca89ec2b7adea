import { describe, expect, it } from "vitest";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { openStore } from "../experiment/store";
import type { SweepOutcome } from "../experiment/sweep/outcome";
import type { SweepEvent } from "../experiment/sweep/progress";
import { readSweep } from "../experiment/sweep/readSpec";
import { esmm } from "../models/esmm";
import { toMarkdown } from "./markdown";
import { sweep } from "./sweep";
import { sweepProgress, sweepTable } from "./sweepTable";

const folder = temporaryFolders();
const event: SweepEvent = {
	kind: "step",
	model: "esmm",
	hyper: { lr: 0.01 },
	seed: 1,
	share: 1,
	final: false,
	counts: { runs: 48, done: 9, running: 2, failed: 1, skipped: 3 },
	best: [
		{ model: "base", hyper: { lr: 0.001, mlp: [64, 32] }, mean: 0.61234, share: 1 },
		{ model: "esmm", hyper: { lr: 0.01 }, mean: 0.7, share: 0.25 },
	],
	samplesPerSecond: 45_123,
	left: 200,
};
/** A surface on which time is told by hand. */
function surface() {
	const drawn: { line: string; html: string; last: boolean }[] = [];
	const clock = { at: 0 };
	return {
		drawn,
		clock,
		now: () => clock.at,
		every: 100,
		draw: (line: string, html: string, last: boolean) => void drawn.push({ line, html, last }),
	};
}

describe("a sweep's live table", () => {
	it("tells in a line what is done, running, failed and stored, each model's best, the rate and the time left", () => {
		const at = surface();
		sweepProgress(at).hear(event);
		expect(at.drawn[0].line).toBe(
			"sweep: 12/48 done (3 from the store); 2 running; 1 failed; best base 0.6123 (lr=0.001, mlp=[64,32]), " +
				"esmm 0.7000 (lr=0.01, 1/4 of the rows); 45,123 samples/s; 3 min 20 s left",
		);
	});
	it("shows the same in a notebook as a table, with text escaped", () => {
		const at = surface();
		sweepProgress(at).hear({ ...event, best: [{ ...event.best[0], hyper: { optimizer: "<adam>" } }] });
		expect(at.drawn[0].html).toContain("<td>base</td><td>0.6123</td><td>optimizer=&lt;adam&gt;</td><td>all</td>");
		expect(at.drawn[0].html).toContain('<progress value="0.2500"');
		expect(at.drawn[0].html).toContain(
			"12/48 done (3 from the store); 2 running; 1 failed; 45,123 samples/s; 3 min 20 s left",
		);
	});
	it("is drawn a few times a second, and its end always", () => {
		const at = surface();
		const live = sweepProgress(at);
		for (at.clock.at = 0; at.clock.at < 250; at.clock.at += 10) live.hear(event);
		live.end();
		live.end();
		expect(at.drawn.map(({ last }) => last)).toEqual([false, false, false, true]);
	});
	it("before its first step says no rate and no time", () => {
		const at = surface();
		const { samplesPerSecond: _, left: __, ...begun } = event;
		sweepProgress(at).hear({ ...begun, best: [] });
		expect(at.drawn[0].line).toBe("sweep: 12/48 done (3 from the store); 2 running; 1 failed");
	});
});

describe("a sweep's table", () => {
	const score = { name: "auc(click|impression)", mean: 0.7, std: 0.01, n: 2, low: 0.6, high: 0.8 };
	const spec = readSweep({
		models: ["esmm"],
		data: { source: "simulator", preset: "tiny" },
		seeds: [1, 2],
		hyper: { "*": { epochs: 1 } },
		space: { esmm: { lr: [0.1, 0.2] } },
		search: "halving",
		trials: 2,
		choose: { metric: score.name },
	}).spec;
	const outcome: SweepOutcome = {
		...{ sweep: "ab".repeat(32), spec, runs: 6, done: 4, failed: 1, skipped: 1, notes: ["a note"] },
		final: { opened: { at: "then", by: "sweep" }, before: [], comparisons: [] },
		table: [
			{
				model: "esmm",
				hyper: { epochs: 1, lr: 0.1 },
				trial: 0,
				share: 1,
				chosen: true,
				metric: score,
				test: { ...score, mean: 0.65 },
				runs: [],
			},
			{
				...{ model: "esmm", hyper: { epochs: 1, lr: 0.2 }, trial: 1, share: 0.5, chosen: false, runs: [] },
				metric: { ...score, mean: null, std: null, n: 0, low: Number.NaN, high: Number.NaN, reason: "one class" },
				failed: [{ seed: 1, reason: "no" }],
			},
		],
	};
	it("has settings, validation with its interval, what was chosen, the test part, and notes", () => {
		const text = toMarkdown(sweepTable(outcome)).replaceAll("\\", "");
		expect(text).toMatch(
			/esmm +\| lr=0.1 +\| +all \| +0.7000 ± 0.0100 \| +\[0.6000, 0.8000\] \| +2 \| chosen \| +0.6500 ± 0.0100/,
		);
		expect(text).toMatch(/esmm +\| lr=0.2 +\| +1\/2 \| +one class \| +– \| +0 \| failed \| +–/);
		expect(text).toContain("Runs: 6; done now: 4; from the store: 1; failed: 1.");
		expect(text).toContain("Fixed: all epochs=1; what is not named has the model's default.");
		expect(text).toContain("a note");
	});
});

describe("sweep, as a notebook calls it", () => {
	it("runs models of one's own in this process, and draws them", async () => {
		const mine = { ...esmm, name: "mine", hyper: { ...esmm.hyper, embedding: 2, mlp: [4], epochs: 1 } };
		const at = surface();
		const store = openStore(folder());
		const write = process.stdout.write;
		let shown = "";
		process.stdout.write = ((text: string) => {
			shown += text;
			return true;
		}) as typeof write;
		try {
			const { table, done } = await sweep(
				{
					models: [mine],
					data: { source: "simulator", preset: "tiny", rows: 4000 },
					seeds: [1],
					space: { [mine.name]: { lr: [0.01, 0.02] } },
					search: "grid",
					choose: { metric: "auc(click|impression)" },
				},
				{ store, surface: at },
			);
			expect([done, table.length, table[0].chosen, store.get(table[0].runs[0])?.model]).toEqual([2, 2, true, "mine"]);
			expect(shown).toContain("| mine");
			expect(at.drawn[at.drawn.length - 1]).toMatchObject({
				last: true,
				line: expect.stringContaining("sweep: 2/2 done"),
			});
		} finally {
			process.stdout.write = write;
		}
	});
});
