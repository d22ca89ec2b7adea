import { describe, expect, it } from "vitest";
import { FAULTS, FIELDS, featureList, readElements } from "./elements";

/** Reads a list in which |, : and = stand for 0x01, 0x02 and 0x03. */
function read(list: string, expected = list.split("|").length) {
	const text = list.replaceAll("|", "\x01").replaceAll(":", "\x02").replaceAll("=", "\x03");
	const into = featureList(["210", "109_14"]);
	const fault = readElements(Buffer.from(`${text}\n`, "latin1"), 0, text.length, expected, into);
	return fault ?? into;
}

/** The last id of each field that is there. */
function lasts(list: string, expected?: number) {
	const found = read(list, expected);
	if (typeof found === "string") return found;
	return Object.fromEntries(FIELDS.map((field, i) => [field, found.lasts[i]]).filter(([, id]) => id !== 0));
}

/** The values of the 210s. */
function values(list: string) {
	const found = read(list);
	if (typeof found === "string") return found;
	const { ids, values: all, length } = found.lists[FIELDS.indexOf("210")]!;
	return [...ids.subarray(0, length)].map((id, i) => [id, all[i]]);
}

describe("a feature list", () => {
	it.each([
		["205:9=1.0", { "205": 9 }],
		["205:2147483647=1|101:1=0|210:5=1.0|109_14:6=0.69315", { "101": 1, "205": 2147483647, "210": 5, "109_14": 6 }],
		["853:1=1.0|853:7=2.5|853:3=0.1", { "853": 3 }],
		["205:0009=-1.5e-7|206:1=2E+3|207:1=3e4", { "205": 9, "206": 1, "207": 1 }],
	])("%s", (list, ids) => {
		expect(lasts(list)).toEqual(ids);
	});

	it.each([
		...["205:0=1.0", "205:=1.0", "205:2147483648=1.0", "205:-1=1.0", "205:1.5=1.0", "205:1e3=1.0", "205: 9=1.0"].map(
			(list) => [list, FAULTS.id],
		),
		...[
			"205:9=",
			"205:9=.5",
			"205:9=1.",
			"205:9=1e",
			"205:9=1e+",
			"205:9=nan",
			"205:9=-",
			"205:9=1.0 ",
			"205:9=+1",
			"205:9=1e39",
			"205:9=-1e999",
			`205:9=${"9".repeat(40)}`,
		].map((list) => [list, FAULTS.value]),
		...["20:9=1", "0205:9=1", "999:9=1", "205_14:9=1", "109:9=1", "109_15:9=1", "109_144:9=1", ":9=1", "x:9=1"].map(
			(list) => [list, FAULTS.field],
		),
		...["2059=1", "205:91", "205=9:1", "205:9=1=2", "205::9=1", "|205:9=1", "205:9=1|", "205:9=1||205:9=1"].map(
			(list) => [list, FAULTS.element],
		),
	])("%s: %s", (list, fault) => {
		expect(read(list)).toBe(fault);
		expect(read(`301:4=1.0|${list}`)).toBe(fault);
	});

	it("has as many elements as it says", () => {
		expect(lasts("", 0)).toEqual({});
		expect(read("", 1)).toBe(FAULTS.count);
		expect(read("205:9=1", 0)).toBe(FAULTS.count);
		expect(read("205:9=1|206:9=1", 3)).toBe(FAULTS.count);
	});

	it.each([
		"1.0",
		"0.69315",
		"3.29584",
		"-0",
		"0",
		"00012.500",
		"123456789012345",
		"1234567890123456",
		"12345678.9012345",
		"9007199254740993",
		"0.000000000000001",
		"1e-7",
		"2.5E+3",
		"0.1e1",
		`0.${"0".repeat(30)}1`,
		`${"0".repeat(50)}7.25`,
	])("reads the value %s as Number() does", (value) => {
		expect(values(`210:7=${value}|205:1=2|210:8=1`)).toEqual([
			[7, Math.fround(Number(value))],
			[8, 1],
		]);
	});
});
