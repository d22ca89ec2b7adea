import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { expect, it } from "vitest";

const PROJECT = dirname(__dirname);
const HEAVY =
	/^(@tensorflow\/|danfojs-node|arquero|playwright-core|@sparticuz\/|plotly|@duckdb\/|koffi|bullmq|ioredis)/;

/** The npm packages that are loaded once a file of lib has been required, as a notebook's kernel or a command would. */
function packagesLoadedBy(code: string): string[] {
	const list = `${code};
		const names = Object.keys(require.cache).map((file) => /.*[\\\\/]node_modules[\\\\/]((?:@[^\\\\/]+[\\\\/])?[^\\\\/]+)/.exec(file)?.[1]);
		console.log(JSON.stringify([...new Set(names.filter(Boolean))].sort()))`;
	const args = ["--require", "tsx/cjs", "--eval", list];
	const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: PROJECT, encoding: "utf8" });
	if (!stdout) throw new Error(stderr);
	return JSON.parse(stdout);
}

it("importing lib/index loads no heavy library", () => {
	const loaded = packagesLoadedBy('if (!require("./lib/index").fit) throw new Error("no fit")');
	expect(loaded.filter((name) => HEAVY.test(name))).toEqual([]);
});

it("a heavy library that is loaded would be seen", () => {
	expect(packagesLoadedBy('require("./lib/index").frame([{ a: 1 }])')).toContain("arquero");
	expect(packagesLoadedBy('require("./lib/index").tf.version')).toContain("@tensorflow/tfjs-node-gpu");
});
