import { describe, expect, it } from "vitest";
import { stream } from "../core/random";
import { auc } from "../metrics/ranking";
import { leakOf } from "./leak";
import { type Groups, groupsOf } from "./order";
import { type CodedField, ratesFromCodes, ratesOfCodes, ratesOfRows } from "./targetStatistics";

const random = stream(3, "target statistics");
const N = 400;
const all = Int32Array.from({ length: N }, (_, row) => row);
/** The training rows, in no order of time. */
const rows = random.shuffle(all.filter((row) => row % 4 !== 1));
/** Moments of about three rows. */
const time = Int32Array.from({ length: N }, () => random.int(130));
const user = Int32Array.from({ length: N }, () => random.int(60) - 3);
const labels = Uint8Array.from(rows, () => +(random.uniform() < 0.3));
const smoothing = { prior: 0.3, smoothing: 20 };

const id: CodedField = { kind: "id", name: "item", size: 12, ids: Int32Array.from(all, () => random.int(12)) };
const offsets = Int32Array.from({ length: N + 1 }, (_, i) => Math.floor(i * 1.5));
const ids: CodedField = {
	...{ kind: "ids", name: "tags", size: 9, offsets },
	ids: Int32Array.from({ length: offsets[N] }, () => random.int(9)),
	weights: Float32Array.from({ length: offsets[N] }, () => 0.1 + random.uniform()),
};
/** Lists that rows share, some of them empty. */
const shared: CodedField = {
	...{ kind: "ids", name: "history", size: 9, offsets: Int32Array.from([0, 0, 2, 5, 6]) },
	ids: Int32Array.from([1, 2, 2, 3, 3, 8]),
	list: Int32Array.from(all, (row) => row % 4),
};

/** The codes of a row with their weights. */
function codesOf(field: CodedField, row: number): [code: number, weight: number][] {
	if (field.kind === "id") return [[field.ids[row], 1]];
	const list = field.list ? field.list[row] : row;
	const [from, to] = [field.offsets[list], field.offsets[list + 1]];
	return [...field.ids.slice(from, to)].map((code, i) => [code, field.weights?.[from + i] ?? 1]);
}

/** Target statistics by definition: for each row a pass over all rows that it may see. */
function byDefinition(field: CodedField, maySee: (seen: number, by: number) => boolean) {
	const cells = [...rows].map((row, at) => {
		const codes = codesOf(field, row).map(([code, weight]) => {
			let [positives, count] = [0, 0];
			for (const [other, seen] of rows.entries())
				if (maySee(other, at))
					for (const [met] of codesOf(field, seen))
						if (met === code) [positives, count] = [positives + labels[other], count + 1];
			return { weight, rate: (positives + 20 * 0.3) / (count + 20), count: Math.log(1 + count) };
		});
		const all = codes.reduce((sum, { weight }) => sum + weight, 0);
		const mean = (of: "rate" | "count") => codes.reduce((sum, code) => sum + code.weight * code[of], 0) / all;
		return [mean("rate"), mean("count")];
	});
	return { rate: cells.map(([rate]) => rate), count: cells.map(([, count]) => count) };
}

function expectClose(given: Float32Array, expected: readonly number[]) {
	expect(given.length).toBe(expected.length);
	for (const [i, value] of expected.entries())
		if (Number.isNaN(value)) expect(given[i], `${i}`).toBeNaN();
		else expect(Math.abs(given[i] - value), `${i}`).toBeLessThan(1e-6);
}

const fields = [["an id", id] as const, ["weighted lists", ids] as const, ["shared lists", shared] as const];

describe("target statistics of training rows are those of the definition", () => {
	it.each(fields)("%s, of strictly earlier rows", (_, field) => {
		const groups = groupsOf({ time, user }, rows, 1);
		expect(groups.seen).toBe("earlier rows");
		const given = ratesOfRows(field, rows, labels, groups, smoothing);
		const expected = byDefinition(field, (seen, by) => time[rows[seen]] < time[rows[by]]);
		expectClose(given.rate, expected.rate);
		expectClose(given.count, expected.count);
	});
	it.each(fields)("%s, out of fold where no time is known", (_, field) => {
		const groups = groupsOf({ user }, rows, 1);
		expect(groups.seen).toBe("rows of other users");
		const fold = foldsOf(groups);
		const given = ratesOfRows(field, rows, labels, groups, smoothing);
		const expected = byDefinition(field, (seen, by) => fold[seen] !== fold[by]);
		expectClose(given.rate, expected.rate);
		expectClose(given.count, expected.count);
	});
});

