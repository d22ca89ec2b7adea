import { describe, expect, it } from "vitest";
import { groupsOf, purchasesInTraining, quantileGroups } from "./userActivity";

const rows = (...of: number[]) => Int32Array.from(of);

describe("purchases of users", () => {
	it("are counted in the training part alone, by user number", () => {
		const data = {
			name: "a log",
			user: rows(0, 0, 2, 2, -1, 2, 0),
			events: { conversion: Uint8Array.from([1, 1, 1, 0, 1, 1, 1]) },
			split: { train: rows(0, 1, 2, 3, 4), valid: rows(5), test: rows(6) },
		};
		expect([...purchasesInTraining(data)]).toEqual([2, 0, 1]);
		expect(() => purchasesInTraining({ ...data, user: undefined })).toThrow("a log names no users");
	});
});

describe("groups by quantiles of rows", () => {
	it("have about as many rows each, equal counts together, one code a row", () => {
		const counts = [rows(0, 0, 1, 2), rows(3, 5, 8, 9)];
		const groups = quantileGroups(counts, 4);
		expect(groups).toEqual({ edges: [0, 2, 5], names: ["0", "1–2", "3–5", "6 or more"] });
		expect([...groupsOf(rows(0, 1, 2, 3, 5, 6, 99, -1), groups).codes]).toEqual([0, 1, 1, 2, 2, 3, 3, -1]);
	});
	it("are fewer where one count has more rows than a group should", () => {
		expect(quantileGroups([rows(0, 0, 0, 0, 0, 1, 2, 7)], 4)).toEqual({
			edges: [0, 1],
			names: ["0", "1", "2 or more"],
		});
		expect(quantileGroups([rows(4, 4, 4)], 4)).toEqual({ edges: [], names: ["any"] });
		expect(() => quantileGroups([rows(-1)], 4)).toThrow("no row has a count");
	});
});
