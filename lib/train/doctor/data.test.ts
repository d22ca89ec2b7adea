import { describe, expect, it } from "vitest";
import { type Prob, pCTCVR, pCTR, pCVR } from "../../core/prob";
import { stream } from "../../core/random";
import type { Dataset, Field } from "../../data/dataset";
import { toyDataset } from "../../data/toyDataset";
import { deadFields, numbersThatAreNone } from "./deadFields";
import { type Finding, lineOf } from "./finding";
import { labelAmongFeatures } from "./labelAmongFeatures";
import { labelCounts } from "./labelCounts";
import { copiedRows, sharedRows } from "./overlap";

const probs: Prob[] = [pCTR, pCVR, pCTCVR];
const n = 1600;
const random = stream(3, "doctor");
/** The toy log with more fields. */
const withFields = (...more: Field[]): Dataset => toyDataset({ fields: [...toyDataset().fields, ...more] });
const id = (name: string, ids: Int32Array): Field => ({ kind: "id", name, size: Math.max(...ids) + 1, ids });
const number = (name: string, values: Float32Array): Field => ({ kind: "number", name, values });
const rows = <A>(of: (row: number) => A): A[] => Array.from({ length: n }, (_, row) => of(row));
const { click, conversion } = toyDataset().events;
const told = (findings: readonly Finding[]) => findings.map(({ fault, where }) => `${fault}: ${where}`);

describe("label among the features", () => {
	const found = (...fields: Field[]) => labelAmongFeatures(withFields(...fields), probs);
	const tells = (name: string) => [`label among the features: field ${name}`];

	it("the toy log has none", () => expect(found()).toEqual([]));
	it.each<[string, Field]>([
		["a number that is the event", number("sold", Float32Array.from(conversion))],
		[
			"a scaled number that is the event",
			number(
				"sold",
				Float32Array.from(conversion, (y) => Math.tanh((y - 0.1) * 3)),
			),
		],
		[
			"a number that is turned round",
			number(
				"sold",
				Float32Array.from(click, (y) => 1 - y),
			),
		],
		["an id that is the event", id("sold", Int32Array.from(click))],
		[
			"an id with a few rows of each class",
			id(
				"sold",
				Int32Array.from(click, (y, row) => 2 * (row % 30) + y),
			),
		],
		[
			"an id that is new at each purchase and 0 without one",
			id(
				"sold",
				Int32Array.from(conversion, (y, row) => (y ? row + 1 : 0)),
			),
		],
		[
			"one id of a list",
			{
				kind: "ids",
				name: "sold",
				size: 40,
				offsets: Int32Array.from({ length: n + 1 }, (_, row) => 2 * row),
				ids: Int32Array.from({ length: 2 * n }, (_, at) => (at % 2 ? 1 + random.int(30) : 38 + click[at >> 1])),
			},
		],
	])("%s is told", (_, field) => {
		const findings = found(field);
		expect(told(findings)).toEqual(tells("sold"));
		expect(findings[0].severity).toBe("warning");
		expect(lineOf(findings[0])).toMatch(
			/^label among the features: field sold alone tells P\(\w+\|\w+\) with AUC (1\.0000|0\.99\d\d) on \d+ training rows that were not counted\. Look at: where sold comes from/,
		);
	});
	it.each([0.02, 0.04])("a copy of the event with noise is told: %s of it is turned round", (share) => {
		const turned = Int32Array.from(click, (y) => (random.uniform() < share ? 1 - y : y));
		const [finding, ...rest] = found(id("seen", turned));
		expect([finding?.where, rest]).toEqual(["field seen", []]);
		expect(lineOf(finding)).toMatch(/with AUC 0\.9\d+ .*a copy with noise/);
	});
	it("nor is an item whose customers are alike, which tells as much", () => {
		const item = Int32Array.from(click, (y) => 2 * random.int(10) + (random.uniform() < 0.04 ? 1 - y : y));
		expect(found(id("item", item))).toEqual([]);
	});
	it("on few positives, which are ranked well by chance, such a copy is not", () => {
		const rare = click.map((y, row) => +(y === 1 && row % 4 === 0));
		const conversion = rare.map(() => 0);
		const turned = Int32Array.from(rare, (y) => (random.uniform() < 0.04 ? 1 - y : y));
		const log = withFields(id("seen", turned));
		expect(labelAmongFeatures({ ...log, events: { click: rare, conversion } }, [pCTR])).toEqual([]);
	});
	it("a field that tells a conversion among clicks alone is told, whatever it is without one", () => {
		const paid = Int32Array.from(rows((row) => (click[row] ? 1 + conversion[row] : 1 + random.int(2))));
		expect(told(found(id("paid", paid)))).toEqual(tells("paid"));
	});
	it.each<[string, Int32Array]>([
		["an id for every row", Int32Array.from(rows((row) => row))],
		["an id for every two rows", Int32Array.from(rows((row) => row >> 1))],
		["ids drawn from 400", Int32Array.from(rows(() => random.int(400)))],
	])("%s raises no alarm, though in-sample it tells everything", (_, ids) => {
		expect(found(id("session", ids))).toEqual([]);
	});
	it("a strong feature raises none", () => {
		const strong = Float32Array.from(rows((row) => 1.5 * click[row] + random.normal()));
		expect(found(number("strong", strong))).toEqual([]);
	});
});

