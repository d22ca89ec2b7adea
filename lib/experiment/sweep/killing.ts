import { spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { stream } from "../../core/random";
import { projectRoot } from "../../core/root";
import { openStore } from "../store";

/** For tests: a sweep of 40 short runs. */
export const FORTY = {
	models: ["esmm", "base"],
	data: { source: "simulator", preset: "tiny", rows: 4000, logSeed: 1 },
	seeds: [1, 2, 3, 4, 5],
	hyper: { "*": { embedding: 2, mlp: [4], epochs: 2, patience: 2, batch: 50 } },
	space: { "*": { lr: [0.001, 0.002], dropout: [0, 0.2] } },
	search: "grid",
	choose: { metric: "auc(click|impression)" },
};

/** What was done to a sweep until it was over. */
export interface Killed {
	/** Kills of the driver, and of a process of its pool. */
	driver: number;
	child: number;
}

/**
 * For tests: runs a sweep as `npm run sweep` does, on two workers, and kills (-9) by turns its driver, which is then started again, and
 * one of its processes, each time up to `span` ms after another result is there; until so many were killed, and then lets it end.
 *
 * @throws Error with its stderr, where it failed by itself
 */
export async function killedSweep(store: string, kills: number, seed: number, span = 800): Promise<Killed> {
	const random = stream(seed, "kills");
	const killed: Killed = { driver: 0, child: 0 };
	const file = join(store, "spec.json");
	writeFileSync(file, JSON.stringify(FORTY));
	const program = [
		join(projectRoot(), "lib/setup/run.mjs"),
		"sweep",
		file,
		"--store",
		store,
		"--workers",
		"2",
		"--json",
	];
	for (;;) {
		const driver = spawn(process.execPath, program, { cwd: projectRoot(), stdio: ["ignore", "ignore", "pipe"] });
		let [stderr, over]: [string, { code: number | null } | undefined] = ["", undefined];
		driver.stderr.on("data", (piece) => {
			stderr += piece;
		});
		const end = new Promise<void>((resolve) =>
			driver.on("close", (code) => {
				over = { code };
				resolve();
			}),
		);
		const count = () => readdirSync(store).filter((name) => /^[0-9a-f]{64}\.json$/.test(name)).length;
		while (!over && killed.driver + killed.child < kills) {
			const before = count();
			while (!over && count() === before) await wait(10);
			await wait(random.int(span));
			const isDriver = random.int(2) === 0;
			const [victim] = isDriver ? [driver.pid as number] : random.shuffle(childrenOf(driver.pid as number));
			if (over || victim === undefined) continue;
			process.kill(victim, "SIGKILL");
			killed[isDriver ? "driver" : "child"]++;
			if (isDriver) break;
		}
		await end;
		const { code } = over as unknown as { code: number | null };
		if (code === 0) return killed;
		if (code !== null) throw new Error(stderr);
	}
}

/** Processes of the pool of a driver. */
function childrenOf(pid: number): number[] {
	try {
		const all = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
		return all.filter((one) => readFileSync(`/proc/${one}/cmdline`, "utf8").includes("tinypool"));
	} catch {
		return [];
	}
}

/** For tests: hash → metrics, of all results in a store. */
export function metricsIn(folder: string): Map<string, unknown> {
	const store = openStore(folder);
	return new Map(store.runs("").map((run) => [run, store.get(run)?.metrics]));
}
