import { describe, expect, it } from "vitest";
import { InputError } from "../../core/problem";
import { parseJson } from "./jsonText";
import { parseSchemaFile } from "./schemaFile";

const good = {
	user: "uid",
	time: "ts",
	events: { click: "is_click", cart: "in_cart", conversion: "is_buy" },
	implies: { cart: "click", conversion: "click" },
	features: { cat: { kind: "id" }, price: { kind: "number" }, tags: { kind: "ids", weights: "w" } },
	split: { by: "time", valid: 0.1, test: 0.2 },
};
const read = (value: object) => parseSchemaFile(JSON.stringify(value), "S.json");
const fault = (work: () => unknown): string => {
	try {
		work();
	} catch (problem) {
		expect(problem).toBeInstanceOf(InputError);
		expect((problem as Error).message).not.toContain("\n");
		return (problem as Error).message;
	}
	throw new Error("nothing was refused");
};

describe("parseSchemaFile", () => {
	it("reads the schema of a log, and every form of split", () => {
		const { schema, split, text } = read({
			...good,
			features: { ...good.features, zero: { kind: "id", text: true } },
			oracle: ["latent"],
			truth: { "conversion|do(click)": "p" },
		});
		expect(schema).toEqual({
			...{ user: "uid", time: "ts", events: good.events, implies: good.implies, oracle: ["latent"] },
			features: { ...good.features, zero: { kind: "id" } },
			truth: { "conversion|do(click)": "p" },
		});
		expect([...text]).toEqual(["zero"]);
		expect(split).toEqual({ by: "time", valid: 0.1, test: 0.2 });
		for (const form of [
			{ by: "time", column: "day", valid: 0.1, test: 0 },
			{ by: "user", valid: 0.1, test: 0.2, seed: 3 },
			{ by: "row", valid: 0.1, test: 0.2, seed: 3 },
			{ by: "column", column: "part" },
			{ by: "file", test: ["test.csv"], valid: 0.1, seed: 1, group: "uid" },
		])
			expect(read({ ...good, split: form }).split).toEqual(form);
	});

	it("names line and column where it is not JSON", () => {
		expect(fault(() => parseSchemaFile('{\n  "events": {"click" "c"}\n}', "S.json"))).toContain(
			"S.json:2:22 is not JSON",
		);
		expect(fault(() => parseSchemaFile('{"a": 1,\n}', "S.json"))).toContain("S.json:2:1 ");
		expect(fault(() => parseSchemaFile('{"a": 1, "a": 2}', "S.json"))).toContain(
			'S.json:1:10 is not JSON: the key "a"',
		);
		expect(fault(() => parseSchemaFile("", "S.json"))).toContain("the end of the file");
	});

	const wrong: [what: string, change: object, says: string][] = [
		["an unknown key", { feature: {} }, 'unknown key "feature": did you mean "features"?'],
		["a wrong kind", { features: { cat: { kind: "numbr" } } }, 'did you mean "number"? Known: id, ids, number'],
		["no kind", { features: { cat: {} } }, '"features.cat" says no "kind"'],
		["an unknown key of a feature", { features: { cat: { kind: "ids", weight: "w" } } }, 'did you mean "weights"?'],
		["weights of a single id", { features: { cat: { kind: "id", weights: "w" } } }, 'is for the kind "ids"'],
		["text numbers", { features: { cat: { kind: "number", text: true } } }, "is for ids"],
		["an event as a feature", { features: { is_buy: { kind: "id" } } }, 'column "is_buy" is the event "conversion"'],
		["an oracle column as a feature", { oracle: ["cat"] }, 'column "cat" is an oracle column'],
		["the truth as a feature", { truth: { "conversion|click": "cat" } }, 'column "cat" is an oracle column'],
		["an event as weights", { features: { t: { kind: "ids", weights: "is_buy" } } }, "cannot weight"],
		["implies of an unknown event", { implies: { conversoin: "click" } }, 'did you mean "conversion"?'],
		["implies in a circle", { implies: { click: "cart", cart: "click" } }, "click → cart → click"],
		["truth of an unknown event", { truth: { "conversion|clik": "p" } }, 'did you mean "click"?'],
		["truth that is no probability", { truth: { conversion: "p" } }, 'write it as "conversion|click"'],
		["no events", { events: {} }, "names no event"],
		["no features", { features: {} }, "names no column"],
		["one column for two events", { events: { click: "c", buy: "c" } }, 'the column "c" to two events'],
		["an event called impression", { events: { impression: "c" } }, 'an event "impression"'],
		["a feature that has an event's name", { features: { Click: { kind: "id" } } }, '"Click" would name two columns'],
		["shares that leave nothing", { split: { by: "time", valid: 0.5, test: 0.5 } }, "leaves nothing to train on"],
		["a share that is none", { split: { by: "time", valid: "10%", test: 0.5 } }, '"split.valid" must be a share'],
		["no validation", { split: { by: "row", valid: 0, test: 0.5 } }, '"split.valid" must be a share above 0'],
		["an unknown split", { split: { by: "tiem", valid: 0.1, test: 0.1 } }, 'did you mean "time"?'],
		[
			"a key of another split",
			{ split: { by: "column", column: "part", valid: 0.1 } },
			'unknown key in "split" "valid"',
		],
		["split by a feature", { split: { by: "column", column: "cat" } }, "is a feature too"],
		["a seed that is none", { split: { by: "row", valid: 0.1, test: 0.1, seed: -1 } }, '"split.seed"'],
		["split by time without time", { time: undefined }, 'the schema has no "time"'],
		["split by user without user", { user: undefined, split: { by: "user", valid: 0.1, test: 0.1 } }, 'no "user"'],
		["no split", { split: undefined }, '"split" is missing'],
		["a column that is no name", { user: 7 }, '"user" must be a name in double quotes, not 7'],
		["a list for an object", { events: ["click"] }, '"events" must be an object'],
	];
	for (const [what, change, says] of wrong)
		it(`refuses ${what}`, () => {
			const message = fault(() => read({ ...good, ...change }));
			expect(message.startsWith("S.json: ")).toBe(true);
			expect(message).toContain(says);
		});
});

describe("parseJson", () => {
	it("gives what JSON.parse gives", () => {
		const text =
			'\ufeff { "a" : [1, -2.5e3, true, null, {"__proto__": {}}], "b": "x\\u00e9\\n\\"", "c": [] , "d": {}}\r\n';
		expect(parseJson(text, "x")).toEqual(JSON.parse(text.slice(1)));
		expect(Object.keys((parseJson(text, "x") as { a: object[] }).a[4])).toEqual(["__proto__"]);
	});

	it("refuses what JSON.parse refuses", () => {
		for (const text of [
			"{a:1}",
			"[1,]",
			"01",
			"'a'",
			'"a\nb"',
			'"\\x"',
			"[1] 2",
			"{",
			'{"a"',
			"nul",
			"-",
			'"\t"',
			"{1:2}",
		])
			expect(
				fault(() => parseJson(text, "x")),
				text,
			).toMatch(/^x:\d+:\d+ is not JSON: /);
	});
});
