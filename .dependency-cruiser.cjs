/**
 * The direction of folders and of heavy libraries: `npx depcruise --config .dependency-cruiser.cjs lib`.
 * lib/architecture.test.ts shows that each rule fires.
 *
 * core ← data, simulator, metrics, tensor ← trees, models ← train ← experiment ← papers ← view ← cli
 */
const { spawnSync } = require("node:child_process");
const Module = require("node:module");

// dependency-cruiser 16 reads TypeScript with the compiler's JavaScript API. The package `typescript` is 7, which has none, and
// without one every .ts file is passed over and no rule can fire. So the program runs again with `typescript-5.0` in its place.
const AGAIN = "ENTIRE_SPACE_CRUISE";
const RESOLVE = `export const resolve = (name, context, next) => next(name === "typescript" ? "typescript-5.0" : name, context);`;
const PRELOAD = `import Module from "node:module";
Module.register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(RESOLVE)}`)});
const found = Module._resolveFilename;
Module._resolveFilename = (name, ...rest) => found.call(Module, name.replace(/^typescript(?=$|\\/)/, "typescript-5.0"), ...rest);`;
if (!process.env[AGAIN]) {
	const { status } = spawnSync(
		process.execPath,
		["--import", `data:text/javascript,${encodeURIComponent(PRELOAD)}`, ...process.argv.slice(1)],
		{ stdio: "inherit", env: { ...process.env, [AGAIN]: "1" } },
	);
	process.exit(status ?? 1);
}
if (!Module.createRequire(__filename)("typescript").createSourceFile)
	throw new Error("dependency-cruiser finds no TypeScript that it can read .ts files with: run npm ci");

/** Folder → the folders it may import, besides itself. What is not listed may import nothing of lib. */
const lower = ["core", "data", "simulator", "metrics", "tensor"];
const MAY_IMPORT = {
	core: [],
	data: ["core"],
	simulator: ["core", "data"],
	metrics: ["core"],
	tensor: ["core", "data"],
	trees: lower,
	models: lower,
	train: [...lower, "trees", "models"],
	experiment: [...lower, "trees", "models", "train"],
	papers: [...lower, "trees", "models", "train", "experiment"],
	view: [...lower, "trees", "models", "train", "experiment", "papers"],
	cli: [...lower, "trees", "models", "train", "experiment", "papers", "view"],
	setup: [],
};
const folders = Object.keys(MAY_IMPORT);
const TESTS = "\\.test\\.ts$|\\.d\\.ts$";
/** For tests, though not tests themselves. */
const FOR_TESTS =
	"^lib/plantedFaults/|(^|/)(temporaryFolders|folderHashes|scratchProject|toyLog|toyDataset|serveFolder|runCommand|killing|killedTraining|killedDriver|postgresServer|stagedModel|toyFolder|checkpointBits|readEvents|gradientCheck|plainLayers)\\.ts$|^lib/mutation\\.(vitest|setup)\\.mts$";
const HEAVY =
	"(^|/)node_modules/(@tensorflow|danfojs-node|arquero|playwright-core|plotly|@duckdb|koffi|bullmq|ioredis|pg/|tinypool|@sparticuz)";

const direction = (folder) => ({
	name: `direction-${folder}`,
	severity: "error",
	comment: `${folder} may import ${MAY_IMPORT[folder].join(", ") || "no other folder"}`,
	from: { path: `^lib/${folder}/`, pathNot: [TESTS, FOR_TESTS] },
	to: { path: "^lib/", pathNot: `^lib/(${[folder, ...MAY_IMPORT[folder]].join("|")})/` },
});

module.exports = {
	forbidden: [
		...folders.map(direction),
		{
			name: "data-takes-types-only-from-simulator",
			severity: "error",
			comment: "simulator may import the types of data, not its work",
			from: { path: "^lib/simulator/", pathNot: TESTS },
			to: { path: "^lib/data/", dependencyTypesNot: ["type-only"] },
		},
		{
			name: "no-unknown-folder",
			severity: "error",
			comment: "a folder of lib without a place in the order: give it one in .dependency-cruiser.cjs",
			from: { path: "^lib/[^/]+/", pathNot: `^lib/(${folders.join("|")}|plantedFaults)/` },
			to: {},
		},
		{
			name: "no-circle",
			severity: "error",
			comment: "circular imports, those of types too",
			from: { pathNot: TESTS },
			to: { circular: true },
		},
		{
			name: "no-tensorflow-below-tensor",
			severity: "error",
			comment: "core, data, simulator and metrics work without TensorFlow; its types are fine",
			from: { path: "^lib/(core|data|simulator|metrics)/", pathNot: TESTS },
			to: { path: "(^|/)node_modules/(@tensorflow|danfojs-node)", dependencyTypesNot: ["type-only"] },
		},
		{
			name: "heavy-libraries-lazily",
			severity: "error",
			comment: 'heavy libraries load at first use: import their types, and load them by createRequire or import("…")',
			from: { path: "^lib/", pathNot: TESTS },
			to: { path: HEAVY, dependencyTypes: ["import", "export"], dependencyTypesNot: ["type-only", "dynamic-import"] },
		},
		{
			name: "index-for-notebooks-only",
			severity: "error",
			comment: "lib/index.ts is the notebooks' door; files of lib import what they need",
			from: { path: "^lib/", pathNot: TESTS },
			to: { path: "^lib/index\\.ts$" },
		},
		{
			name: "no-test-in-production",
			severity: "error",
			comment: "tests and what is made for tests are imported by tests alone",
			from: { path: "^lib/", pathNot: [TESTS, FOR_TESTS] },
			to: { path: ["\\.test\\.ts$", FOR_TESTS, "(^|/)node_modules/vitest/"] },
		},
		{
			name: "setup-on-built-ins",
			severity: "error",
			comment: "the set-up runs before npm packages are there",
			from: { path: "^lib/setup/.*\\.mjs$" },
			to: { path: "(^|/)node_modules/" },
		},
		{
			name: "no-undeclared-package",
			severity: "error",
			comment:
				"an npm package that package.json does not name (@tensorflow/tfjs must be the copy that tfjs-node-gpu brings)",
			from: { path: "^lib/", pathNot: [TESTS, "^lib/setup/"] },
			to: {
				pathNot: "(^|/)node_modules/@tensorflow/tfjs/",
				dependencyTypes: ["npm-no-pkg", "npm-unknown"],
				dependencyTypesNot: ["type-only"],
			},
		},
		{
			name: "not-to-unresolvable",
			severity: "error",
			comment: "an import that leads nowhere",
			from: { path: "^lib/" },
			to: { couldNotResolve: true },
		},
	],
	options: {
		doNotFollow: { path: "node_modules" },
		tsPreCompilationDeps: true,
		tsConfig: { fileName: "tsconfig.json" },
		enhancedResolveOptions: { extensions: [".ts", ".mjs", ".cjs", ".js", ".json", ".d.ts"] },
	},
};
