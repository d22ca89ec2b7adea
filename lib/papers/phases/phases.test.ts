import { describe, expect, it } from "vitest";
import { presets } from "../../simulator/presets";
import { smallWidths } from "../smallNetworks";
import { nameOfWorld, type PhasePlan, phases, sourceOfWorld, worldsOf } from "./phases";
import { jobsOfPhases } from "./runs";

const scales = ["tiny", "demo", "full"] as const;

describe("the phase diagram's plan", () => {
	it("every world is there once: a knob's levels by ρ, the others in the middle", () => {
		for (const scale of scales) {
			const { rho, levels, middle } = phases.scales[scale];
			const worlds = worldsOf(phases, scale);
			const columns = 1 + Object.values(levels).reduce((sum, all) => sum + all.length - 1, 0);
			expect(worlds).toHaveLength(rho.length * columns);
			expect(new Set(worlds.map(nameOfWorld)).size).toBe(worlds.length);
			for (const { rows, cvr, gammas } of worlds) {
				const away = [rows !== middle.rows, cvr !== middle.cvr, gammas !== middle.gammas].filter(Boolean);
				expect(away.length).toBeLessThanOrEqual(1);
			}
		}
		expect(worldsOf(phases, "full")).toContainEqual({ rows: 250_000, cvr: 0.05, rho: -0.4, gammas: 2 });
		expect(worldsOf(phases, "demo")).toHaveLength(14);
	});

	it("columns of impressions and of the purchase rate have the same numbers of purchases", () => {
		for (const scale of ["demo", "full"] as const) {
			const { levels, middle } = phases.scales[scale];
			const purchases = [levels.rows.map((rows) => rows * middle.cvr), levels.cvr.map((cvr) => middle.rows * cvr)];
			purchases[0].forEach((count, i) => {
				expect(count).toBeCloseTo(purchases[1][i], 9);
			});
		}
	});

	it("its middle with ρ = 0.8 is the preset bench, and a log's source sets nothing but the world's knobs", () => {
		const { cvr, rho, gammas } = presets.bench;
		const { middle } = phases.scales.full;
		expect([middle.cvr, middle.gammas, 0.8]).toEqual([cvr, gammas, rho]);
		expect(sourceOfWorld(phases, "full", { ...middle, rho: 0 }, 7)).toEqual({
			source: "simulator",
			preset: "bench",
			rows: 250_000,
			logSeed: 7,
			split: "esmm",
			knobs: { cvr: 0.05, rho: 0, gammas: 1 },
		});
	});

	it("no two worlds share a log, all models of a world do, and every run opens the test part", async () => {
		for (const scale of scales) {
			const jobs = await jobsOfPhases(scale);
			const { logs, firstSeed } = phases.scales[scale];
			const worlds = worldsOf(phases, scale);
			expect(jobs).toHaveLength(worlds.length * logs * 4);
			expect(new Set(jobs.map(({ job }) => job.hash)).size).toBe(jobs.length);
			const seeds = worlds.map(
				(world) => new Set(jobs.filter((one) => nameOfWorld(one.world) === nameOfWorld(world)).map(({ seed }) => seed)),
			);
			expect(seeds.every((of) => of.size === logs)).toBe(true);
			const all = new Set(seeds.flatMap((of) => [...of]));
			expect(all.size).toBe(worlds.length * logs);
			expect(Math.min(...all)).toBe(firstSeed);
			const data = (seed: number) => new Set(jobs.filter((one) => one.seed === seed).map(({ job }) => job.run.data));
			expect([...all].every((seed) => data(seed).size === 1)).toBe(true);
			expect(jobs.every(({ job }) => job.final?.by === phases.title)).toBe(true);
		}
	});

	it("rests on runs that differ in their model alone: log, widths and rate are the same", async () => {
		for (const scale of scales) {
			const { hyper } = phases.scales[scale];
			for (const { job } of await jobsOfPhases(scale)) {
				expect(job.run.hyper).toMatchObject({ ...hyper, ...smallWidths, itemEmbedding: 0 });
				expect([job.run.ctr, job.run.share]).toEqual(["own", 1]);
			}
		}
	});

	it("a middle that is no column of its map is refused", () => {
		const { demo } = phases.scales;
		const wrong: PhasePlan = {
			...phases,
			scales: { ...phases.scales, demo: { ...demo, middle: { ...demo.middle, cvr: 0.3 } } },
		};
		expect(() => worldsOf(wrong, "demo")).toThrow("the middle cvr of 0.3 is no column of its map");
	});
});
