import type { Store } from "../experiment/store";
import { findings } from "./findings";
import { type Orderings, orderingsFindings } from "./orderings";
import { phaseFindings } from "./phases/findings";
import { phases } from "./phases/phases";
import { storedPhases } from "./phases/runs";
import { judgePhases } from "./phases/verdicts";
import type { Scale } from "./scale";
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

/**
 * What a gallery shows: the verdict on the published orderings first, then where the entire space helps, then paper after paper each
 * table with its findings, the figures that are no table's last.
 */
export async function galleryEntries(of: {
	scale: Scale;
	store: Store;
	/** File → its table, in order. */
	tables: ReadonlyMap<string, PaperTable>;
	orderings?: Orderings;
}): Promise<GalleryEntry[]> {
	const entries: GalleryEntry[] = [];
	if (of.orderings)
		entries.push({
			...{ file: "orderings", title: "Which published orderings appear on which simulated world" },
			findings: orderingsFindings(of.orderings),
		});
	const stored = await storedPhases(of.scale, { store: of.store });
	if (!("missing" in stored)) {
		const about = phaseFindings({ plan: phases, judged: judgePhases(stored) });
		for (const map of ["impressions", "purchase-rate", "hidden-intent", "knobs"])
			entries.push({
				...{ file: `${phases.file}-${map}`, title: `${phases.title}: ${map.replace("-", " ")}` },
				findings: map === "impressions" ? about : [],
			});
	}
	for (const [file, table] of of.tables)
		entries.push({ file, title: table.title, about: table.notes[0], findings: findings(table) });
	const known = new Set(entries.map(({ file }) => file));
	return [...entries, ...drawn.filter(({ file }) => !known.has(file))];
}
