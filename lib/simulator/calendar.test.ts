import { expect, test } from "vitest";
import { layCalendar, occasions, weekdayOf } from "./calendar";
import { presets } from "./presets";

const calendar = layCalendar(presets.demo);
const daysOf = (from: number, to: number) =>
	occasions.map((_, code) => calendar.occasion.slice(from, to).filter((value) => value === code).length);

test("occasions fall on the days of the specification", () => {
	expect(daysOf(0, 60)).toEqual([28, 12, 11, 9]);
	expect(daysOf(45, 60)).toEqual([10, 3, 2, 0]);
	expect(daysOf(60, 76)).toEqual([4, 2, 4, 6]);
	expect(occasions[calendar.occasion[63]]).toBe("AP");
	expect(calendar.promotion[63]).toBe(3);
	expect(calendar.promotion[64]).toBe(4);
	expect(calendar.promotion[0]).toBe(-1);
});

test("days since a promotion start again with each", () => {
	expect(Array.from(calendar.sincePromotion.slice(8, 16))).toEqual([30, 30, 0, 0, 0, 1, 2, 3]);
});

test("recentShare thins days 45 to 59 only", () => {
	const thin = layCalendar({ ...presets.demo, recentShare: 0.1 }).traffic;
	thin.forEach((value, day) => {
		expect(value).toBeCloseTo(calendar.traffic[day] * (day >= 45 && day < 60 ? 0.1 : 1), 12);
	});
});

test("the log starts on a Friday", () => {
	expect([0, 1, 2, 3, 7].map(weekdayOf)).toEqual([5, 6, 7, 1, 5]);
});
