import { runJob } from "./job.mjs";
import { wheelStep } from "./wheel.mjs";

/** Loads the extension into the npm package's DuckDB, which checks its version and its signature. */
const LOAD = `const [, file] = process.argv;
require("@duckdb/node-api").DuckDBInstance.create(":memory:")
	.then((db) => db.connect())
	.then((connection) => connection.run("LOAD '" + file.replaceAll("'", "''") + "'"))
	.then(() => process.exit(0), (error) => { console.error(error.message); process.exit(1); });`;

const step = wheelStep({
	title: "DuckDB's httpfs",
	folder: (at) => at.httpfs,
	pins: (at) => at.requirements.httpfs,
	platforms: {
		"linux-x64": "manylinux2014_x86_64",
		"linux-arm64": "manylinux2014_aarch64",
		"darwin-arm64": "macosx_11_0_arm64",
	},
	file: "duckdb_extension_httpfs/extensions/v1.5.5/httpfs.duckdb_extension",
	check: (at, file, { note }) =>
		runJob("DuckDB's httpfs", process.execPath, ["-e", LOAD, file], { cwd: at.root, onStart: note }),
	without: "only paths that begin with s3:// or http(s):// need it",
});

/** What this step is called in messages. */
export const title = step.title;
/** Why DuckDB cannot read s3:// and http(s):// paths, or undefined if it can, or if it never can here. */
export const problem = step.problem;
/** Takes the extension out of a wheel. */
export const make = step.make;
