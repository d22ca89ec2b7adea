import { createRequire } from "node:module";
import { join } from "node:path";
import type * as Arquero from "arquero";
import type * as Danfo from "danfojs-node";
import { projectRoot } from "./root";

/** Arquero, loaded at the first call. */
export function arquero(): typeof Arquero {
	return createRequire(join(projectRoot(), "package.json"))("arquero") as typeof Arquero;
}

/**
 * An arquero table of plain records or of typed columns, for `groupby`, `rollup` and joins in a notebook.
 * Typed columns are taken as they are, without a copy.
 */
export function frame(data: readonly object[] | Readonly<Record<string, ArrayLike<unknown>>>): Arquero.ColumnTable {
	const aq = arquero();
	return Array.isArray(data) ? aq.from([...data]) : aq.table(data as never);
}

/** Danfo, loaded at the first call; its TensorFlow is the project's. For result tables and samples: it is slow above some 100,000 rows. */
export function danfo(): typeof Danfo {
	return createRequire(join(projectRoot(), "package.json"))("danfojs-node") as typeof Danfo;
}
