import { expect, it } from "vitest";
import { pCTR, pCVR } from "../core/prob";
import { prepare } from "../data/prepare";
import { splits } from "../data/split";
import { simulate } from "../simulator/simulate";
import { plantedLeaks } from "./plantedLeaks";

const log = simulate({ preset: "tiny", seed: 2 });
const data = prepare(log, { split: splits.esm2, encoding: { minFrequency: 2 } });

it.each([
	["item", true],
	// Rows of other users never hold this one: of it they tell nothing, so there is nothing that could leak.
	["user", false],
])("%s: every planted leak is caught, and the statistic of earlier rows has none", (field, folds) => {
	const found = plantedLeaks(data, pCTR, field);
	expect(found.map(({ made, leak }) => [made, leak !== undefined])).toEqual([
		["earlier rows", false],
		["earlier rows and those of its moment", field === "user"],
		["other users' rows", folds],
		["later rows", true],
		["all rows, its own among them", true],
	]);
});

it("a row's own label makes the statistic tell a coin; earlier rows, and later ones, do not", () => {
	const found = plantedLeaks(data, pCTR, "user");
	const off = (made: string) => {
		const { coin } = found.find((one) => one.made === made) as (typeof found)[number];
		return ((coin.value as number) - 0.5) / (coin.se as number);
	};
	expect(Math.abs(off("earlier rows"))).toBeLessThan(4);
	expect(off("all rows, its own among them")).toBeGreaterThan(10);
});

it("fields of numbers and logs without a time are refused", () => {
	const { name } = data.fields.find(({ kind }) => kind === "number") as (typeof data.fields)[number];
	expect(() => plantedLeaks(data, pCVR, name)).toThrow(`has no field "${name}" of ids`);
	expect(() => plantedLeaks({ ...data, time: undefined }, pCVR, "user")).toThrow("does not know its time");
});
