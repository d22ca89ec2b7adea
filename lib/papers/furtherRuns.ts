import { jobsOfOrderings, orderingMetrics } from "./orderings";
import { phases } from "./phases/phases";
import { jobsOfPhases } from "./phases/runs";
import type { Scale } from "./scale";
import type { TableJob } from "./table/jobsOfTable";

/** What is computed from runs beside the tables of papers. */
export interface FurtherRuns {
	/** The paper that it belongs to, as commands name it; null where it is ours alone. */
	paper: string | null;
	/** What it is called, and where its results are kept. */
	table: string;
	jobs(scale: Scale): Promise<readonly TableJob[]>;
	/** The metrics that the runs are done for. */
	metrics: readonly string[];
}

/** One line each. */
export const furtherRuns: readonly FurtherRuns[] = [
	{
		...{ paper: null, table: "orderings", jobs: jobsOfOrderings },
		metrics: orderingMetrics.map(({ metric }) => metric),
	},
	{
		...{ paper: null, table: "phases", jobs: (scale: Scale) => jobsOfPhases(scale) },
		metrics: [phases.truth, phases.offline],
	},
];
