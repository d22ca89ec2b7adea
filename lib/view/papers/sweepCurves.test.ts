import { expect, it } from "vitest";
import { judge, type MethodValues } from "../../papers/table/table";
import { sweepCurves } from "./sweepCurves";

const logs = [0.6, 0.7, 0.8];
const setting = (label: string, gains: number[]): MethodValues => ({
	...{ label, model: "esm2", hyper: {}, published: null, against: "dropout 0.5" },
	values: logs.map((value, i) => value + gains[i]),
});
const methods = [
	setting("dropout 0.2", [0.01, 0.012, 0.011]),
	setting("dropout 0.5", [0, 0, 0]),
	setting("dropout 0.7", [-0.02, -0.03, -0.01]),
];
const rows = judge([
	{ column: "CVR AUC", metric: "auc(conversion|click)", methods },
	{ column: "CTCVR AUC", metric: "auc(conversion|impression)", methods },
]);
const x = { setting: "dropout", values: [0.2, 0.5, 0.7] };

it("a panel a column: each setting's paired difference at its place, 0 where it is compared with itself, logs' spread left out", () => {
	const { data, layout } = sweepCurves({ title: "Figure 6a", rows }, x);
	const lines = data.filter((trace) => trace.mode === "lines+markers");
	expect(lines).toHaveLength(2);
	expect(lines[0].x).toEqual([0.2, 0.5, 0.7]);
	const y = lines[0].y as number[];
	expect(y[0]).toBeCloseTo(0.011, 12);
	expect(y[1]).toBe(0);
	expect(y[2]).toBeCloseTo(-0.02, 12);
	const [band] = data.filter((trace) => trace.fill === "toself") as unknown as { x: number[]; y: number[] }[];
	const spread = band.y.filter((_, i) => band.x[i] === 0.2);
	expect(Math.max(...spread) - Math.min(...spread)).toBeLessThan(0.006);
	expect(JSON.stringify(layout)).toContain("CVR AUC: difference to dropout 0.5");
	expect(JSON.stringify(layout)).toContain("bands: 95 % over 3 paired seeds");
	expect(layout.xaxis).not.toHaveProperty("type");
});

it("values that span more than a factor of 8 stand on a log axis, each with its tick", () => {
	const { layout } = sweepCurves({ title: "Figure 6c", rows }, { setting: "item embedding", values: [8, 32, 128] });
	expect(layout.xaxis).toMatchObject({ type: "log", tickvals: [8, 32, 128], ticktext: ["8", "32", "128"] });
});

it("a place that is missing is an error, not a shift of the others", () => {
	expect(() => sweepCurves({ title: "Figure 6a", rows }, { ...x, values: [0.2, 0.5] })).toThrow(
		'figure "Figure 6a": 2 values of dropout for 3 settings',
	);
});
