import type { Store } from "../experiment/store";
import { findings } from "./findings";
import { jobsOfOrderings, type Orderings, orderingsFindings, orderingsFrom } from "./orderings";
import { phaseFindings } from "./phases/findings";
import { phases } from "./phases/phases";
import { type PhaseRuns, storedPhases } from "./phases/runs";
import { judgePhases } from "./phases/verdicts";
import type { Scale } from "./scale";
import { isThere } from "./table/runPaperTable";
import type { PaperTable } from "./table/table";

/** A table or figure of the gallery, and what it found. */
export interface GalleryEntry {
	/** Base name of its files: "esmm-table-2". */
	file: string;
	/** "ESMM, Table 2". */
	title: string;
	/** What it was computed on, or what it shows. */
	about?: string;
	/** A sentence each, with the numbers that carry it. */
	findings: readonly string[];
}

/** Figures of the notebooks that are no table's: drawings, and pictures of a log. */
const drawn: readonly GalleryEntry[] = [
	[
		"esmm-figure-1",
		"ESMM, Figure 1",
		"a log's clicks inside its impressions, with the mean true P(conversion | click) of each",
	],
	["esmm-figure-2", "ESMM, Figure 2", "towers, probabilities and losses, drawn from the model's own value"],
	[
		"esmm-figure-3-differences",
		"ESMM, Figure 3, differences",
		"each method less BASE at each share of the training rows",
	],
	[
		"hm3-behaviour-graph",
		"HM³, behaviour graph",
		"drawn from the model's own graph, with the counts of a simulated log",
	],
	["hm3-model", "HM³, model", "towers, probabilities and losses, drawn from the model's own value"],
	["hm3-sizes", "HM³, log sizes", "what each method adds to BASE, by days of training"],
	["hm3-edges", "HM³, edges", "the six edge probabilities against their truth"],
	["esm2-figure-4", "ESM², Figure 4", "towers, probabilities and losses, drawn from the model's own value"],
	[
		"esm2-figure-5-users",
		"ESM², Figure 5 over users",
		"each method ranks all candidates of test requests; purchases and CVR at the new positions, from the truth",
	],
	["esm2-graph", "ESM², Figure 3, graph", "the behaviour graph of ESM² with the counts of a simulated log"],
	["esm2-figure-7", "ESM², Figure 7", "ESM² against ESMM in groups of users by their purchases in the training part"],
	[
		"esm2-table-4-identity",
		"ESM², Tables 4 and 5, identity",
		"the rate of positives that each printed cell implies, ours and theirs",
	],
	["selection-gap", "Selection bias", "the true conversion rate where people clicked, and everywhere"],
	["feature-shift", "Shift of features", "how clicked impressions differ from all of them"],
	["selection-calibration", "Calibration on clicked and on all impressions", "BASE and ESMM against the truth"],
	["funnel", "Funnel", "from impression to conversion by way of actions"],
	["long-tail", "Long tail", "how few items hold most impressions and clicks"],
].map(([file, title, about]) => ({ file, title, about, findings: [] }));

const phaseParts = ["impressions", "purchase-rate", "hidden-intent", "knobs"] as const;

/** Scales that are shown: full, where that is not the one that was asked for, before it. */
const shownScales = (scale: Scale): readonly Scale[] => (scale === "full" ? ["full"] : ["full", scale]);

/** File and title of something at a scale beside the one that was asked for, or at that one. */
export const named = (file: string, title: string, { scale }: { scale: Scale }, asked: { scale: Scale }) =>
	scale === asked.scale ? { file, title } : { file: `${file}-${scale}`, title: `${title}, ${scale} scale` };

/** The orderings at each shown scale whose runs are all there. */
export async function orderingsThere({ scale, store }: { scale: Scale; store: Store }): Promise<Orderings[]> {
	const found: Orderings[] = [];
	for (const one of shownScales(scale)) {
		const jobs = await jobsOfOrderings(one);
		if (jobs.every(({ job }) => isThere(store, job))) found.push(await orderingsFrom(one, (hash) => store.get(hash)));
	}
	return found;
}

/** The phase diagram's runs at each shown scale where they are all there. */
export async function phasesThere({ scale, store }: { scale: Scale; store: Store }): Promise<PhaseRuns[]> {
	const found: PhaseRuns[] = [];
	for (const one of shownScales(scale)) {
		const runs = await storedPhases(one, { store });
		if (!("missing" in runs)) found.push(runs);
	}
	return found;
}

/**
 * What a gallery shows: tables at scale full first, beside which another was asked for; then the verdict on the published orderings, where the entire space helps, then paper after paper each
 * table with its findings, the figures that are no table's last.
 */
export async function galleryEntries(of: {
	scale: Scale;
	store: Store;
	/** File → its table, in order. */
	tables: ReadonlyMap<string, PaperTable>;
	/** At scale full, where its runs are there, before the scale that was asked for. */
	orderings: readonly Orderings[];
}): Promise<GalleryEntry[]> {
	const ofTables = [...of.tables].map(
		([file, table]): GalleryEntry => ({ file, title: table.title, about: table.notes[0], findings: findings(table) }),
	);
	const isFull = ({ file }: GalleryEntry) => of.scale !== "full" && file.endsWith("-full");
	const entries = ofTables.filter(isFull);
	for (const one of of.orderings) {
		const { file, title } = named("orderings", "Which published orderings appear on which simulated world", one, of);
		entries.push({ file, title, findings: orderingsFindings(one) });
	}
	for (const stored of await phasesThere(of)) {
		const about = phaseFindings({ plan: phases, judged: judgePhases(stored) });
		for (const map of phaseParts)
			entries.push({
				...named(`${phases.file}-${map}`, `${phases.title}: ${map.replace("-", " ")}`, stored, of),
				findings: map === "impressions" ? about : [],
			});
	}
	entries.push(...ofTables.filter((entry) => !isFull(entry)));
	const known = new Set(entries.map(({ file }) => file));
	return [...entries, ...drawn.filter(({ file }) => !known.has(file))];
}
