import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "./core/root";
import { temporaryFolders } from "./data/readers/temporaryFolders";

/** Every notebook at tiny scale through the real kernel, and what every notebook keeps to. */

const root = projectRoot();
const folder = temporaryFolders();
const names = readdirSync(join(root, "notebooks")).filter((name) => name.endsWith(".ipynb"));
const figures: Record<string, string[]> = {
	"00-start-here.ipynb": ["start-here.svg", "start-here.png", "start-here.pdf"],
	"01-the-log-and-its-funnel.ipynb": [
		...["long-tail", "funnel"].flatMap((name) => [`${name}.svg`, `${name}.png`, `${name}.pdf`]),
		...["esmm-table-1", "esm2-table-1", "esm2-figure-3", "cstwa-table-1"].flatMap((name) => [
			`${name}.md`,
			`${name}.tex`,
		]),
	],
	"02-sample-selection-bias.ipynb": [
		...["feature-shift", "selection-calibration"].flatMap((name) => [`${name}.svg`, `${name}.png`, `${name}.pdf`]),
		...["selection-gap", "selection-models"].flatMap((name) => [`${name}.md`, `${name}.tex`]),
	],
	"03-trees-and-towers.ipynb": ["svg", "png", "pdf", "md", "tex"].map((format) => `esm2-trees-and-towers.${format}`),
	"04-esmm.ipynb": [
		...["esmm-figure-1", "esmm-figure-2", "esmm-table-2", "esmm-figure-3", "esmm-figure-3-differences"].flatMap(
			(name) => [`${name}.svg`, `${name}.png`, `${name}.pdf`],
		),
		...["esmm-table-2", "esmm-table-2-probabilities", "esmm-figure-3", "esmm-ablations"].flatMap((name) => [
			`${name}.md`,
			`${name}.tex`,
		]),
	],
	"05-esm2.ipynb": [
		...["graph", "figure-4", "table-3", "figure-5-users", "figure-6a", "figure-6b", "figure-6c", "figure-7"].flatMap(
			(name) => ["svg", "png", "pdf"].map((format) => `esm2-${name}.${format}`),
		),
		...["table-3", "table-4", "table-4-identity", "table-5", "table-5-identity", "table-6", "section-4-3-2"].flatMap(
			(name) => [`esm2-${name}.md`, `esm2-${name}.tex`],
		),
		...["branch-losses", "figure-5-users", "figure-6a", "figure-6b", "figure-6c", "figure-7"].flatMap((name) => [
			`esm2-${name}.md`,
			`esm2-${name}.tex`,
		]),
	],
	"06-hm3.ipynb": [
		...["hm3-behaviour-graph", "hm3-model", "hm3-sizes", "hm3-edges"].flatMap((name) => [
			`${name}.svg`,
			`${name}.png`,
			`${name}.pdf`,
		]),
		...["sr-s", "sr-m", "sr-l", "edges-truth-auc", "edges-truth-pcoc", "edges-truth-rmse", "options"].flatMap(
			(name) => [`hm3-${name}.md`, `hm3-${name}.tex`],
		),
	],
	"07-when-entire-space-helps.ipynb": [
		...["impressions", "purchase-rate", "hidden-intent"].flatMap((name) =>
			["svg", "png", "pdf"].map((format) => `when-entire-space-helps-${name}.${format}`),
		),
		...["when-entire-space-helps", "when-entire-space-helps-knobs"].flatMap((name) => [`${name}.md`, `${name}.tex`]),
	],
};

interface Output {
	output_type: string;
	name?: string;
	text?: string | string[];
	data?: Record<string, unknown>;
}
interface Cell {
	cell_type: string;
	source: string[];
	outputs?: Output[];
}
const cellsOf = (path: string): Cell[] => JSON.parse(readFileSync(path, "utf8")).cells;
const codeOf = (cells: Cell[]) => cells.filter((cell) => cell.cell_type === "code");
const outputsOf = (cells: Cell[]) => codeOf(cells).flatMap((cell) => cell.outputs ?? []);
const errors = (outputs: Output[]) => outputs.filter((o) => o.output_type === "error" || o.name === "stderr");
/** At tiny scale a count of a day's conversions can be 0 on every row, and the doctor of training is right to say so. */
const isDeadField = ({ name, text = [] }: Output) =>
	name === "stderr" && [text].flat().every((line) => line.startsWith("dead field: "));

it("there is a notebook to test, and each is expected to write figures", () => {
	expect(names.sort()).toEqual(Object.keys(figures).sort());
});

describe.each(names)("%s", (name) => {
	it("runs from its first cell to its last, without an error in its outputs, and writes its figures", () => {
		const at = folder();
		const target = join(at, name);
		const before = readFileSync(join(root, "notebooks", name), "utf8");
		const env = { ...process.env, SCALE: "tiny", STORE: join(at, "store"), FIGURES: join(at, "figures") };
		const python = join(root, ".venv/bin/python");
		const args = [join(root, "lib/setup/execute.py"), join(root, "notebooks", name), target];
		const { status, stderr } = spawnSync(python, args, { env, encoding: "utf8", timeout: 240_000 });
		expect(status, stderr).toBe(0);
		const outputs = outputsOf(cellsOf(target));
		expect(errors(outputs).filter((output) => !isDeadField(output))).toEqual([]);
		const shown = outputs.filter((o) => o.data?.["application/vnd.plotly.v1+json"]);
		expect(shown.length).toBeGreaterThan(0);
		for (const { data } of shown) expect(String([data?.["image/svg+xml"]].flat().join(""))).toMatch(/^<svg/);
		for (const file of figures[name]) expect(existsSync(join(at, "figures", file)), file).toBe(true);
		expect(readFileSync(join(root, "notebooks", name), "utf8")).toBe(before);
	}, 300_000);

	it("is thin, committed executed, and speaks of no machine", () => {
		const cells = cellsOf(join(root, "notebooks", name));
		expect(codeOf(cells).length).toBeLessThanOrEqual(15);
		for (const cell of codeOf(cells)) expect(cell.outputs?.length, cell.source.join("")).toBeGreaterThan(0);
		expect(errors(outputsOf(cells))).toEqual([]);
		expect(JSON.stringify(cells)).not.toMatch(/\/(home|root|tmp|Users)\//);
		expect(JSON.stringify(cells)).not.toContain(root);
	});
});
