import { describe, expect, it } from "vitest";
import { nestedSpaces } from "./nestedSpaces";

const spaces = [
	{ name: "impressions D", count: 20_000, lines: ["mean 0.0391", "of all"] },
	{ name: "clicks O", count: 1600, lines: ["mean 0.0502"] },
	{ name: "conversions", count: 80 },
];
interface Box {
	x0: number;
	x1: number;
	y0: number;
	y1: number;
}

describe("nested sample spaces", () => {
	const { layout } = nestedSpaces({ title: "Figure 1", spaces });
	const boxes = layout.shapes as unknown as Box[];
	const notes = layout.annotations as unknown as { text: string; y: number }[];
	it("are each inside the one before, with room for its own words above the next", () => {
		expect(boxes).toHaveLength(3);
		for (const [i, box] of boxes.entries()) {
			expect(box.y1 - box.y0).toBeGreaterThan(0);
			const next = boxes[i + 1];
			if (!next) continue;
			expect(next.x0 > box.x0 && next.x1 < box.x1 && next.y0 > box.y0 && next.y1 < box.y1).toBe(true);
			const lines = notes[i].text.split("<br>").length;
			expect(notes[i].y - next.y1).toBeGreaterThanOrEqual(20 * lines - 10);
		}
	});
	it("say their count, their share of the space around them, and what else is told", () => {
		expect(notes.map(({ text }) => text)).toEqual([
			"<b>impressions D</b>: 20,000<br>mean 0.0391<br>of all",
			"<b>clicks O</b>: 1,600, 8 % of impressions D<br>mean 0.0502",
			"<b>conversions</b>: 80, 5 % of clicks O",
		]);
	});
	it("that do not fit are refused", () => {
		const wrong = [spaces[1], { ...spaces[0], name: "impressions" }];
		expect(() => nestedSpaces({ title: "Figure 1", spaces: wrong })).toThrow(
			'figure "Figure 1": 20000 impressions cannot be inside 1600 clicks O',
		);
	});
});
