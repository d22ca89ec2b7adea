import { expect, it } from "vitest";
import { temporaryFolders } from "../../data/readers/temporaryFolders";
import { drawKills, inWords, sweepWithKills, timeless } from "./killing";
import { findRedis } from "./redisServer";

const folder = temporaryFolders();
const RUNS = 40;

it("40 runs, twenty times, while worker, a run's process, driver and Redis are killed: 40 results each, those of an undisturbed sweep", async () => {
	if (!(await findRedis())) {
		process.stdout.write("no redis-server here: sweeps over a queue were NOT killed\n");
		return;
	}
	const calm = (await sweepWithKills(folder(), RUNS, [])).results.map(timeless);
	expect(calm).toHaveLength(RUNS);
	const killed: Record<string, number> = {};
	for (let seed = 101; seed <= 120; seed++) {
		const kills = drawKills(seed, RUNS);
		const { results, seconds, recovery } = await sweepWithKills(folder(), RUNS, kills);
		const told = recovery.map(({ target, seconds }) => `${target} ${seconds.toFixed(1)} s`).join(", ");
		process.stdout.write(`seed ${seed}: ${inWords(kills)}: ${seconds.toFixed(0)} s; next result after ${told}\n`);
		for (const { target } of recovery) killed[target] = (killed[target] ?? 0) + 1;
		expect(results.map(timeless), `seed ${seed}`).toEqual(calm);
	}
	process.stdout.write(`killed: ${JSON.stringify(killed)}\n`);
	// Where a moment came when the sweep was over, nothing was killed: that is the exception.
	for (const target of ["worker", "process of a run", "driver", "Redis"])
		expect(killed[target]).toBeGreaterThanOrEqual(17);
});
