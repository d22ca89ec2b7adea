import { spawnSync } from "node:child_process";
import { availableParallelism, cpus, release, totalmem } from "node:os";
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