describe("split", () => {
	const split = toyDataset().split;
	it("rows in two parts are an error, with how many and the first", () => {
		const valid = Int32Array.from([...split.valid, 5, 6]);
		const [finding, ...rest] = sharedRows(toyDataset({ split: { ...split, valid } }));
		expect(rest).toEqual([]);
		expect(finding).toMatchObject({ fault: "overlapping split", severity: "error" });
		expect(lineOf(finding)).toContain("train and valid: 2 row numbers are in both, first row 5");
	});
	it("a row that is twice in one part is a warning", () => {
		const train = Int32Array.from([...split.train, 5]);
		expect(sharedRows(toyDataset({ split: { ...split, train } }))).toMatchObject([
			{ where: "train twice:", severity: "warning" },
		]);
	});
	it("parts that share no row raise no alarm", () => expect(sharedRows(toyDataset())).toEqual([]));
});

describe("copies of training rows", () => {
	/** The toy log in which some rows of a part are copies of training rows, events and all. */
	function copied(part: "valid" | "test", share: number, events = true): Dataset {
		const { split } = toyDataset();
		const from = rows((row) => row);
		for (const row of split[part]) if (random.uniform() < share) from[row] = random.int(split.train.length);
		return taken(from, events);
	}
	/** The toy log with row `from[i]` in place i; with the events of its own place where `events` is false. */
	function taken(from: number[], events: boolean): Dataset {
		const toy = toyDataset();
		return toyDataset({
			fields: toy.fields.map(
				(field): Field =>
					field.kind === "number"
						? { ...field, values: Float32Array.from(from, (row) => field.values[row]) }
						: { ...field, ids: Int32Array.from(from, (row) => field.ids[row]) },
			),
			user: Int32Array.from(from, (row) => row % 50),
			events: Object.fromEntries(
				Object.entries(toy.events).map(([name, column]) => [
					name,
					Uint8Array.from(from, (row, i) => column[events ? row : i]),
				]),
			),
		});
	}
	it.each(["valid", "test"] as const)("a third of the %s rows copied is told, with its share", (part) => {
		const [finding, ...rest] = copiedRows(copied(part, 1 / 3));
		expect(rest).toEqual([]);
		expect(finding).toMatchObject({ fault: "train/test overlap", severity: "warning" });
		expect(finding.seen).toMatch(/^(2[89]|3\d)\.\d % of \d+ rows are alike a training row/);
	});
	it("rows that are alike by chance, with events of their own, raise no alarm", () => {
		expect(copiedRows(copied("valid", 0.9, false))).toEqual([]);
	});
	it("few different rows, each many times in every part, raise no alarm", () => {
		expect(
			copiedRows(
				taken(
					rows((row) => row % 40),
					true,
				),
			),
		).toEqual([]);
	});
	it("no copies, no alarm", () => expect(copiedRows(toyDataset())).toEqual([]));
	it("of a log too large to compare whole, the users that are compared are the same in every part", () => {
		const times = 100;
		const toy = copied("valid", 1);
		const many = <A extends Int32Array | Float32Array | Uint8Array>(column: A, add = 0): A => {
			const all = new (column.constructor as new (n: number) => A)(times * n);
			for (let k = 0; k < times; k++) all.set(column.map((v) => v + k * add) as never, k * n);
			return all;
		};
		const part = (rows: Int32Array) =>
			Int32Array.from({ length: times * rows.length }, (_, i) => {
				const [k, at] = [Math.floor(i / rows.length), i % rows.length];
				return k * n + rows[at];
			});
		const large: Dataset = {
			...toy,
			rows: times * n,
			split: { train: part(toy.split.train), valid: part(toy.split.valid), test: part(toy.split.test) },
			fields: toy.fields.map(
				(f): Field => (f.kind === "number" ? { ...f, values: many(f.values) } : { ...f, ids: many(f.ids) }),
			),
			user: many(toy.user as Int32Array, 50),
			events: Object.fromEntries(Object.entries(toy.events).map(([name, column]) => [name, many(column)])),
		};
		const begun = performance.now();
		expect(copiedRows(large).map(({ where }) => where)).toEqual(["validation part:"]);
		expect(performance.now() - begun).toBeLessThan(2000);
	});
});

