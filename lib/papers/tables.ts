import { unknownName } from "../core/problem";
import { esm2Figure5 } from "./esm2/figure5";
import { esm2Figure6 } from "./esm2/figure6";
import { esm2Numbers } from "./esm2/numbers";
import { esm2Branch, esm2Table6 } from "./esm2/table6";
import { esm2Table3, esm2Table4, esm2Table5 } from "./esm2/tables3to5";
import { treesAndTowers } from "./esm2/treesAndTowers";
import { esmmAblations } from "./esmm/ablations";
import { esmmFigure3 } from "./esmm/figure3";
import { esmmProbabilities } from "./esmm/probabilities";
import { esmmTable2 } from "./esmm/table2";
import { hm3Tables } from "./hm3/tables";
import type { TablePlan } from "./table/plan";

/** The papers, as commands name them. */
export const papers: readonly string[] = ["esmm", "esm2", "hm3", "metacvr", "cstwa"];

/** Every table of a paper that is computed from runs: one line each. */
export const tablePlans: readonly TablePlan[] = [
	esmmTable2,
	esmmProbabilities,
	esmmFigure3,
	esmmAblations,
	esm2Table3,
	esm2Table4,
	esm2Table5,
	esm2Figure5,
	esm2Table6,
	...esm2Figure6.map(({ plan }) => plan),
	esm2Numbers,
	esm2Branch,
	treesAndTowers,
	...hm3Tables,
];

/** "esmm/2", "esm2/figure-6": how commands name a table. */
export const nameOfTable = ({ paper, table }: Pick<TablePlan, "paper" | "table">): string =>
	`${paper}/${table
		.replace(/^Table /, "")
		.toLowerCase()
		.replace(/[^\w]+/g, "-")}`;

/** "esmm-table-2": how the file of a table is called. */
export const fileOfTable = ({ paper, table }: Pick<TablePlan, "paper" | "table">): string =>
	`${paper}-${table.toLowerCase().replace(/[^\w]+/g, "-")}`;

/** The plans of a paper's tables, or of all. */
export const plansOf = (paper: string | undefined): readonly TablePlan[] =>
	tablePlans.filter((plan) => paper === undefined || plan.paper === paper);

/**
 * A paper by name.
 *
 * @throws InputError an unknown name
 */
export function paperNamed(name: string): string {
	if (!papers.includes(name)) throw unknownName("paper", name, papers);
	return name;
}
