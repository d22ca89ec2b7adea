import { describe, expect, it } from "vitest";
import { judge, type MethodValues } from "../../papers/table/table";
import { shareCurves, shareMap } from "./shareFigures";

const logs = [0.6, 0.7, 0.8];
const at = (method: string, share: number, gains: readonly number[]): MethodValues => ({
	...{ label: `${method}, ${share} %`, model: "base", hyper: {}, published: null, against: `BASE, ${share} %` },
	values: logs.map((value, i) => value + gains[i] + share / 1000),
});
const methods = [
	...[at("BASE", 10, [0, 0, 0]), at("ESMM", 10, [0.05, 0.051, 0.052])],
	...[at("BASE", 100, [0, 0, 0]), at("ESMM", 100, [0.01, -0.01, 0.003])],
];
const rows = judge([
	{ column: "CVR AUC", metric: "auc(conversion|click)", methods },
	{ column: "CTCVR AUC", metric: "auc(conversion|impression)", methods },
]);

describe("methods over shares", () => {
	it("are a curve a method of means over a log axis, a panel a column", () => {
		const { data, layout } = shareCurves({ title: "Figure 3", rows });
		expect(data.map(({ name, x }) => [name, x])).toEqual(
			["BASE", "ESMM", "BASE", "ESMM"].map((name) => [name, [10, 100]]),
		);
		const y = data[1].y as number[];
		expect(y[0]).toBeCloseTo(0.7 + 0.051 + 0.01, 12);
		for (const axis of ["xaxis", "xaxis2"])
			expect(layout[axis]).toMatchObject({ type: "log", tickvals: [10, 100], ticktext: ["10 %", "100 %"] });
		expect(layout.yaxis).not.toHaveProperty("type");
	});
	it("are a map of differences to the baseline of the same share, bold where they are seen after Holm", () => {
		const { data, layout } = shareMap({ title: "Figure 3", rows });
		expect(data).toHaveLength(2);
		const [[small, whole]] = data[0].z as number[][];
		expect(small).toBeCloseTo(0.051, 12);
		expect(whole).toBeCloseTo(0.001, 12);
		const words = JSON.stringify(layout.annotations);
		expect(words).toContain("<b>+0.051</b>");
		expect(words).not.toContain("<b>+0.001</b>");
		expect(words).toContain("+0.001");
		expect(JSON.stringify(data[0].text)).toContain("ESMM, 10 % − BASE, 10 %, p = 0.0");
	});
});
