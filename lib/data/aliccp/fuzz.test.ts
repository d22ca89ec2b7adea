import { expect, it } from "vitest";
import { temporaryFolders } from "../readers/temporaryFolders";
import { tryMutations } from "./mutations";

const folder = temporaryFolders();

it("200 mutated files load as the plain reader reads them, or end with one InputError", async () => {
	const { loaded, refused, withDrops, staged, wrong } = await tryMutations({
		at: folder(),
		cases: 200,
		seed: 7,
		stagedEach: 10,
	});
	expect(wrong).toEqual([]);
	expect(loaded + refused).toBe(200);
	expect(withDrops).toBeGreaterThan(100);
	expect(refused).toBeGreaterThan(0);
	expect(staged).toBeGreaterThan(10);
});
