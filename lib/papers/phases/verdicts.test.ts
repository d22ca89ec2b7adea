import { describe, expect, it } from "vitest";
import { stream } from "../../core/random";
import type { RunResult } from "../../experiment/result";
import { holm } from "../../metrics/comparison/holm";
import { misledShares, phaseFindings } from "./findings";
import { nameOfWorld, type PhasePlan, type PhaseWorld, phases, worldsOf } from "./phases";
import { judgePhases } from "./verdicts";

const plan: PhasePlan = { ...phases, models: ["esmm"] };
const { logs } = phases.scales.demo;

/** Runs of a diagram whose differences are told; a log's own level, the same for both models, is between 0.6 and 0.7. */
function runsWith(of: (world: PhaseWorld, log: number) => { truth: number; offline: number }) {
	const random = stream(3, "phases");
	const result = (truth: number, offline: number) =>
		({
			test: { [plan.truth]: { value: truth }, [plan.offline]: { value: offline, positives: 10 } },
		}) as unknown as RunResult;
	const worlds = worldsOf(plan, "demo").map((world) => {
		const levels = Array.from({ length: logs }, () => 0.6 + 0.1 * random.uniform());
		const base = levels.map((level) => result(level, level));
		const esmm = levels.map((level, log) => {
			const { truth, offline } = of(world, log);
			return result(level + truth, level + offline);
		});
		return { world, results: { base, esmm } };
	});
	return { plan, scale: "demo" as const, worlds };
}
const wobble = [-0.001, 0, 0.001];

describe("the verdicts of a phase diagram", () => {
	it("ρ decides: better where the truth is up and worse where it is down, log by log less the baseline", () => {
		const sign = ({ rho }: PhaseWorld) => (rho > 0 ? 1 : -1);
		const runs = runsWith((world, log) => ({
			truth: 0.02 * sign(world) + wobble[log],
			offline: 0.03 * sign(world) - wobble[log],
		}));
		const { cells, effects, tests } = judgePhases(runs);
		expect(cells).toHaveLength(14);
		for (const { world, truth, offline, agreement, misled } of cells) {
			expect(truth.verdict).toBe(world.rho > 0 ? "better" : "worse");
			expect(truth.mean).toBeCloseTo(0.02 * sign(world), 12);
			expect(offline.mean).toBeCloseTo(0.03 * sign(world), 12);
			expect([agreement, misled]).toEqual(["agrees", 0]);
		}
		// 14 worlds and 4 knobs in two metrics.
		expect(tests).toBe(36);
		const rho = effects.find(({ knob, metric }) => knob === "rho" && metric === "truth");
		expect(rho).toMatchObject({ model: "esmm", from: 0, to: 0.8, pairs: 7 });
		expect(rho?.mean).toBeCloseTo(0.04, 12);
		expect(rho?.adjusted).toBeLessThan(0.001);
		expect(effects.find(({ knob }) => knob === "gammas")?.mean).toBeCloseTo(0, 12);
	});

	it("where the offline metric is wrong: it misses, invents, or sees the opposite of the truth", () => {
		const level = { 40000: [0.02, 0], 80000: [0, 0.02], 160000: [0.02, -0.02] } as Record<number, [number, number]>;
		const { cells } = judgePhases(
			runsWith(({ rows }, log) => ({
				truth: level[rows][0] + wobble[log],
				offline: level[rows][1] + wobble[(log + 1) % 3],
			})),
		);
		const found = (rows: number) =>
			new Set(cells.filter(({ world }) => world.rows === rows).map((cell) => cell.agreement));
		expect(found(40_000)).toEqual(new Set(["misses"]));
		expect(found(80_000)).toEqual(new Set(["invents"]));
		expect(found(160_000)).toEqual(new Set(["opposite"]));
		const [share] = misledShares({ cells });
		// All logs of 160,000 impressions, one of three elsewhere: the one whose wobbles have other signs, or make one of a 0.
		expect(cells.find(({ world }) => world.rows === 160_000)?.misled).toBe(3);
		expect(share).toMatchObject({ model: "esmm", logs: 42 });
		expect(share.misled).toBe(cells.reduce((sum, { misled }) => sum + misled, 0));
		expect(share.low).toBeLessThan(share.misled / 42);
		expect(share.high).toBeGreaterThan(share.misled / 42);
	});

	it("is after Holm over worlds and knobs of both metrics together", () => {
		const random = stream(5, "noise");
		const { cells, effects } = judgePhases(
			runsWith(() => ({ truth: 0.005 * random.normal(), offline: 0.005 * random.normal() })),
		);
		const order = [...cells.map(({ truth }) => truth), ...cells.map(({ offline }) => offline), ...effects];
		const expected = holm(order.map(({ p }) => p));
		order.forEach(({ adjusted }, i) => {
			expect(adjusted).toBe(expected[i]);
		});
		expect(new Set(cells.flatMap(({ truth, offline }) => [truth.verdict, offline.verdict]))).toEqual(
			new Set(["no difference seen"]),
		);
		expect(order.some(({ p }) => p !== null && p < 0.3)).toBe(true);
	});

	it("the deviation is pooled over worlds with the same impressions and purchase rate, and over no others", () => {
		const loud = (world: PhaseWorld) => (world.rows === 160_000 ? 10 : 1);
		const { cells } = judgePhases(
			runsWith((world, log) => ({ truth: 0.02 + loud(world) * wobble[log], offline: wobble[log] })),
		);
		for (const { world, truth } of cells) {
			expect(truth.std).toBeCloseTo(0.001 * loud(world), 9);
			const isMiddle = world.rows === 80_000 && world.cvr === 0.05;
			expect(truth.degrees).toBe((isMiddle ? 6 : 2) * (logs - 1));
		}
	});

	it("a log whose metric is unknown leaves its world without a verdict, and the others judged; it is counted apart", () => {
		const hole = worldsOf(plan, "demo")[0];
		const judged = judgePhases(
			runsWith((world, log) => ({
				truth: 0.02 + wobble[log],
				offline: nameOfWorld(world) === nameOfWorld(hole) && log === 1 ? Number.NaN : 0.02 + wobble[log],
			})),
		);
		const { cells } = judged;
		expect(cells[0].offline).toMatchObject({ p: null, adjusted: null, verdict: "no test" });
		expect([cells[0].truth.verdict, cells[0].agreement]).toEqual(["better", "no test"]);
		const sentences = phaseFindings({ plan, judged }).join("\n");
		expect(sentences).toContain("In truth better in 14, worse in 0 (");
		expect(sentences).toContain("by the offline metric better in 13, worse in 0, no test in 1 (");
		expect(sentences).toContain("misses in 0, invents in 0, no test in 1.");
		expect(cells.slice(1).every(({ offline }) => offline.verdict === "better")).toBe(true);
	});

	it("says in sentences what it found", () => {
		const judged = judgePhases(
			runsWith(({ rho }, log) => ({
				truth: (rho > 0 ? 0.02 : -0.0002) + wobble[log],
				offline: wobble[(log + 1) % 3] - 0.0002,
			})),
		);
		const sentences = phaseFindings({ plan, judged });
		expect(sentences[0]).toBe(
			"ESMM against BASE in 14 worlds. In truth better in 7, worse in 0 (mean above 0 in 7); by the offline metric better in 0, worse in 0 (mean above 0 in 0).",
		);
		expect(sentences.join("\n")).toMatch(/ESMM, truth: ρ from 0 to 0\.8 moves the difference by \+0\.0202 \[/);
		expect(sentences.join("\n")).toMatch(/misses in 7, /);
	});
});
