import { beforeAll, expect, it } from "vitest";
import { temporaryFolders } from "../../data/readers/temporaryFolders";
import { drawKills, inWords, type Swept, sweepWithKills, timeless } from "./killing";
import { findRedis } from "./redisServer";

const RUNS = 40;
const folder = temporaryFolders();
let undisturbed: Swept | undefined;
beforeAll(async () => {
	if (await findRedis()) undisturbed = await sweepWithKills(folder(), RUNS, []);
	else process.stdout.write("no redis-server here: sweeps over a queue were NOT killed\n");
});

it.each([1, 2, 3])(
	"40 runs while worker, a run's process, driver and Redis are killed (seed %i): 40 results, those of an undisturbed sweep",
	async (seed) => {
		if (!undisturbed) return;
		const kills = drawKills(seed, RUNS);
		process.stdout.write(`seed ${seed}: ${inWords(kills)}\n`);
		const { results, seconds, recovery } = await sweepWithKills(folder(), RUNS, kills);
		const told = recovery.map(({ target, seconds }) => `${target} ${seconds.toFixed(1)} s`).join(", ");
		process.stdout.write(
			`seed ${seed}: ${seconds.toFixed(0)} s (undisturbed ${undisturbed.seconds.toFixed(0)} s); next result after ${told}\n`,
		);
		expect(recovery).toHaveLength(kills.length);
		expect(undisturbed.results).toHaveLength(RUNS);
		expect(new Set(results.map(({ run }) => run)).size).toBe(RUNS);
		expect(results.map(timeless)).toEqual(undisturbed.results.map(timeless));
	},
	240_000,
);
