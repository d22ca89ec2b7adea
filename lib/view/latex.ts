import { type Cell, checkTable, type Table, wordsOf } from "./table";

/** The table as a LaTeX `table` with booktabs rules (`\usepackage{booktabs}`), ready for \input. */
export function toLatex(table: Table): string {
	checkTable(table);
	const line = (cells: string[]) => `    ${cells.join(" & ")} \\\\`;
	return [
		"\\begin{table}[t]",
		"  \\centering",
		`  \\caption{${escapeLatex(table.title)}}`,
		...(table.lead ?? []).map((line) => `  {\\footnotesize ${escapeLatex(line)}\\par}\\smallskip`),
		`  \\begin{tabular}{${table.columns.map((column) => (column.align === "right" ? "r" : "l")).join("")}}`,
		"    \\toprule",
		line(table.columns.map((column) => escapeLatex(column.name))),
		"    \\midrule",
		...table.rows.map((row) => line(row.map(cellOf))),
		"    \\bottomrule",
		"  \\end{tabular}",
		...table.notes.map((note) => `  \\par\\smallskip{\\footnotesize ${escapeLatex(note)}}`),
		"\\end{table}",
		"",
	].join("\n");
}

const SPECIAL: Record<string, string> = {
	"\\": "\\textbackslash{}",
	"~": "\\textasciitilde{}",
	"^": "\\textasciicircum{}",
	"|": "\\textbar{}",
	"<": "\\textless{}",
	">": "\\textgreater{}",
	"±": "$\\pm$",
	"×": "$\\times$",
	"−": "$-$",
	"–": "--",
	...{ "·": "$\\cdot$", "…": "\\ldots{}", "≤": "$\\leq$", "≥": "$\\geq$" },
	...{ λ: "$\\lambda$", γ: "$\\gamma$", ρ: "$\\rho$", τ: "$\\tau$" },
	"²": "\\textsuperscript{2}",
	"³": "\\textsuperscript{3}",
	"\n": " ",
};

/** Text with LaTeX's ten special characters, bars, angles, and the few signs and Greek letters of the field made printable. */
export const escapeLatex = (text: string): string =>
	text.replace(/[\\~^|<>±×−–·…≤≥λγρτ²³\n#$%&_{}]/g, (sign) => SPECIAL[sign] ?? `\\${sign}`);

function cellOf(cell: Cell): string {
	const { value, rest, best } = wordsOf(cell);
	if (cell === null || typeof cell === "string") return escapeLatex(value);
	const mean = best ? `\\mathbf{${value}}` : value;
	return `$${mean.replace(/,/g, "{,}")}${rest.replace(" ± ", " \\pm ").replace(" [", "\\ [")}$`.replace(/−/g, "-");
}
