import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { projectRoot } from "../core/root";
import { barsWithIntervals } from "./barsWithIntervals";
import { closeBrowser } from "./browser";
import { browserFound } from "./browserProgram";
import { calibrationCurve } from "./calibrationCurve";
import { curves } from "./curves";
import { exportFigure, exportTable } from "./export";
import { funnel } from "./funnel";
import { heatMap } from "./heatMap";
import { inNotebook, liveOutput, show } from "./notebook";
import { tableOf } from "./table";

const figures = {
	bars: barsWithIntervals({
		title: "Bars & <intervals>",
		methods: ["BASE", "ESMM"],
		metrics: [
			{
				name: "CVR AUC",
				baseline: 0.5,
				values: [{ mean: 0.66, low: 0.65, high: 0.67 }, null],
				published: [{ mean: 0.66, std: 0.004 }, null],
			},
		],
	}),
	curves: curves({
		title: "Curves",
		x: "epoch",
		panels: [
			{
				title: "loss",
				curves: [{ name: "a", x: [1, 2, 3], y: [0.3, Number.NaN, 0.1], low: [0.2, 0.2, 0], high: [0.4, 0.3, 0.2] }],
			},
		],
	}),
	calibration: calibrationCurve({
		title: "Calibration",
		x: "predicted",
		y: "observed",
		scale: "linear",
		series: [
			{
				name: "ESMM",
				bins: [
					{ predicted: 0.01, observed: 0.02 },
					{ predicted: 0.2, observed: 0.15 },
				],
			},
		],
	}),
	funnel: funnel({
		title: "Funnel",
		stages: [
			{ name: "impression", count: 1000 },
			{ name: "click", count: 40 },
		],
	}),
	heatMap: heatMap({
		title: "Heat map",
		x: { title: "x", labels: ["a", "b"] },
		y: { title: "y", labels: ["c"] },
		values: [[0.5, null]],
		digits: 2,
	}),
};

const folder = mkdtempSync(join(tmpdir(), "entire-space-view-"));
afterAll(async () => {
	await closeBrowser();
	rmSync(folder, { recursive: true, force: true });
});

describe("figures", () => {
	it.each(Object.entries(figures))("%s is plain JSON: what a file holds is what was made", (_, figure) => {
		expect(JSON.parse(JSON.stringify(figure))).toEqual(figure);
		expect(figure.data.length).toBeGreaterThan(0);
	});
	it("a bar of one run is drawn without an interval, and its mean is printed", () => {
		const values = [{ mean: 0.66, std: 0, n: 1, low: Number.NaN, high: Number.NaN }];
		const { data, layout } = barsWithIntervals({ title: "t", methods: ["a"], metrics: [{ name: "m", values }] });
		expect(data[0]).toMatchObject({ x: [0.66], error_x: { array: [0], arrayminus: [0] } });
		expect(data[1]).toMatchObject({ x: [0.66], text: [" 0.660 "] });
		expect(JSON.stringify([data, layout])).not.toContain("null");
	});
	it("a mean printed at the left of its interval has its room in the panel, with the minus sign of the axis", () => {
		const values = [{ mean: -13.1, low: -38, high: 10, digits: 2 }];
		const { data, layout } = barsWithIntervals({ title: "t", methods: ["a"], metrics: [{ name: "m", values }] });
		expect(data[1]).toMatchObject({ x: [-38], text: [" \u221213.10 "] });
		const { range } = layout.xaxis as { range: [number, number] };
		// Six letters of 7 pixels in a panel of less than 700.
		expect((-38 - range[0]) / (range[1] - range[0])).toBeGreaterThan(42 / 700);
	});
	it("refuses lists of unequal length by name", () => {
		expect(() =>
			barsWithIntervals({ title: "t", methods: ["a", "b"], metrics: [{ name: "m", values: [null] }] }),
		).toThrow('"m" has 1 entries for 2 methods');
		expect(() =>
			curves({ title: "t", x: "x", panels: [{ title: "p", curves: [{ name: "c", x: [1], y: [1, 2] }] }] }),
		).toThrow(/"?c"?/);
	});
});

