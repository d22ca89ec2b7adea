import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { filesUnchanged, hashOf, readJson, recordFiles } from "./files.mjs";
import { pythonEnvironment, runJob } from "./job.mjs";
import { pip } from "./venv.mjs";

/** What this step is called in messages. */
export const title = "TensorFlow";

const stampOf = (at) => join(at.tensorflow, "stamp.json");

/** Whether the files of an NVIDIA driver are there (asks nothing, starts nothing). */
function driverFiles() {
	return existsSync("/proc/driver/nvidia/version") || existsSync("/usr/lib/wsl/lib/nvidia-smi");
}

/** Whether an NVIDIA driver answers. */
function driverAnswers() {
	for (const command of ["nvidia-smi", "/usr/lib/wsl/lib/nvidia-smi"]) {
		const { status, stdout } = spawnSync(command, ["-L"], { encoding: "utf8", timeout: 20_000 });
		if (status === 0 && /GPU \d/.test(stdout)) return true;
	}
	return false;
}

/** "glibc" | "other": TensorFlow's wheels for Linux want glibc. */
function libc() {
	return process.report.getReport().header.glibcVersionRuntime ? "glibc" : "other";
}

/** Which TensorFlow this machine can have: "gpu", "cpu", or "none" where there is no library for it. */
export function possible({ platform = process.platform, arch = process.arch, gpu = driverAnswers, glibc = libc } = {}) {
	if (platform !== "linux" || glibc() !== "glibc") return "none";
	if (arch === "x64") return gpu() ? "gpu" : "cpu";
	return arch === "arm64" ? "cpu" : "none";
}

const pinsOf = (at, device) => (device === "none" ? "" : hashOf(at.requirements[device]));

/** What is installed: `{device: "cpu" | "gpu" | "none", asked, …}`, or undefined. */
export function installed(at) {
	return readJson(stampOf(at));
}

/** Why the library is not what is wanted, or undefined if it is. `asked`: "cpu", "gpu" or undefined for the best. */
export function problem(at, asked) {
	const stamp = installed(at);
	if (!stamp) return "not installed";
	if (asked && asked !== stamp.device) return `${asked} was asked for`;
	if (stamp.system !== `${process.platform}-${process.arch}`) return "it is for another machine";
	if (stamp.pins !== pinsOf(at, stamp.device)) return "the pins changed";
	if (!filesUnchanged(at.tensorflow, stamp.files)) return "its files changed";
	if (!asked && !stamp.asked && stamp.device === "cpu" && !stamp.driver && driverFiles())
		return "an NVIDIA driver appeared";
	return undefined;
}

/** pip's names for the Linux systems whose wheels run here. */
function tags(device) {
	const arch = process.arch === "arm64" ? "aarch64" : "x86_64";
	const platforms = [];
	for (let minor = 28; minor >= 12; minor--) platforms.push(`manylinux_2_${minor}_${arch}`);
	platforms.push(`manylinux2014_${arch}`);
	return ["--no-deps", "--python-version", "312", ...platforms.flatMap((tag) => ["--platform", tag]), "-r", device];
}

function largeFiles(folder, under = "") {
	return readdirSync(join(folder, under), { withFileTypes: true }).flatMap((entry) => {
		const name = join(under, entry.name);
		if (entry.isDirectory()) return largeFiles(folder, name);
		return entry.isFile() && statSync(join(folder, name)).size > 1e6 ? [name] : [];
	});
}

/** Downloads the library and puts it in its place whole: made under another name, then renamed. */
export async function make(at, { say, note, asked }) {
	const kept = asked ?? installed(at)?.asked;
	const device = kept ?? possible();
	const part = join(at.venv, "libtensorflow.part");
	for (const name of existsSync(at.venv) ? readdirSync(at.venv) : []) {
		if (name.startsWith("libtensorflow.")) rmSync(join(at.venv, name), { recursive: true, force: true });
	}
	mkdirSync(part, { recursive: true });
	if (device === "none") {
		say(
			`${title}: there is NO native library for ${process.platform}-${process.arch}; everything will run in pure JavaScript, some 500 times slower. Use Linux on x86-64 or arm64 (glibc) for real work`,
		);
	} else if (device === "gpu") {
		await pip(
			at,
			{ say, note },
			`${title} for the GPU (6 GB on disk)`,
			["install", ...tags(at.requirements.gpu), "--target", part],
			at.venv,
		);
	} else {
		const wheels = join(part, "wheels");
		await pip(at, { say, note }, `${title} (about 270 MB)`, ["download", ...tags(at.requirements.cpu), "-d", wheels]);
		const [wheel] = readdirSync(wheels);
		const unpack = join(at.root, "lib", "setup", "unpack.py");
		const options = { say, onStart: note, env: pythonEnvironment(at.scratch) };
		await runJob(title, at.python, [unpack, join(wheels, wheel), part], options);
		rmSync(wheels, { recursive: true });
	}
	const stamp = {
		device,
		asked: kept,
		driver: driverFiles(),
		system: `${process.platform}-${process.arch}`,
		pins: pinsOf(at, device),
		files: recordFiles(part, largeFiles(part)),
	};
	writeFileSync(join(part, "stamp.json"), JSON.stringify(stamp));
	const old = join(at.venv, "libtensorflow.old");
	if (existsSync(at.tensorflow)) renameSync(at.tensorflow, old);
	renameSync(part, at.tensorflow);
	rmSync(old, { recursive: true, force: true });
}
