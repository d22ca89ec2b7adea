import type { Log } from "./log";

/** For tests: a log small enough to check by hand. Days 0–9, two rows a day; the later days have ids and numbers of their own. */
export function toyLog(change: Partial<Log> = {}): Log {
	const day = Int32Array.from({ length: 20 }, (_, row) => Math.floor(row / 2));
	const click = Uint8Array.from(day, (_, row) => +(row % 2 === 0));
	return {
		name: "toy",
		rows: 20,
		schema: {
			user: "uid",
			time: "second",
			events: { click: "is_click", conversion: "is_buy" },
			implies: { conversion: "click" },
			features: { cat: { kind: "id" }, price: { kind: "number" }, tags: { kind: "ids", weights: "w" } },
			oracle: ["pcvr"],
			truth: { "conversion|click": "pcvr" },
		},
		columns: {
			uid: Int32Array.from(day, (_, row) => 100 + (row % 3)),
			day,
			second: Int32Array.from(day, (d, row) => 86_400 * d + 43_200 * (row % 2)),
			is_click: click,
			is_buy: Uint8Array.from(click, (c, row) => c * +(row % 4 === 0)),
			// 7 is frequent and 5 rarer in the first half; 9 is seen in the second half alone.
			cat: Int32Array.from(day, (d, row) => (d >= 5 ? 9 : row % 3 === 0 ? 5 : 7)),
			// Mean 2 and deviation 1 in the first half, far away in the second.
			price: Float32Array.from(day, (d, row) => (d >= 5 ? 1000 : 1 + 2 * (row % 2))),
			tags: {
				offsets: Int32Array.from({ length: 21 }, (_, row) => 2 * row),
				values: Int32Array.from({ length: 40 }, (_, i) => (i >= 20 ? 33 : i % 2 === 0 ? 31 : 32)),
				weights: new Float32Array(40).fill(0.5),
			},
			w: new Float32Array(20),
			pcvr: Float32Array.from(day, (_, row) => row / 20),
		},
		read: 22,
		dropped: [{ reason: "made up", count: 2, first: "toy:3" }],
		fingerprint: "toy",
		...change,
	};
}