/** The fold of each place. */
function foldsOf({ places, ends }: Groups): number[] {
	const fold: number[] = [];
	for (const [i, place] of places.entries()) fold[place] = ends.findIndex((end) => i < end);
	return fold;
}

it("folds: five of about as many rows, every user in one, others with another seed, rows alone without users", () => {
	const of = (seed: number) => foldsOf(groupsOf({ user }, rows, seed));
	const folds = of(1);
	for (let fold = 0; fold < 5; fold++) expect(folds.filter((one) => one === fold).length).toBeGreaterThan(30);
	const byUser = new Map<number, Set<number>>();
	for (const [place, row] of rows.entries())
		if (user[row] >= 0) byUser.set(user[row], (byUser.get(user[row]) ?? new Set()).add(folds[place]));
	expect([...byUser.values()].every((set) => set.size === 1)).toBe(true);
	expect(of(1)).toEqual(folds);
	expect(of(2)).not.toEqual(folds);
	expect(groupsOf({}, rows, 1).seen).toBe("other rows");
});

it("rows outside of the training get the statistics of all training rows, lists a weighted mean", () => {
	for (const [, field] of fields) {
		const rates = ratesOfCodes(field, rows, labels, smoothing);
		for (let code = 0; code < field.size; code++) {
			const seen = [...rows].flatMap((row, at) =>
				codesOf(field, row).flatMap(([met]) => (met === code ? [labels[at]] : [])),
			);
			const positives = seen.reduce<number>((sum, label) => sum + label, 0);
			expect(rates.rate[code]).toBeCloseTo((positives + 6) / (seen.length + 20), 6);
			expect(rates.count[code]).toBeCloseTo(Math.log(1 + seen.length), 5);
		}
		const given = ratesFromCodes(field, all, rates);
		for (const row of all) {
			const codes = codesOf(field, row);
			const weights = codes.reduce((sum, [, weight]) => sum + weight, 0);
			const mean = codes.reduce((sum, [code, weight]) => sum + weight * rates.rate[code], 0) / weights;
			if (codes.length === 0) expect(given.rate[row]).toBeNaN();
			else expect(given.rate[row]).toBeCloseTo(mean, 6);
		}
	}
});

describe("a leak is caught", () => {
	const times = Array.from(rows, (row) => time[row]);
	const sound = groupsOf({ time }, rows, 1);
	const rateWith = (groups: Groups) => (given: Uint8Array) => ratesOfRows(id, rows, given, groups, smoothing).rate;
	/** A planted one: a row's own label counts. */
	const withOwn = (given: Uint8Array) => ratesFromCodes(id, rows, ratesOfCodes(id, rows, given, smoothing)).rate;
	/** A planted one: later rows count, the own does not. */
	const backwards: Groups = groupsOf({ time: time.map((t) => -t) }, rows, 1);
	/** A planted one: each row is a moment of its own, so rows of one moment see each other. */
	const oneByOne: Groups = { ...sound, ends: Int32Array.from(rows.keys(), (i) => i + 1) };
	/** Conversions of other users' rows, later ones among them: what is used where the time is not known. */
	const folds = groupsOf({ user }, rows, 1);

	it("none in the statistics of earlier rows", () => {
		expect(leakOf(rateWith(sound), labels, times, 100)).toBeUndefined();
	});
	it.each([
		["the row's own label", withOwn],
		["later rows", rateWith(backwards)],
		["rows of the same moment", rateWith(oneByOne)],
		["later rows of other users", rateWith(folds)],
	])("%s", (_, statistics) => {
		const leak = leakOf(statistics, labels, times, 100);
		expect(leak).toBeDefined();
		expect(times[leak?.at as number]).toBeLessThanOrEqual(times[leak?.of as number]);
	});
	it("labels that say nothing are not told by statistics of earlier rows or of folds, but by those with the own label", () => {
		const [n, codes] = [20_000, 5000];
		const many = Int32Array.from({ length: n }, (_, row) => row);
		const field: CodedField = { kind: "id", name: "user", size: codes, ids: many.map(() => random.int(codes)) };
		const noise = Uint8Array.from(many, () => +(random.uniform() < 0.3));
		const tells = (rate: Float32Array) => {
			const { value, se } = auc(rate, noise);
			return ((value as number) - 0.5) / (se as number);
		};
		for (const groups of [groupsOf({ time: many }, many, 1), groupsOf({}, many, 1)])
			expect(Math.abs(tells(ratesOfRows(field, many, noise, groups, smoothing).rate))).toBeLessThan(4);
		const own = ratesFromCodes(field, many, ratesOfCodes(field, many, noise, smoothing)).rate;
		expect(tells(own)).toBeGreaterThan(50);
	});
});
