import type { Dataset, Field } from "../../data/dataset";
import { type Finding, percent, warning } from "./finding";

/** Rows whose contents are compared, about: of more, those of some users alone, the same users in every part. */
const ROWS = 30_000;
/** A content that more training rows have is met again by chance and says nothing. */
const RARE = 3;
/** Least rows with an event and a twin, and the share of them whose events must agree. */
const [LEAST, AGREE] = [20, 0.9];

/** Row numbers that are in two parts of a split: an error, for their labels are learnt and then asked. */
export function sharedRows({ rows, split }: Pick<Dataset, "rows" | "split">): Finding[] {
	const part = new Uint8Array(rows);
	const names = ["train", "valid", "test"] as const;
	const shared = new Map<string, { count: number; first: number }>();
	for (const [code, name] of names.entries())
		for (const row of split[name]) {
			const before = part[row];
			if (before === 0) part[row] = code + 1;
			else {
				const pair = before - 1 === code ? `${name} twice` : `${names[before - 1]} and ${name}`;
				const known = shared.get(pair);
				if (known) known.count++;
				else shared.set(pair, { count: 1, first: row });
			}
		}
	return [...shared].map(([pair, { count, first }]) => ({
		fault: "overlapping split",
		where: `${pair}:`,
		seen: `${count} row number${count === 1 ? " is" : "s are"} in both, first row ${first}`,
		look: "the split: every row belongs to one part, once",
		severity: pair.endsWith("twice") ? "warning" : "error",
	}));
}

/**
 * Rows of the validation or test part that are copies of training rows: the same fields, user and events.
 *
 * Rows alike in all fields and user happen by chance where a user is shown one item again, so their share alone says little. But such
 * rows have events of their own, while a copy brings its events along. So the finding is made of the rows with an event that have a
 * twin in training (a content that at most three training rows have): when the twins' events agree on nine of ten or more, and on
 * twenty rows at least. Natural twins agree about as often as the event's rate, which is far below that.
 */
export function copiedRows(data: Pick<Dataset, "rows" | "split" | "fields" | "events" | "user">): Finding[] {
	const { split, events } = data;
	const parts = sampled(data);
	const twins = new Map<number, { row: number; count: number }>();
	const keys = hashesOf(data, parts.train);
	for (const [i, row] of parts.train.entries()) {
		const known = twins.get(keys[i]);
		if (known) known.count++;
		else twins.set(keys[i], { row, count: 1 });
	}
	const columns = Object.values(events);
	const within = keys.filter((key) => (twins.get(key)?.count ?? 0) > 1).length / keys.length;
	return (["valid", "test"] as const).flatMap((name) => {
		let [copies, withEvent, agreeing] = [0, 0, 0];
		const own = hashesOf(data, parts[name]);
		for (const [i, row] of parts[name].entries()) {
			const twin = twins.get(own[i]);
			if (!twin || twin.count > RARE) continue;
			copies++;
			if (!columns.some((happened) => happened[row] === 1 || happened[twin.row] === 1)) continue;
			withEvent++;
			if (columns.every((happened) => happened[row] === happened[twin.row])) agreeing++;
		}
		if (withEvent < LEAST || agreeing < AGREE * withEvent) return [];
		const told = name === "valid" ? "validation" : "test";
		return [
			warning(
				"train/test overlap",
				`${told} part:`,
				`${percent(copies / parts[name].length)} of ${parts[name].length} rows are alike a training row in every field and the user, and ${agreeing} of the ${withEvent} with an event have its events too (within training ${percent(within)} have a twin)`,
				`whether rows were repeated before the split, or the files of two parts overlap (${split[name].length} ${told} rows)`,
			),
		];
	});
}

/** Rows of each part: all, or of large logs those of the same share of users (or of values of the largest id field). */
function sampled({ rows, split, user, fields }: Pick<Dataset, "rows" | "split" | "user" | "fields">) {
	const { train, valid, test } = split;
	const every = Math.ceil((train.length + valid.length + test.length) / ROWS);
	if (every === 1 || rows === 0) return { train, valid, test };
	const ids = fields.filter((field): field is Extract<Field, { kind: "id" }> => field.kind === "id");
	const by = user ?? ids.reduce((a, b) => (b.size > a.size ? b : a), ids[0])?.ids;
	if (!by) return { train, valid, test };
	const chosen = (row: number) => (mix(by[row] | 0, 7) >>> 0) % every === 0;
	return { train: train.filter(chosen), valid: valid.filter(chosen), test: test.filter(chosen) };
}

/** 52 bits of each row's fields and user; column by column, which is several times faster than row by row. */
function hashesOf({ fields, user }: Pick<Dataset, "fields" | "user">, rows: Int32Array): Float64Array {
	const [a, b] = [new Int32Array(rows.length), new Int32Array(rows.length).fill(1)];
	const fold = (values: Int32Array, rows: Int32Array) => {
		for (let i = 0; i < rows.length; i++) {
			const value = values[rows[i]];
			a[i] = mix(value, a[i]);
			b[i] = mix(value, b[i] + 0x5bd1e995);
		}
	};
	if (user) fold(user, rows);
	for (const field of fields)
		if (field.kind === "id") fold(field.ids, rows);
		else if (field.kind === "number")
			fold(new Int32Array(field.values.buffer, field.values.byteOffset, field.values.length), rows);
		else
			for (let i = 0; i < rows.length; i++) {
				const list = field.list ? field.list[rows[i]] : rows[i];
				const [from, to] = [field.offsets[list], field.offsets[list + 1]];
				a[i] = mix(to - from, a[i]);
				for (let at = from; at < to; at++) {
					a[i] = mix(field.ids[at], a[i]);
					b[i] = mix(field.ids[at], b[i] + 0x5bd1e995);
				}
			}
	return Float64Array.from(a, (high, i) => (high >>> 6) * 67108864 + (b[i] >>> 6));
}

/** Folds a whole number into a hash (MurmurHash3's mixing). */
function mix(value: number, hash: number): number {
	let k = Math.imul(value, 0xcc9e2d51);
	k = (k << 15) | (k >>> 17);
	let h = hash ^ Math.imul(k, 0x1b873593);
	h = (h << 13) | (h >>> 19);
	h = (Math.imul(h, 5) + 0xe6546b64) | 0;
	return h ^ (h >>> 16);
}
