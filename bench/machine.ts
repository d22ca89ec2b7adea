import { spawnSync } from "node:child_process";
import { availableParallelism, cpus, loadavg, release, totalmem } from "node:os";
import { projectRoot } from "../lib/core/root";
import type { Machine } from "./figures";

/** This machine, in words for a result. */
export const machine = (): Machine => ({
	system: `${process.platform} ${release()} ${process.arch}`,
	processor: cpus()[0]?.model.trim() ?? "unknown processor",
	cores: availableParallelism(),
	memoryGB: Math.round(totalmem() / 1e9),
});

/** The commit that is checked out, with a word where files differ from it; "unknown" outside a git checkout. */
export function commit(): string {
	const git = (...args: string[]) => spawnSync("git", args, { cwd: projectRoot(), encoding: "utf8" });
	const head = git("rev-parse", "--short=12", "HEAD");
	if (head.status !== 0) return "unknown";
	const changed = git("status", "--porcelain", "--", "lib", "bench", "package.json", "package-lock.json").stdout.trim();
	return `${head.stdout.trim()}${changed === "" ? "" : " with uncommitted changes"}`;
}

/** Today, YYYY-MM-DD. */
export const today = (): string => new Date().toISOString().slice(0, 10);

/** What to know of a machine that others use now; nothing where it is quiet. Programs that spin while they wait suffer most. */
export function busy(): string[] {
	const [load] = loadavg();
	return load < 0.5
		? []
		: [`The machine was busy when the measurement began, load ${load.toFixed(1)}: the figures are worth little.`];
}
