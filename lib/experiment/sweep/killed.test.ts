import { expect, it } from "vitest";
import { temporaryFolders } from "../../data/readers/temporaryFolders";
import { killedSweep, metricsIn } from "./killing";

const folder = temporaryFolders();

it("a sweep of 40 runs whose driver and processes are killed 3 times gives 40 results, those of an undisturbed one", async () => {
	const [calm, hit] = [folder(), folder()];
	await killedSweep(calm, 0, 1);
	const { driver, child } = await killedSweep(hit, 3, 1);
	expect(driver + child).toBe(3);
	expect(metricsIn(hit).size).toBe(40);
	expect(metricsIn(hit)).toEqual(metricsIn(calm));
});
