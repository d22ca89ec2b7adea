import { expect, it } from "vitest";
import type { UserActivity } from "../../papers/esm2/figure7";
import { activityFigure, activityView } from "./userActivity";

const values = (ESMM: (number | null)[], gain: number) => ({
	ESMM,
	ESM2: ESMM.map((a, i) => (a === null ? null : a * (1 + gain * (1 + i / 100)))),
});
const group = (name: string, ESMM: (number | null)[], gain: number) => ({
	...{ name, rows: 12_345, conversions: 40 },
	values: {
		"auc(conversion|click)": values(ESMM, gain),
		"auc(conversion|impression)": values([0.8, 0.9, 0.85], gain),
		"truth.auc(conversion|click)": values([0.7, 0.7, 0.7], -gain),
	},
});
const activity: UserActivity = {
	...{ runs: [], log: "a log", seeds: 3 },
	groups: [group("0", [0.7, 0.8, null], 0.01), group("1 or more", [0.6, 0.7, 0.65], 0.03)],
};

it("a row a group: its size, both methods, and the relative gain in per cent with its interval", () => {
	const { rows, notes, columns } = activityView(activity);
	expect(rows.map((row) => row.slice(0, 3))).toEqual([
		["0", 12_345, 40],
		["1 or more", 12_345, 40],
	]);
	for (const row of rows) expect(row).toHaveLength(columns.length);
	expect(rows[1][5]).toMatchObject({ mean: expect.closeTo(3.03, 10), digits: 2 });
	expect(notes[2]).toMatch(
		/^CVR AUC: the gain of those who buy most less that of those who buy least is \+2\.01 \[.*: it grows$/,
	);
	expect(notes[4]).toMatch(/^true CVR AUC: .* −2\.02 \[.*: it shrinks$/);
	expect(notes).toContain("seeds left out, whose rows of the group have one class alone: CVR AUC of 0 in 1 of 3");
});

it("growth is seen after Holm over the three metrics, not by each interval", () => {
	const weak = (ESMM: number[]) => ({ ESMM, ESM2: ESMM.map((a, i) => a * (1 + [0.02, 0.012, 0.025][i])) });
	const same = (ESMM: number[]) => ({ ESMM, ESM2: ESMM });
	const three = (of: typeof same, name: string) => {
		const values = of([0.7, 0.8, 0.75]);
		return {
			...{ name, rows: 9, conversions: 4 },
			values: {
				"auc(conversion|click)": values,
				"auc(conversion|impression)": values,
				"truth.auc(conversion|click)": values,
			},
		};
	};
	const { notes } = activityView({ ...activity, groups: [three(same, "0"), three(weak, "1 or more")] });
	// p = 0.0378 by itself, an interval above 0.
	for (const note of notes.slice(2, 5))
		expect(note).toMatch(/ is \+1\.90 \[\+0\.2\d, \+3\.5\d\] .*, p = 0\.11\d\d after Holm over 3: no growth seen$/);
});

it("the figure has a bar a group and a panel a metric", () => {
	const bars = activityFigure(activity).data.filter(({ type }) => type === "bar");
	expect(bars).toHaveLength(3);
	expect((bars[0].x as number[])[1]).toBeCloseTo(3.03, 10);
});
