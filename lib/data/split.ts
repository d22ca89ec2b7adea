import { InputError } from "../core/problem";
import { stream } from "../core/random";
import type { Split } from "./dataset";
import type { Log } from "./log";

/** How rows are divided. Shares are of the whole. */
export type SplitRule =
	/** Along a column (the time column unless named): the last `test` share of its span is test, the `valid` share before it validation. */
	| { by: "time"; column?: string; valid: number; test: number }
	/** As the source divides them; a seeded `valid` share of the training part's `group` values becomes validation. */
	| { by: "source"; valid: number; group?: string; seed: number };

/** Splits that papers use, for a log with a column of days. */
export const splits = {
	/** First half of the days train, its last tenth validation, the rest test (ESMM). */
	esmm: { by: "time", column: "day", valid: 0.05, test: 0.5 },
	/** 70/10/20 % of the days (ESM²). */
	esm2: { by: "time", column: "day", valid: 0.1, test: 0.2 },
} as const satisfies Record<string, SplitRule>;

/** A split by its name. */
export type SplitName = keyof typeof splits;

/**
 * Divides a log into training, validation and test rows. Rows of one day, or of one group, stay together.
 *
 * @throws InputError when the log lacks what the rule needs, or a part would be empty
 */
export function split(log: Log, rule: SplitRule): Split {
	const parts = rule.by === "time" ? byTime(log, rule) : bySource(log, rule);
	for (const [name, rows] of Object.entries(parts))
		if (rows.length === 0 && !(name === "test" && rule.by === "source"))
			throw new InputError(
				`${log.name}: the ${name} part of the split ${JSON.stringify(rule)} is empty (${log.rows} rows)`,
			);
	return parts;
}

function byTime(log: Log, rule: { column?: string; valid: number; test: number }): Split {
	const column = rule.column ?? log.schema.time;
	const time = column === undefined ? undefined : log.columns[column];
	if (time === undefined || "offsets" in time)
		throw new InputError(`${log.name} has no time column${column ? ` "${column}"` : ""}: choose another split`);
	let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
	for (const t of time) {
		first = Math.min(first, t);
		last = Math.max(last, t);
	}
	const span = last - first + 1;
	const testFrom = first + Math.round(span * (1 - rule.test));
	const validFrom = first + Math.round(span * (1 - rule.test - rule.valid));
	return choose(log.rows, (row) => (time[row] >= testFrom ? "test" : time[row] >= validFrom ? "valid" : "train"));
}

function bySource(log: Log, rule: { valid: number; group?: string; seed: number }): Split {
	const { part } = log;
	if (!part) throw new InputError(`${log.name} brings no split of its own: choose split by time`);
	if (part.includes(2)) return choose(log.rows, (row) => (["train", "test", "valid"] as const)[part[row]]);
	const group = rule.group === undefined ? undefined : log.columns[rule.group];
	if (group !== undefined && "offsets" in group)
		throw new InputError(`column "${rule.group}" is a list and cannot group rows`);
	const random = stream(rule.seed, "split");
	const isValid = () => random.uniform() < rule.valid;
	const drawn = new Map<number, boolean>();
	return choose(log.rows, (row) => {
		if (part[row] === 1) return "test";
		if (group === undefined) return isValid() ? "valid" : "train";
		const valid = drawn.get(group[row]) ?? isValid();
		drawn.set(group[row], valid);
		return valid ? "valid" : "train";
	});
}

function choose(rows: number, part: (row: number) => keyof Split): Split {
	const names = ["train", "valid", "test"] as const;
	const codes = new Uint8Array(rows);
	const counts = [0, 0, 0];
	for (let row = 0; row < rows; row++) {
		codes[row] = names.indexOf(part(row));
		counts[codes[row]]++;
	}
	const [train, valid, test] = counts.map((count) => new Int32Array(count));
	const lists = [train, valid, test];
	const filled = [0, 0, 0];
	for (let row = 0; row < rows; row++) lists[codes[row]][filled[codes[row]]++] = row;
	return { train, valid, test };
}
