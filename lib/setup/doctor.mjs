// Says what this machine has for the project and what is missing. Works before the set-up too.
import { refuseOldNode } from "./versions.mjs";

refuseOldNode();

const { spawnSync } = await import("node:child_process");
const { accessSync, constants, existsSync } = await import("node:fs");
const os = await import("node:os");
const { delimiter, join } = await import("node:path");
const { command } = await import("./command.mjs");
const { readJson } = await import("./files.mjs");
const { layout, ROOT } = await import("./paths.mjs");
const { findPython } = await import("./versions.mjs");
const kernelspec = await import("./kernelspec.mjs");
const { findRedis } = await import("./redis.mjs");

const at = layout(ROOT);

/** The first of some programs that is on the PATH, or that is given as a full path and is there. */
function which(names) {
	const folders = (process.env.PATH ?? "").split(delimiter);
	const files = names.flatMap((name) => (name.startsWith("/") ? [name] : folders.map((folder) => join(folder, name))));
	return files.find((file) => {
		try {
			accessSync(file, constants.X_OK);
			return true;
		} catch {
			return false;
		}
	});
}

function python() {
	const stamp = readJson(join(at.venv, "packages.json"));
	if (stamp && existsSync(at.python)) return { version: stamp.python };
	const found = findPython();
	return { version: found.version ?? null, problem: found.problem };
}

function tensorflow() {
	if (!existsSync(join(at.tfjs, "package.json"))) return { tensorflow: null, tier: null, problem: "not set up yet" };
	const { stdout, signal } = spawnSync(process.execPath, [join(ROOT, "lib", "setup", "probe.cjs")], {
		encoding: "utf8",
		timeout: 120_000,
	});
	try {
		return JSON.parse(stdout.trim().split("\n").at(-1));
	} catch {
		return { tensorflow: null, tier: null, problem: `loading TensorFlow ended with ${signal ?? "no answer"}` };
	}
}

/** A short name of what computes: "CPU, 2 threads", or the graphics card's own name. */
function device(tier) {
	if (tier === "gpu") {
		const { stdout } = spawnSync("nvidia-smi", ["--query-gpu=name", "--format=csv,noheader"], { encoding: "utf8" });
		return stdout?.trim().split("\n")[0] || "GPU";
	}
	const threads = tier === "pure-js" ? 1 : Number(process.env.TF_NUM_INTRAOP_THREADS) || os.availableParallelism();
	return `CPU, ${threads} thread${threads === 1 ? "" : "s"}`;
}

const BROWSERS = [
	"google-chrome",
	"google-chrome-stable",
	"chromium",
	"chromium-browser",
	"microsoft-edge",
	"microsoft-edge-stable",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	"/Applications/Chromium.app/Contents/MacOS/Chromium",
	"/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
];

function browser() {
	const installed = which(BROWSERS);
	if (installed) return installed;
	const packed = readJson(join(at.modules, "@sparticuz", "chromium", "package.json"));
	return packed && process.platform === "linux" && process.arch === "x64"
		? `@sparticuz/chromium ${packed.version}`
		: null;
}

function redis() {
	const found = findRedis(at);
	return found ? `${which([found.file])} ${found.version}` : null;
}

const SLOW = "everything runs in pure JavaScript, some 500 times slower";

function examine() {
	const snake = python();
	const found = tensorflow();
	const kernel = kernelspec.problem(at) === undefined ? at.kernelspec.replace(/[\\/]kernel\.json$/, "") : null;
	const json = {
		node: process.versions.node,
		python: snake.version,
		tensorflow: found.tensorflow,
		tier: found.tier,
		device: device(found.tier),
		kernel,
		browser: browser(),
		redis: redis(),
	};
	const unsupported = readJson(join(at.tensorflow, "stamp.json"))?.device === "none";
	const advice = {
		python: snake.problem,
		tensorflow: json.tensorflow ? undefined : `${found.problem}; npm run setup`,
		tier:
			json.tier === "pure-js"
				? `${SLOW}; ${unsupported ? "use Linux on x86-64 or arm64" : "npm run setup"}`
				: undefined,
		kernel: kernel ? undefined : "npm run setup",
		browser: json.browser ? undefined : "only for SVG, PNG and PDF files: install Chrome, Chromium or Edge",
		redis: json.redis
			? undefined
			: "only for sweeps over several machines: npm run setup, or install redis-server 6.2 or newer",
	};
	const ready = json.python && kernel && (json.tensorflow || (unsupported && json.tier));
	return { json, advice, ready: Boolean(ready) };
}

await command({
	name: "doctor",
	help: "Says what this machine has for the project and what to do about what is missing.",
	run: async () => {
		const { json, advice, ready } = examine();
		const lines = Object.entries(json).map(([name, value]) => {
			const hint = advice[name] ? `  (${advice[name]})` : "";
			return `${name.padEnd(11)} ${value ?? "none"}${hint}`;
		});
		if (!ready) process.stderr.write("entire-space: something needed is missing: npm run setup\n");
		return { json, text: lines.join("\n"), code: ready ? 0 : 1 };
	},
});
