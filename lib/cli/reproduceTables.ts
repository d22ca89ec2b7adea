import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { FIGURE_3 } from "../papers/esm2/statistics";
import { galleryEntries, named, orderingsThere, phasesThere } from "../papers/galleryEntries";
import type { Orderings } from "../papers/orderings";
import type { PhaseRuns } from "../papers/phases/runs";
import { judgePhases } from "../papers/phases/verdicts";
import type { Scale } from "../papers/scale";
import { paperTable } from "../papers/table/paperTable";
import { storedPaperRuns } from "../papers/table/runPaperTable";
import { storedTable } from "../papers/table/storedTable";
import type { PaperTable } from "../papers/table/table";
import { fileOfTable } from "../papers/tables";
import { exportFigure, exportTable } from "../view/export";
import { gallery } from "../view/gallery";
import { orderingsView } from "../view/papers/orderings";
import { paperFigure, paperView } from "../view/papers/paper";
import { phaseEffectsTable, phaseMap, phasesTable } from "../view/papers/phases";
import { type Asked, type neededFor, sourceFor } from "./reproduceRuns";

/** What was written. */
export interface WrittenTables {
	tables: PaperTable[];
	orderings?: Orderings;
}

/**
 * Writes every table whose runs are in the store into a folder; beside it the same table at scale full, where its results are committed
 * with the project. Where all papers were asked for, also the verdicts on published orderings and the phase diagram, of scale full
 * too where it is there, and README.md, the gallery.
 *
 * @param counted tables of statistics, which take no runs
 */
export async function writeTables(
	{ scale, paper, raw, store }: Asked,
	{ tables: planned, further }: Awaited<ReturnType<typeof neededFor>>,
	{ folder, counted }: { folder: string; counted: readonly PaperTable[] },
): Promise<WrittenTables> {
	const written = new Map<string, PaperTable>();
	const write = (table: PaperTable, file: string) => {
		exportTable(paperView(table), file, { folder });
		written.set(file, table);
	};
	const tables: PaperTable[] = [];
	for (const { plan } of planned) {
		const data = sourceFor(plan, raw);
		const file = `${fileOfTable(plan)}${data ? "-aliccp" : ""}`;
		const full = data || scale === "full" ? undefined : await storedTable(plan, "full", store);
		if (full) {
			const named = { ...full, title: `${full.title}, full scale` };
			write(named, `${file}-full`);
			// Of wide tables bars say nothing that can be read.
			if (plan.published && plan.columns.length <= 3)
				await exportFigure(paperFigure(named), `${file}-full`, { folder });
		}
		const found = await storedPaperRuns(plan, { scale, data, store });
		if ("missing" in found) throw new Error(`${plan.title}: ${found.missing.length} runs are gone from the store`);
		const table = await paperTable(found);
		write(table, file);
		tables.push(table);
	}
	for (const table of counted) write(table, table.table === FIGURE_3 ? "esm2-figure-3" : fileOfTable(table));
	if (!further.some(({ table }) => table === "orderings")) return { tables: [...counted, ...tables] };
	const there = await orderingsThere({ scale, store });
	const orderings = there.find((one) => one.scale === scale);
	if (!orderings) throw new Error("orderings: runs are gone from the store");
	for (const one of there) exportTable(orderingsView(one), named("orderings", "", one, { scale }).file, { folder });
	if (paper === undefined) {
		for (const one of await phasesThere({ scale, store })) await writePhases(one, scale, folder);
		const entries = await galleryEntries({ scale, store, tables: written, orderings: there });
		writeFileSync(join(folder, "README.md"), gallery(folder, leadOf(scale), entries));
	}
	return { tables: [...counted, ...tables], orderings };
}

/** The phase diagram's tables; its maps too where they are beside those of the scale that was asked for, which its notebook draws. */
async function writePhases(runs: PhaseRuns, scale: Scale, folder: string): Promise<void> {
	const judged = judgePhases(runs);
	const at = (part: string) => named(`${runs.plan.file}${part}`, "", runs, { scale }).file;
	exportTable(phasesTable(runs, judged), at(""), { folder });
	exportTable(phaseEffectsTable(runs, judged), at("-knobs"), { folder });
	if (runs.scale === scale) return;
	const maps = { rows: "-impressions", cvr: "-purchase-rate", gammas: "-hidden-intent" } as const;
	for (const { knob } of runs.plan.maps) await exportFigure(phaseMap(runs, judged, knob), at(maps[knob]), { folder });
}

const leadOf = (scale: string): string =>
	`What \`npm run reproduce\` found at scale \`${scale}\`, and beside it at scale \`full\` where those results are in data/results. Each sentence is
made from the numbers of its table by rule: above or below means that the difference stands after Holm over the whole table, and an interval in
brackets is the 95 % one of that difference by itself. All logs are simulated, so of the papers' numbers only orders can be compared.
Every table also says its seeds, rows, metric definitions and what was not seen. The executed notebooks are in \`notebooks/\`.`;
