import { describe, expect, it } from "vitest";
import { CSTWA_FIELDS, FAULTS, readElements } from "./aliccpElements";

/** Reads a list in which |, : and = stand for 0x01, 0x02 and 0x03. */
function read(list: string, expected = list.split("|").length) {
	const text = list.replaceAll("|", "\x01").replaceAll(":", "\x02").replaceAll("=", "\x03");
	const ids = new Int32Array(CSTWA_FIELDS.length);
	const fault = readElements(Buffer.from(`${text}\n`, "latin1"), 0, text.length, expected, ids);
	return fault ?? Object.fromEntries(CSTWA_FIELDS.map((field, i) => [field, ids[i]]).filter(([, id]) => id !== 0));
}

describe("a feature list", () => {
	it.each([
		["205:9=1.0", { "205": 9 }],
		["205:2147483647=1|101:1=0|210:5=1.0|109_14:6=0.69315", { "101": 1, "205": 2147483647 }],
		["853:1=1.0|853:7=2.5|853:3=0.1", { "853": 3 }],
		["205:0009=-1.5e-7|206:1=2E+3|207:1=3e4", { "205": 9, "206": 1, "207": 1 }],
	])("%s", (list, ids) => {
		expect(read(list)).toEqual(ids);
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
		expect(read("", 0)).toEqual({});
		expect(read("", 1)).toBe(FAULTS.count);
		expect(read("205:9=1", 0)).toBe(FAULTS.count);
		expect(read("205:9=1|206:9=1", 3)).toBe(FAULTS.count);
	});
});
