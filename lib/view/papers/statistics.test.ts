import { expect, it } from "vitest";
import { longTail } from "../../data/longTail";
import { esmmTable1 } from "../../papers/esmm/table1";
import { statisticRows } from "../../papers/statistics/statistics";
import { longTailFigure } from "../longTailFigure";
import { paperView } from "./paper";

const log = (click: number) => ({ impressions: 20_000, users: 12, items: 34, events: { click, conversion: 5 } });

it("a table of statistics has a statistic a row, each data set of the paper beside ours", () => {
	const view = paperView(esmmTable1([log(800), log(820)], { log: "toy", own: false }));
	expect(view.columns.map(({ name }) => name)).toEqual([
		"statistic",
		"ours",
		"theirs: Public Dataset",
		"theirs: Product Dataset",
	]);
	expect(view.rows).toEqual([
		["#user", "12", "400,000", "48,000,000"],
		["#item", "34", "4,300,000", "23,500,000"],
		["#impression", "20,000", "84,000,000", "8,950,000,000"],
		["#click", "810 ± 14", "3,400,000", "324,000,000"],
		["#conversion", "5", "18,000", "1,774,000"],
	]);
	expect(view.notes.at(-1)).toBe("another log than the papers': no number is compared");
});

it("fractions are percent, small ones with more digits; unknown is empty; a comparison is a note", () => {
	const rows = statisticRows(
		[
			{ label: "a", column: "ctr", values: [0.0389, 0.0391], published: { value: 0.0389 } },
			{ label: "a", column: "cvr", values: [0.0002], published: { value: 0.0002 } },
			{ label: "a", column: "x", values: [null], published: null },
		],
		{ log: "own", own: true },
	);
	const view = paperView({ paper: "p", title: "T", table: "1", notes: [], rows });
	expect(view.rows).toEqual([
		["ctr", "3.90% ± 0.01%", "3.89%"],
		["cvr", "0.0200%", "0.0200%"],
		["x", null, null],
	]);
	expect(view.notes.map((note) => note.split(".")[0])).toEqual(["ctr: outside", "cvr: within"]);
});

it("the long tail's figure holds its points on two logarithmic axes", () => {
	const tail = longTail([...Array(10).fill(1), 2], [1, ...Array(10).fill(0)]);
	const { data, layout } = longTailFigure({ title: "Tail", of: "items", tail });
	expect(data.map(({ name }) => name)).toEqual([
		"share of the items shown",
		"share of the impressions",
		"share of the clicks",
	]);
	expect(data[0]).toMatchObject({ x: [1, 2, 5, 10], y: [1, 0.5, 0.5, 0.5] });
	expect(layout).toMatchObject({ xaxis: { type: "log" }, yaxis: { type: "log" } });
});
