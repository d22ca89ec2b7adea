import { describe, expect, it } from "vitest";
import { tablePlans } from "../papers/tables";
import { toLatex } from "./latex";
import type { Cell, Table } from "./table";

/** What LaTeX would set: a strict reader of the few commands that a table may hold; anything else is an error. */
const COMMANDS: Readonly<Record<string, string>> = {
	...{ textbackslash: "\\", textasciitilde: "~", textasciicircum: "^", textbar: "|", textless: "<", textgreater: ">" },
	...{
		centering: "",
		toprule: "",
		midrule: "",
		bottomrule: "",
		par: "",
		smallskip: "",
		footnotesize: "",
		linewidth: "",
	},
	...{ pm: "± ", times: "×", cdot: "·", ldots: "…", leq: "≤", geq: "≥", lambda: "λ", gamma: "γ", rho: "ρ", tau: "τ" },
};
const OF_MATHS = ["pm", "times", "cdot", "leq", "geq", "lambda", "gamma", "rho", "tau"];
const ESCAPED = "#$%&_{}";

class Reader {
	at = 0;
	math = false;
	constructor(readonly text: string) {}
	fail(why: string): never {
		throw new Error(`${why} at ${JSON.stringify(this.text.slice(Math.max(0, this.at - 20), this.at + 20))}`);
	}
	/** A group `{…}`: what it sets. */
	group(): string {
		if (this.text[this.at] !== "{") this.fail("no {");
		this.at++;
		const inside = this.until("}");
		this.at++;
		return inside;
	}
	/** Sets text up to a closing sign, or to the end. */
	until(end: "}" | ""): string {
		let out = "";
		while (this.at < this.text.length) {
			const sign = this.text[this.at];
			if (sign === end) return out;
			if (sign === "}") this.fail("a } that closes nothing");
			else if (sign === "{") out += this.group();
			else if (sign === "$") this.toggle();
			else if (sign === "\\") out += this.command();
			else if (sign === "&") out += this.mark("\u0001");
			else if (sign === "%" && /(^|\n)$/.test(this.text.slice(0, this.at))) this.at = this.text.indexOf("\n", this.at);
			else if (sign === "%" && this.text[this.at + 1] === "\n") this.at++;
			else if (/[#%_~^|<>]/.test(sign)) this.fail(`a bare ${sign}`);
			else if (sign.charCodeAt(0) > 126) this.fail(`${sign}, which pdflatex may not set`);
			else out += this.mark(this.math && sign === "-" ? "−" : sign);
		}
		if (end !== "") this.fail(`no ${end}`);
		if (this.math) this.fail("mathematics without an end");
		return out;
	}
	mark(sign: string): string {
		this.at++;
		return sign;
	}
	toggle(): void {
		this.math = !this.math;
		this.at++;
	}
	command(): string {
		const sign = this.text[this.at + 1];
		if (sign === "\\") return this.skip(2, "\u0002");
		if (ESCAPED.includes(sign)) return this.skip(2, sign);
		if (sign === " " && this.math) return this.skip(2, " ");
		const name = /^[a-z]+/.exec(this.text.slice(this.at + 1))?.[0] ?? this.fail("no command");
		this.at += 1 + name.length;
		if (["begin", "end", "caption", "textsuperscript", "mathbf", "resizebox"].includes(name)) {
			const what = this.group();
			if (name === "mathbf") return this.math ? `<b>${what}</b>` : this.fail("\\mathbf outside mathematics");
			if (name === "textsuperscript")
				return ({ 2: "²", 3: "³" } as Record<string, string>)[what] ?? this.fail("superscript");
			if (name === "begin" && what === "table" && this.text[this.at] === "[")
				this.at = this.text.indexOf("]", this.at) + 1;
			if (name === "resizebox") this.group();
			if (name === "begin" && ["tabular", "minipage"].includes(what)) this.group();
			return name === "caption" ? `\u0003${what}\u0003` : "";
		}
		if (!Object.hasOwn(COMMANDS, name)) this.fail(`\\${name}`);
		if (OF_MATHS.includes(name) && !this.math) this.fail(`\\${name} outside mathematics`);
		// A command of letters swallows the space behind it; {} keeps it.
		if (this.text.slice(this.at, this.at + 2) === "{}") this.at += 2;
		else while (this.text[this.at] === " ") this.at++;
		return COMMANDS[name];
	}
	skip(length: number, out: string): string {
		this.at += length;
		return out;
	}
}

/** The caption, the rows of cells, the lines before and the lines after, as they are set. */
function typeset(tex: string) {
	const whole = new Reader(tex).until("");
	const body = tex.slice(tex.indexOf("\\toprule"), tex.indexOf("\\bottomrule"));
	const cells = (line: string) => line.split("\u0001").map((cell) => cell.trim());
	const rows = new Reader(body)
		.until("")
		.split("\u0002")
		.map((line) => line.trim())
		.filter(Boolean)
		.map(cells);
	return { caption: whole.split("\u0003")[1], rows, whole };
}

const nasty = String.raw`\ { } $ & # ^ _ ~ % | < > ± × − – ² ³ λ γ ρ τ ≤ ≥ · … \\ \end{table} 100% of $x_1$ \alpha {a}_b^c ~`;
const table = (cells: Cell[][]): Table => ({
	title: `T: ${nasty}`,
	columns: [{ name: `c: ${nasty}` }, { name: "AUC_1", align: "right" }],
	lead: [`lead: ${nasty}`],
	rows: cells,
	notes: [`note: ${nasty}`, "two\nlines"],
});
/** A dash is "--" until it is set. */
const asSet = (text: string) => text.replace(/–/g, "--").replace(/ +/g, " ");

describe("a table in LaTeX", () => {
	it("sets every special character in title, columns, cells, lines before and notes as it is", () => {
		const tex = toLatex(table([[nasty, 0.5]]));
		const { caption, rows, whole } = typeset(tex);
		const flat = (text: string) => text.replace(/\s+/g, " ");
		expect(flat(caption)).toBe(flat(asSet(`T: ${nasty}`)));
		expect(rows.map((row) => row.map(flat))).toEqual([
			[asSet(`c: ${nasty}`), "AUC_1"],
			[asSet(nasty), "0.5000"],
		]);
		for (const line of [`lead: ${nasty}`, `note: ${nasty}`, "two lines"]) expect(flat(whole)).toContain(asSet(line));
	});
	it("sets estimates: mean ± deviation, interval, the best in bold, a minus as a minus, thousands", () => {
		const cells: Cell[][] = [
			["a", { mean: 0.66, std: 0.0037, best: true }],
			["b", { mean: -0.01, low: -0.02, high: 0 }],
			["c", 1_234_567],
			["d", null],
		];
		const { rows } = typeset(toLatex(table(cells)));
		expect(rows.slice(1).map(([, cell]) => cell)).toEqual([
			"<b>0.6600</b> ± 0.0037",
			"−0.0100 [−0.0200, 0.0000]",
			"1,234,567",
			"--",
		]);
	});
	it("has the rules of booktabs in order, one cell a column, and braces that close", () => {
		const tex = toLatex(table([["a", 1]]));
		const order = ["\\begin{table}", "\\caption", "\\begin{tabular}{lr}", "\\toprule", "\\midrule", "\\bottomrule"];
		const places = [...order, "\\end{tabular}", "\\end{table}"].map((part) => tex.indexOf(part));
		expect(tex.slice(0, places[0])).toBe("% needs \\usepackage{booktabs}\n");
		expect(places).toEqual([...places].sort((a, b) => a - b));
		expect(tex.match(/\\(top|mid|bottom)rule/g)).toHaveLength(3);
		expect(tex).not.toMatch(/\\hline|\|/);
	});
	it("has all notes in one box, and is as wide as the line where it has more than nine columns of numbers", () => {
		const of = (numbers: number): Table => ({
			...{ title: "t", rows: [], notes: ["a", "b"] },
			columns: Array.from({ length: numbers }, (_, i) => ({ name: `c${i}`, align: "right" as const })),
		});
		const [narrow, wide] = [9, 10].map((numbers) => toLatex(of(numbers)));
		expect(narrow.match(/minipage/g)).toHaveLength(2);
		expect(narrow).not.toContain("resizebox");
		expect(wide).toContain("\\usepackage{graphicx}");
		expect(wide.indexOf("\\resizebox{\\linewidth}{!}{")).toBeLessThan(wide.indexOf("\\begin{tabular}"));
		expect(wide).toContain("\\end{tabular}}");
		for (const tex of [narrow, wide]) expect(() => typeset(tex)).not.toThrow();
	});
});

it("every table of a paper can be set: labels, columns, notes", () => {
	for (const { title, methods, columns, notes } of tablePlans) {
		const texts = [
			...methods.flatMap(({ label, note = "" }) => [label, note]),
			...columns.map(({ column }) => column),
			...notes,
		];
		const { whole } = typeset(
			toLatex({ title, columns: [{ name: "method" }], rows: methods.map(({ label }) => [label]), notes: texts }),
		);
		for (const { label } of methods) expect(whole).toContain(label);
	}
});

it("the reader is strict: what LaTeX would stumble over is an error", () => {
	for (const wrong of ["50 % of", "a_b", "{", "}", "$x", "a & b \\unknown", "x ± y", "\\mathbf{1}", "#"])
		expect(() => new Reader(wrong).until(""), wrong).toThrow();
});
