import { expect, it } from "vitest";
import { temporaryFolders } from "../../data/readers/temporaryFolders";
import { killedSweep, metricsIn } from "./killing";

const folder = temporaryFolders();

it("sweeps of 40 runs whose driver and processes are killed 20 times in all give the results of an undisturbed one", async () => {
	const calm = folder();
	await killedSweep(calm, 0, 1);
	const killed = { driver: 0, child: 0 };
	for (let seed = 2; seed < 6; seed++) {
		const hit = folder();
		const { driver, child } = await killedSweep(hit, 5, seed);
		killed.driver += driver;
		killed.child += child;
		expect(metricsIn(hit)).toEqual(metricsIn(calm));
	}
	expect(killed.driver + killed.child).toBe(20);
	expect(Math.min(killed.driver, killed.child)).toBeGreaterThan(0);
}, 1_200_000);
