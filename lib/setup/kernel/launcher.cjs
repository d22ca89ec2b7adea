// Starts the notebook kernel: tslab with strict types and an interrupt that a training loop can hear. Jupyter starts it with the
// path of the connection file.
const { EventEmitter } = require("node:events");
const { createRequire } = require("node:module");
const path = require("node:path");
const util = require("node:util");
const vm = require("node:vm");
const { remembering } = require("./compiled.cjs");
const { expandShorthand } = require("./shorthand.cjs");

process.env.TF_CPP_MIN_LOG_LEVEL ??= "3";
// A package's use of an old Node function is nothing a notebook's reader should see in a cell.
process.noDeprecation = true;
// Removed in Node 23; tfjs-node still calls them.
util.isArray ??= Array.isArray;
util.isNullOrUndefined ??= (value) => value === null || value === undefined;

const root = path.resolve(__dirname, "../../..");
const tslab = createRequire(require.resolve("tslab/package.json", { paths: [root] }));

/** tslab fixes its compiler options; its copy of TypeScript is replaced by one that adds `strict`, and that remembers lib. */
function checkStrictly() {
	const id = tslab.resolve("@tslab/typescript-for-tslab");
	const typescript = tslab(id);
	const createWatchCompilerHost = (files, options, ...rest) =>
		typescript.createWatchCompilerHost(files, { ...options, strict: true }, ...rest);
	tslab.cache[id].exports = { ...typescript, createWatchCompilerHost, ...remembering(typescript, root) };
}

/**
 * tslab fails the cell on SIGINT but leaves its loop running. Here a loop that listens to "interrupt" on
 * `globalThis.__entireSpaceInterrupts` is asked first, so that it ends by itself and the cell keeps its result; a second
 * SIGINT in the same cell, or one that nobody listens to, fails the cell.
 */
function giveInterrupts() {
	const interrupts = new EventEmitter();
	globalThis.__entireSpaceInterrupts = interrupts;
	const [failCell] = process.listeners("SIGINT");
	process.removeAllListeners("SIGINT");
	let asked = false;
	process.on("SIGINT", () => {
		const heard = !asked && interrupts.emit("interrupt");
		asked = true;
		if (!heard) failCell();
	});
	const { JupyterHandlerImpl } = tslab("./dist/jupyter.js");
	const typescript = tslab("@tslab/typescript-for-tslab");
	const execute = JupyterHandlerImpl.prototype.handleExecuteImpl;
	JupyterHandlerImpl.prototype.handleExecuteImpl = function (request, ...rest) {
		asked = false;
		return execute.call(this, { ...request, code: expandShorthand(typescript, request.code) }, ...rest);
	};
}

/**
 * tslab runs a cell with `breakOnSigint`, which ends an endless loop. For a cell that awaits it covers only what stands before
 * the first await, and a SIGINT that comes just as that part ends is lost or ends the kernel; so such a cell runs without it.
 */
function interruptAwaitingCellsAtTheirAwaits() {
	const run = vm.runInThisContext;
	vm.runInThisContext = (code, options) =>
		run(code, code.startsWith("(async function") ? { ...options, breakOnSigint: false } : options);
}

/** A kernel whose server is gone would run for ever. */
function endWithParent() {
	const parent = process.ppid;
	setInterval(() => {
		if (process.ppid !== parent) process.exit(0);
	}, 2000).unref();
}

checkStrictly();
interruptAwaitingCellsAtTheirAwaits();
tslab("./dist/main.js").startKernel({ configPath: process.argv[2], enableFindLocal: false });
giveInterrupts();
endWithParent();
