import { expect, it } from "vitest";
import { longTail } from "./longTail";

/** Item 1 has 12 impressions and 3 clicks, item 2 has 6 and 1, item 3 one and none, item 4 one and none; 0 is absent. */
const ids = [...Array(12).fill(1), ...Array(6).fill(2), 3, 4, 0, 0];
const click = [1, 1, 1, ...Array(9).fill(0), 1, ...Array(5).fill(0), 0, 0, 1, 1];

it("says what the ids with at least so many impressions hold", () => {
	const tail = longTail(ids, click);
	expect([tail.shown, tail.clicked]).toEqual([4, 2]);
	expect(tail.points).toEqual([
		{ atLeast: 1, count: 4, ids: 1, impressions: 1, clicks: 1 },
		{ atLeast: 2, count: 2, ids: 0.5, impressions: 0.9, clicks: 1 },
		{ atLeast: 5, count: 2, ids: 0.5, impressions: 0.9, clicks: 1 },
		{ atLeast: 10, count: 1, ids: 0.25, impressions: 0.6, clicks: 0.75 },
	]);
});

it("a log without clicks has no share of them", () => {
	expect(longTail([1, 1, 2], [0, 0, 0]).points.map((point) => point.clicks)).toEqual([null, null]);
});

it("absent ids alone: nothing was shown", () => {
	expect(longTail([0, -1], [1, 1])).toEqual({ shown: 0, clicked: 0, points: [] });
});