describe("export", () => {
	it("SVG, PNG and PDF: real files, the same bytes twice", async () => {
		const digests = [];
		for (const name of ["one", "two"]) {
			const files = await exportFigure(figures.bars, name, { folder });
			digests.push(files.map((file) => createHash("sha256").update(readFileSync(file)).digest("hex")));
		}
		expect(digests[0]).toEqual(digests[1]);
		const [svg, png, pdf] = ["svg", "png", "pdf"].map((format) => readFileSync(join(folder, `one.${format}`)));
		expect(svg.toString()).toMatch(/^<svg[\s\S]*Bars &amp; &#60;intervals&#62;[\s\S]*<\/svg>\s*$/);
		expect(svg.toString()).not.toContain("<script");
		expect([png.toString("latin1", 1, 4), pdf.toString("latin1", 0, 4)]).toEqual(["PNG", "%PDF"]);
		expect(png.length).toBeGreaterThan(5000);
	});
	it.each(Object.entries(figures))("%s is drawn with its title, and no missing number in it", async (name, figure) => {
		const [file] = await exportFigure(figure, name, { folder, formats: ["svg"] });
		const svg = readFileSync(file, "utf8");
		expect(svg).toContain(
			{ bars: "Bars", curves: "Curves", calibration: "Calibration", funnel: "Funnel", heatMap: "Heat map" }[name],
		);
		expect(svg).not.toMatch(/NaN|>undefined</);
	});
	it("tables go out in four formats", () => {
		const files = exportTable(tableOf("t", [{ a: 1 }]), "t", { folder });
		expect(files.map((file) => readFileSync(file, "utf8").length > 3)).toEqual([true, true, true, true]);
	});
	it("a name that is no file name is refused", () => {
		expect(() => exportTable(tableOf("t", []), "../x", { folder })).toThrow("is no name for a file");
	});
});

describe("browserFound", () => {
	const places = { env: {}, platform: "linux", arch: "x64", exists: () => false, packed: () => undefined };
	it("takes CHROME, then the system's, then npm's, else none", () => {
		const exists = (path: string) => path === "/usr/bin/chromium" || path === "/my/chrome";
		expect(browserFound({ ...places, env: { CHROME: "/my/chrome" }, exists })).toEqual({
			kind: "CHROME",
			path: "/my/chrome",
		});
		expect(browserFound({ ...places, exists })).toEqual({ kind: "system", path: "/usr/bin/chromium" });
		expect(browserFound({ ...places, packed: () => "/n/chromium.br" })).toEqual({
			kind: "npm",
			path: "/n/chromium.br",
		});
		expect(browserFound(places)).toBeNull();
		expect(() => browserFound({ ...places, env: { CHROME: "/none" } })).toThrow("CHROME=/none");
	});
});

describe("show", () => {
	afterEach(() => vi.restoreAllMocks());

	it("outside a notebook it prints text", async () => {
		const printed = vi.spyOn(process.stdout, "write").mockReturnValue(true);
		await show(tableOf("hello", [{ a: 1 }]));
		await show(figures.curves);
		const text = printed.mock.calls.map(([chunk]) => String(chunk)).join("");
		expect(text).toContain("hello");
		expect(text).toContain("Figure: Curves");
		expect(inNotebook()).toBe(false);
		expect(liveOutput()).toBeUndefined();
	});

	it("in a kernel a figure goes out as Plotly JSON, SVG and text together, a table as HTML, Markdown and text", async () => {
		const load = createRequire(join(projectRoot(), "package.json"));
		const id = load.resolve("tslab/dist/jupyter.js");
		const sent: { data: Record<string, unknown>; transient: { display_id?: string } }[] = [];
		const updates: boolean[] = [];
		const stub = join(folder, "kernel.cjs");
		writeFileSync(stub, "module.exports = {}");
		load(stub);
		load.cache[id] = {
			...load.cache[stub],
			exports: {
				lastWriteDisplayData: (message: (typeof sent)[0], update: boolean) => {
					sent.push(message);
					updates.push(update);
				},
			},
		} as NodeJS.Module;
		try {
			await show(figures.bars);
			await show(tableOf("t", [{ a: 1 }]));
			const live = liveOutput();
			live?.("<b>1</b>", "1");
			live?.("<b>2</b>", "2");
		} finally {
			delete load.cache[id];
		}
		expect(sent.map(({ data }) => Object.keys(data).sort())).toEqual([
			["application/vnd.plotly.v1+json", "image/svg+xml", "text/plain"],
			["text/html", "text/markdown", "text/plain"],
			["text/html", "text/plain"],
			["text/html", "text/plain"],
		]);
		expect(sent[0].data["application/vnd.plotly.v1+json"]).toEqual(figures.bars);
		expect(updates).toEqual([false, false, false, true]);
		expect(sent[2].transient.display_id).toBe(sent[3].transient.display_id);
	});
});
