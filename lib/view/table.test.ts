import { describe, expect, it } from "vitest";
import { toCsv } from "./csv";
import { toHtml } from "./html";
import { toLatex } from "./latex";
import { toMarkdown, toText } from "./markdown";
import { type Table, tableOf, wordsOf } from "./table";

const table: Table = {
	title: "A & B <1>",
	columns: [{ name: "method|x" }, { name: "AUC_1", align: "right" }, { name: "n", align: "right" }],
	rows: [
		["BASE & co", { mean: 0.66, std: 0.0037 }, 12_000],
		["ESMM <b>$5%</b>", { mean: 0.6856, low: 0.68, high: 0.69, best: true }, null],
	],
	notes: ["50 % of rows; x_1 < 2"],
};

describe("a table's formats", () => {
	it("Markdown: escapes, alignment, the best in bold, intervals", () => {
		const lines = toMarkdown(table)
			.split("\n")
			.map((line) => line.replace(/ +/g, " ").replace(/-+/g, "-"));
		expect(lines).toEqual([
			"**A &amp; B &lt;1&gt;**",
			"",
			"| method\\|x | AUC\\_1 | n |",
			"| :- | -: | -: |",
			"| BASE &amp; co | 0.6600 ± 0.0037 | 12,000 |",
			"| ESMM &lt;b&gt;\\$5%&lt;/b&gt; | **0.6856** [0.6800, 0.6900] | – |",
			"",
			"<sub>50 % of rows; x\\_1 &lt; 2</sub>",
			"",
		]);
	});
	it("text for a terminal has no escapes", () => {
		expect(toText(table)).toContain("ESMM <b>$5%</b>");
		expect(toText(table)).toContain("50 % of rows; x_1 < 2");
	});
	it("HTML: nothing from a cell becomes a tag", () => {
		const html = toHtml(table);
		expect(html).toContain("<b>A &amp; B &lt;1&gt;</b>");
		expect(html).toContain("ESMM &lt;b&gt;$5%&lt;/b&gt;");
		expect(html).toContain("<b>0.6856</b> [0.6800, 0.6900]");
		expect(html.match(/<tr>/g)?.length).toBe(3);
	});
	it("LaTeX: special characters are escaped, the best is bold", () => {
		const tex = toLatex(table);
		for (const part of ["BASE \\& co", "\\$5\\%", "\\mathbf{0.6856}", "AUC\\_1"]) expect(tex).toContain(part);
	});
	it("lines above the table come before its numbers, escaped; CSV has numbers alone", () => {
		const led: Table = { ...table, lead: ["5 % & <more>"] };
		for (const [format, line, number] of [
			[toMarkdown, "<sub>5 % &amp; &lt;more&gt;</sub>", "0.6600"],
			[toText, "5 % & <more>", "0.6600"],
			[toHtml, "5 % &amp; &lt;more&gt;", "0.6600"],
			[toLatex, "5 \\% \\& \\textless{}more\\textgreater{}", "0.6600"],
		] as const) {
			const text = format(led);
			expect(text.indexOf(line)).toBeGreaterThan(0);
			expect(text.indexOf(line)).toBeLessThan(text.indexOf(number));
		}
		expect(toCsv(led)).toBe(toCsv(table));
	});
	it("CSV: one field for the mean, quotes where needed, empty for no value", () => {
		const lines = toCsv({ ...table, rows: [['a "b", c', 0.5, null]] })
			.trim()
			.split("\n");
		expect(lines[lines.length - 1]).toMatch(/^"a ""b"", c",0\.5,/);
	});
});

describe("an estimate from one run", () => {
	const one = { mean: 0.66, std: 0, n: 1, low: Number.NaN, high: Number.NaN };
	it("shows its mean alone, whether its interval is NaN or came from JSON as null", () => {
		for (const cell of [one, JSON.parse(JSON.stringify(one))]) {
			expect(wordsOf(cell)).toEqual({ value: "0.6600", rest: "", best: false });
			const single: Table = { title: "t", columns: [{ name: "AUC" }], rows: [[cell]], notes: [] };
			expect(toCsv(single)).toBe("AUC,AUC std,AUC n\n0.66,0,1\n");
			expect(toHtml(single)).toContain('title="mean 0.66, n = 1"');
		}
	});
});

describe("tableOf", () => {
	it("takes records, sets numbers right, and knows the columns asked for", () => {
		const made = tableOf(
			"t",
			[
				{ a: 1, b: "x" },
				{ a: 2.5, b: null, c: true },
			],
			{ digits: 2 },
		);
		expect(made.columns).toEqual([{ name: "a", align: "right" }, { name: "b" }, { name: "c" }]);
		expect(made.rows).toEqual([
			[1, "x", null],
			[{ mean: 2.5, digits: 2 }, null, "true"],
		]);
		expect(() => tableOf("t", [{ a: 1 }], { columns: ["b"] })).toThrow('no record has a column "b"; known: a');
		expect(() => tableOf("t", [{ a: [1] }])).toThrow('table "t", record 1, "a"');
	});
	it("a row of another length is refused", () => {
		expect(() => toMarkdown({ ...table, rows: [["x"]] })).toThrow("row 1 has 1 cells for 3 columns");
	});
	it("writes no number that a cell does not hold", () => {
		expect(wordsOf(null).value).toBe("–");
		expect(wordsOf({ mean: 0.5, std: 0.1, low: 0.4, high: 0.6 })).toEqual({
			value: "0.5000",
			rest: " ± 0.1000",
			best: false,
		});
		expect(wordsOf(1234567).value).toBe("1,234,567");
		const difference = { mean: 0.01, low: -0.005, high: 0.025, signed: true };
		expect(wordsOf(difference)).toMatchObject({ value: "+0.0100", rest: " [−0.0050, +0.0250]" });
		expect(toLatex({ ...table, rows: [["a", difference, null]] })).toContain("$+0.0100\\ [-0.0050, +0.0250]$");
	});
});
