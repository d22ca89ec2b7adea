import { InputError } from "../core/problem";
import { evaluate } from "./evaluate";
import { type Labelled, labelled } from "./scored";
import type { MetricValue } from "./value";

/** Rows in groups: of users, of occasions, of whatever a field tells apart. */
export interface Groups {
	/** Number of each row's group, from 0; below 0 for a row of none. */
	readonly codes: Int32Array | Int16Array | Int8Array | Uint32Array | Uint16Array | Uint8Array;
	/** Names of the groups, by number. */
	readonly names: readonly string[];
}

/** The metrics of one group's rows. */
export interface GroupMetrics {
	group: string;
	rows: number;
	/** As of `evaluate`. What cannot be computed in the group is null, and says why. */
	metrics: Record<string, MetricValue>;
}

/**
 * Every metric of `evaluate` within each group of rows, groups in the order of their names, those without rows too. The rows of a group
 * are copied, one group at a time.
 *
 * @param predictions a column per Prob, one entry a row of `rows`
 * @returns the groups, and how many rows are in none
 * @throws InputError codes of another length, a code without a name; and as `evaluate`
 */
export function evaluateBy(
	predictions: Readonly<Record<string, Float32Array>>,
	rows: Labelled,
	{ codes, names }: Groups,
): { groups: GroupMetrics[]; without: number } {
	for (const [prob, { length }] of Object.entries(predictions))
		if (length !== codes.length)
			throw new InputError(`${length} scores of P(${prob}), but ${codes.length} codes of groups: give one code a row`);
	const members = rowsOf(codes, names.length);
	const renumbered = new Int32Array(rows.user ? rows.user.reduce((most, user) => Math.max(most, user + 1), 0) : 0);
	const groups = names.map((group, i) => {
		const own = members[i];
		const of = labelled(rows, own);
		const scores = Object.entries(predictions).map(([prob, column]) => [
			prob,
			Float32Array.from(own, (row) => column[row]),
		]);
		if (of.user) renumber(of.user, renumbered);
		return { group, rows: own.length, metrics: evaluate(Object.fromEntries(scores), of) };
	});
	return { groups, without: codes.length - groups.reduce((sum, { rows }) => sum + rows, 0) };
}

/** The rows of each group, rising. */
function rowsOf(codes: Groups["codes"], groups: number): Int32Array[] {
	const counts = new Uint32Array(groups);
	for (let row = 0; row < codes.length; row++) {
		const code = codes[row];
		if (code >= groups)
			throw new InputError(
				`row ${row} is of group ${code}, but there are ${groups} names: give a name to each code from 0`,
			);
		if (code >= 0) counts[code]++;
	}
	const rows = Array.from(counts, (count) => new Int32Array(count));
	const at = new Uint32Array(groups);
	for (let row = 0; row < codes.length; row++) if (codes[row] >= 0) rows[codes[row]][at[codes[row]]++] = row;
	return rows;
}

/** Numbers users without gaps, in their order: memory of a group goes by its own users. */
function renumber(user: Int32Array, numbers: Int32Array): void {
	const own = user.slice().sort();
	let next = 0;
	for (let i = 0; i < own.length; i++) if (own[i] >= 0 && (i === 0 || own[i] !== own[i - 1])) numbers[own[i]] = next++;
	for (let i = 0; i < user.length; i++) if (user[i] >= 0) user[i] = numbers[user[i]];
}