describe("dead fields", () => {
	const found = (field: Field) => deadFields(withFields(field)).map(lineOf);
	it("the toy log has none", () => expect(deadFields(toyDataset())).toEqual([]));
	it("all ids unknown", () => {
		expect(found({ kind: "id", name: "brand", size: 9, ids: new Int32Array(n) })).toEqual([
			"dead field: brand has one value on all 700 training rows (unknown (0)) and can teach nothing. Look at: whether the column was read as meant, and the minimum frequency of its encoding (--min-frequency); or more rows",
		]);
	});
	it("one number, though other parts have others", () => {
		const values = Float32Array.from(rows((row) => (row < 700 ? 0.5 : row)));
		expect(found(number("price", values))).toEqual([
			expect.stringContaining("price has one value on all 700 training rows (0.5)"),
		]);
	});
	it("lists that are all empty", () => {
		const lists: Field = { kind: "ids", name: "tags", size: 3, offsets: new Int32Array(n + 1), ids: new Int32Array(0) };
		expect(found(lists)).toEqual([
			expect.stringContaining("tags has one value on all 700 training rows (an empty list)"),
		]);
	});
	it("several are told in one line", () => {
		const two = withFields(number("p", new Float32Array(n)), number("q", new Float32Array(n).fill(2)));
		expect(deadFields(two).map(lineOf)).toEqual([
			expect.stringContaining("p, q each have one value on all 700 training rows (0, 2)"),
		]);
	});
	it("a number that is none, in training or validation", () => {
		const values = Float32Array.from(rows((row) => (row === 3 || row === 701 ? Number.NaN : row)));
		expect(numbersThatAreNone(withFields(number("price", values))).map(lineOf)).toEqual([
			expect.stringContaining("number that is none: field price is NaN on 1 of 700 training rows, first on row 3"),
			expect.stringContaining("field price is NaN on 1 of 300 validation rows, first on row 701"),
		]);
	});
});

describe("labels that do not fit each other", () => {
	it("the toy log has none", () => expect(labelCounts(toyDataset(), probs)).toEqual([]));
	it("an event that never happens with its space", () => {
		const apart = conversion.map((y, row) => (y ? 0 : +(click[row] === 0 && row % 7 === 0)));
		expect(labelCounts(toyDataset({ events: { click, conversion: apart } }), [pCVR]).map(lineOf)).toEqual([
			expect.stringMatching(
				/^labels apart: P\(conversion\|click\) has no positive: of \d+ training rows with a conversion/,
			),
		]);
	});
	it("an event that happened on every row of its space", () => {
		const all = labelCounts(toyDataset({ events: { click: click.map(() => 1), conversion } }), probs);
		expect(all.map(lineOf)).toEqual([
			"labels all alike: P(click|impression) is 1 on all 700 training rows: nothing can be learnt of it. Look at: whether the log holds the rows with a click alone, or the schema names another column as click",
		]);
	});
	it("an event that validation lacks, where many would be expected", () => {
		const cut = conversion.map((y, row) => (row >= 700 ? 0 : y));
		expect(told(labelCounts(toyDataset({ events: { click, conversion: cut } }), [pCVR, pCTR]))).toEqual([
			"labels missing: P(conversion|click)",
		]);
	});
	it("a rare event that validation lacks by chance raises no alarm", () => {
		const rare = conversion.map((y, row) => +(y === 1 && row < 20));
		expect(labelCounts(toyDataset({ events: { click, conversion: rare } }), probs)).toEqual([]);
	});
});
