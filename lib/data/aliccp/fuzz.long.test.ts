import { join } from "node:path";
import { expect, it } from "vitest";
import writeFileAtomic from "write-file-atomic";
import { projectRoot } from "../../core/root";
import { temporaryFolders } from "../readers/temporaryFolders";
import { type TriedMutations, tryMutations } from "./mutations";

const folder = temporaryFolders();
const [CASES, SEED] = [10_000, 20_261];

it("10,000 mutated files load as the plain reader reads them, or end with one InputError", async () => {
	const tried = await tryMutations({ at: folder(), cases: CASES, seed: SEED, stagedEach: 20 });
	await writeFileAtomic(join(projectRoot(), "bench", "fuzz-aliccp.md"), summary(tried));
	expect(tried.wrong).toEqual([]);
	expect(tried.loaded + tried.refused).toBe(CASES);
	expect(tried.refused).toBeGreaterThan(50);
	expect(tried.staged).toBeGreaterThan(CASES / 40);
});

function summary({ loaded, refused, withDrops, staged, dropped, wrong }: TriedMutations): string {
	const reasons = Object.entries(dropped).sort(([a], [b]) => (a < b ? -1 : 1));
	return `# Mutated Ali-CCP files

Written by \`npm run test:long\` on ${new Date().toISOString().slice(0, 10)}: ${CASES} cases, seed ${SEED}. Each spoils one of four small files by one to three mutations
(bytes flipped, cut, doubled; separators moved; huge lines, NULs, lines swapped, carriage returns, other numbers and fields, files cut or empty).

**${loaded} loaded** (${withDrops} with dropped lines), row by row as an independent plain reader reads them; **${refused} refused** with one line;
**${wrong.length} wrong**, crashed or hung. ${staged} of them were compared once more through the database.

| reason | lines dropped |
|---|---:|
${reasons.map(([reason, count]) => `| ${reason} | ${count} |`).join("\n")}
`;
}
