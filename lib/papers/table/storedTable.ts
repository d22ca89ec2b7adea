import { openStore, type Store } from "../../experiment/store";
import type { Scale } from "../scale";
import { paperTable } from "./paperTable";
import type { TablePlan } from "./plan";
import { storedPaperRuns } from "./runPaperTable";
import type { PaperTable } from "./table";

/**
 * A paper's table at a scale from results that are there, in the store or committed with the project; nothing is computed.
 *
 * @returns undefined where a run is missing
 */
export async function storedTable(
	plan: TablePlan,
	scale: Scale,
	store: Store = openStore(undefined, "read"),
): Promise<PaperTable | undefined> {
	const runs = await storedPaperRuns(plan, { scale, store });
	return "missing" in runs ? undefined : paperTable(runs);
}
