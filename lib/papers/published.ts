import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../core/root";

/** A number as a paper prints it, in data/published.json. */
export interface Printed {
	paper: string;
	table: string;
	method: string;
	column: string;
	/** Null: not printed or not recoverable, and it stays unknown. */
	value: number | null;
	std?: number;
	unit?: string;
}

/** A published number as a fraction or a count. */
export interface Published {
	value: number;
	/** Sample deviation over the paper's own runs, where it prints one. */
	std?: number;
}

let read: Printed[] | undefined;

/** The one place where units are converted: percent and percentage points become fractions. */
const scaleOf = (unit: string | undefined): number => (unit === "percent" || unit === "percentage points" ? 0.01 : 1);

/** A published number, or null where it is unknown. */
export function published(paper: string, table: string, method: string, column: string): Published | null {
	read ??= JSON.parse(readFileSync(join(projectRoot(), "data/published.json"), "utf8")) as Printed[];
	const found = read.find((p) => p.paper === paper && p.table === table && p.method === method && p.column === column);
	if (!found || found.value === null) return null;
	const scale = scaleOf(found.unit);
	return { value: found.value * scale, ...(found.std === undefined ? {} : { std: found.std * scale }) };
}
