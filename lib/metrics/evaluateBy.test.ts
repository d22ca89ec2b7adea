import { describe, expect, it } from "vitest";
import { pCTR, pCVR } from "../core/prob";
import { stream } from "../core/random";
import { evaluate, labelled } from "./evaluate";
import { evaluateBy } from "./evaluateBy";

const random = stream(1, "groups");
const n = 3000;
const column = () => Float32Array.from({ length: n }, () => random.uniform());
const click = Uint8Array.from({ length: n }, () => +(random.uniform() < 0.3));
const conversion = click.map((c) => c * +(random.uniform() < 0.3));
const truth = { [pCVR]: column() };
const user = Int32Array.from({ length: n }, () => random.int(90) * 7 - 1);
const rows = { events: { click, conversion }, truth, user };
const predictions = { [pCTR]: column(), [pCVR]: column() };
const names = ["weekday", "weekend", "holiday", "never"];

describe("evaluateBy", () => {
	const codes = Int8Array.from({ length: n }, (_, row) => (row === 5 ? 2 : random.int(3) - 1));
	const { groups, without } = evaluateBy(predictions, rows, { codes, names });
	it("gives each group what evaluate gives for its rows alone, in the order of names", () => {
		expect(groups.map(({ group }) => group)).toEqual(names);
		for (const [code, { rows: count, metrics }] of groups.slice(0, 2).entries()) {
			const own = Int32Array.from([...codes.keys()].filter((row) => codes[row] === code));
			expect(count).toBe(own.length);
			const picked = Object.entries(predictions).map(([prob, scores]) => [
				prob,
				Float32Array.from(own, (row) => scores[row]),
			]);
			expect(metrics).toEqual(evaluate(Object.fromEntries(picked), labelled(rows, own)));
			expect(metrics[`gauc(${pCTR})`].users?.covered).toBeGreaterThan(10);
		}
	});
	it("says how many rows are in no group", () => {
		expect(without).toBe(codes.filter((code) => code === -1).length);
		expect(without + groups.reduce((sum, group) => sum + group.rows, 0)).toBe(n);
	});
	it("a group of one row, or of none, has no value where none can be, and says why", () => {
		const [, , one, none] = groups;
		expect([one.rows, none.rows]).toEqual([1, 0]);
		expect(one.metrics[`auc(${pCTR})`].reason).toMatch(/^(no click among the 1 rows|every one of the 1 rows)/);
		for (const [name, { value, reason }] of Object.entries(none.metrics)) {
			expect(value, name).toBeNull();
			expect(reason, name).toMatch(/ the 0 rows|^0 of 0 users/);
		}
	});
	it("neither rows nor predictions are changed", () => {
		const before = structuredClone({ rows, predictions });
		evaluateBy(predictions, rows, { codes, names });
		expect({ rows, predictions }).toEqual(before);
	});
	it("refuses a code without a name, and codes of another length", () => {
		expect(() => evaluateBy(predictions, rows, { codes, names: ["weekday"] })).toThrow(
			/^row \d+ is of group \d, but there are 1 names: /,
		);
		const few = { codes: new Uint8Array(4), names };
		expect(() => evaluateBy(predictions, rows, few)).toThrow(
			"3000 scores of P(click|impression), but 4 codes of groups",
		);
	});
});
