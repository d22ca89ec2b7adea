import { spawnSync } from "node:child_process";
import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const PROJECT = dirname(__dirname);

interface Violation {
	from: string;
	to: string;
	rule: { name: string };
}

/** What dependency-cruiser finds in a project folder. */
function cruise(root: string): { violations: Violation[]; modules: number } {
	const program = join(PROJECT, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
	const args = [program, "--config", ".dependency-cruiser.cjs", "--output-type", "json", "lib"];
	const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
	if (!stdout) throw new Error(stderr);
	const { summary } = JSON.parse(stdout) as { summary: { violations: Violation[]; totalCruised: number } };
	return { violations: summary.violations, modules: summary.totalCruised };
}

/** Rule → a file that breaks it, and its source. */
const planted: [rule: string, file: string, source: string][] = [
	["direction-core", "core/planted.ts", 'export type { Log } from "../data/log";'],
	["direction-data", "data/planted.ts", 'export { auc } from "../metrics/ranking";'],
	["direction-simulator", "simulator/planted.ts", 'export { auc } from "../metrics/ranking";'],
	["direction-metrics", "metrics/planted.ts", 'export type { Log } from "../data/log";'],
	["direction-tensor", "tensor/planted.ts", 'export { fit } from "../train/fit";'],
	["direction-trees", "trees/planted.ts", 'export { base } from "../models/base";'],
	["direction-models", "models/planted.ts", 'export { fit } from "../train/fit";'],
	["direction-train", "train/planted.ts", 'export const later = () => import("../experiment/run");'],
	["direction-experiment", "experiment/planted.ts", 'export { judge } from "../papers/table/table";'],
	["direction-papers", "papers/planted.ts", 'export { toText } from "../view/markdown";'],
	["direction-view", "view/planted.ts", 'export { command } from "../cli/command";'],
	["direction-cli", "cli/planted.ts", 'export { layout } from "../setup/paths.mjs";'],
	["direction-setup", "setup/planted.mjs", 'import "../core/prob";'],
	["data-takes-types-only-from-simulator", "simulator/planted2.ts", 'export { rowsIn } from "../data/dataset";'],
	["no-unknown-folder", "utils/planted.ts", 'export { auc } from "../metrics/ranking";'],
	["no-circle", "core/planted2.ts", 'export * from "./planted3";'],
	["no-tensorflow-below-tensor", "metrics/planted2.ts", 'export const tf = () => import("@tensorflow/tfjs-core");'],
	["no-tensorflow-below-tensor", "data/planted2.ts", 'export const dfd = () => require("danfojs-node");'],
	["heavy-libraries-lazily", "data/planted3.ts", 'export { table } from "arquero";'],
	[
		"heavy-libraries-lazily",
		"view/planted2.ts",
		'import { chromium } from "playwright-core";\nexport const c = chromium;',
	],
	["heavy-libraries-lazily", "train/planted2.ts", 'import "@tensorflow/tfjs-node-gpu";'],
	["index-for-notebooks-only", "cli/planted2.ts", 'export { auc } from "../index";'],
	["no-test-in-production", "data/planted4.ts", 'export { temporaryFolders } from "./readers/temporaryFolders";'],
	["no-test-in-production", "train/planted3.ts", 'export { it } from "vitest";'],
	["setup-on-built-ins", "setup/planted2.mjs", 'import "commander";'],
	["no-undeclared-package", "view/planted3.ts", 'export { coerce } from "semver";'],
	["not-to-unresolvable", "core/planted4.ts", 'export * from "./nowhere";'],
];

/** Files that break no rule, though they look near to it. */
const innocent: [file: string, source: string][] = [
	["core/planted.test.ts", 'import { fit } from "../train/fit";\nvoid fit;'],
	["metrics/innocent.ts", 'import type { Tensor } from "@tensorflow/tfjs-core";\nexport type T = Tensor;'],
	[
		"view/innocent.ts",
		'import type { Page } from "playwright-core";\nexport const p = (): Promise<Page> | undefined => undefined;',
	],
	["simulator/innocent.ts", 'export type { Log } from "../data/log";'],
];

describe("import directions", () => {
	const root = mkdtempSync(join(tmpdir(), "entire-space-cruise-"));
	let found: Violation[];
	afterAll(() => rmSync(root, { recursive: true, force: true }));
	beforeAll(() => {
		cpSync(join(PROJECT, "lib"), join(root, "lib"), { recursive: true });
		for (const name of [".dependency-cruiser.cjs", "package.json", "tsconfig.json"])
			cpSync(join(PROJECT, name), join(root, name));
		symlinkSync(join(PROJECT, "node_modules"), join(root, "node_modules"));
		const plant = (file: string, source: string) => {
			mkdirSync(dirname(join(root, "lib", file)), { recursive: true });
			writeFileSync(join(root, "lib", file), `${source}\n`);
		};
		for (const [, file, source] of planted) plant(file, source);
		for (const [file, source] of innocent) plant(file, source);
		plant("core/planted3.ts", 'export type { A } from "./planted2";');
		found = cruise(root).violations;
	});

	it("hold in this project", () => {
		const { violations, modules } = cruise(PROJECT);
		expect(violations.map(({ from, to, rule }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
		expect(modules).toBeGreaterThan(100);
	});
	it.each(planted)("%s fires on %s", (rule, file) => {
		expect(found.filter(({ from }) => from === `lib/${file}`).map(({ rule }) => rule.name)).toContain(rule);
	});
	it("every rule has a file that breaks it", () => {
		const config = readFileSync(join(PROJECT, ".dependency-cruiser.cjs"), "utf8");
		const rules = [...config.matchAll(/\n\t\t\tname: "([\w-]+)"/g)].map(([, name]) => name);
		const order = config.slice(config.indexOf("const MAY_IMPORT"), config.indexOf("const folders"));
		for (const [, folder] of order.matchAll(/\n\t(\w+):/g)) rules.push(`direction-${folder}`);
		expect([...new Set(planted.map(([rule]) => rule))].sort()).toEqual(rules.sort());
	});
	it.each(innocent)("nothing fires on %s", (file) => {
		expect(found.filter(({ from }) => from === `lib/${file}`)).toEqual([]);
	});
});

/** What the code of a notebook imports, by any spelling. */
function importsOf(notebook: string): string[] {
	const { cells } = JSON.parse(notebook) as { cells: { cell_type: string; source: string | string[] }[] };
	const code = cells.filter((cell) => cell.cell_type === "code").map(({ source }) => [source].flat().join(""));
	const from = /\b(?:from|import|require)\s*\(?\s*["'`]([^"'`]+)["'`]/g;
	return code.flatMap((source) => [...source.matchAll(from)].map(([, name]) => name));
}

describe("notebooks", () => {
	const folder = join(PROJECT, "notebooks");
	const all = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".ipynb")) : [];
	it("import ./lib/index and nothing else", () => {
		const wrong = all.flatMap((name) =>
			importsOf(readFileSync(join(folder, name), "utf8"))
				.filter((from) => from !== "./lib/index")
				.map((from) => `${name}: ${from}`),
		);
		expect(wrong).toEqual([]);
	});
	it("no spelling of an import goes unseen", () => {
		const source = [
			'import { a } from "./lib/index";\n',
			'import * as tf from "@tensorflow/tfjs";\n',
			"import './x';\n",
			'const y = require("y"); const z = await import(`z`);\n',
			'export * from "w";',
		];
		const notebook = {
			cells: [
				{ cell_type: "code", source },
				{ cell_type: "markdown", source: 'import "m"' },
			],
		};
		expect(importsOf(JSON.stringify(notebook))).toEqual(["./lib/index", "@tensorflow/tfjs", "./x", "y", "z", "w"]);
	});
});
