import { type Cell, checkTable, type Table, wordsOf } from "./table";

/** More columns of numbers than this are made to fit the line. */
const FIT = 9;

/**
 * The table as a LaTeX `table` with booktabs rules, ready for \input; its first line says which packages it needs. A table with many
 * columns is made as wide as the line.
 */
export function toLatex(table: Table): string {
	checkTable(table);
	const wide = table.columns.filter(({ align }) => align === "right").length > FIT;
	const line = (cells: string[]) => `    ${cells.join(" & ")} \\\\`;
	return [
		`% needs \\usepackage{booktabs}${wide ? " and \\usepackage{graphicx}" : ""}`,
		"\\begin{table}[t]",
		"  \\centering",
		`  \\caption{${escapeLatex(table.title)}}`,
		...(table.lead ?? []).map((line) => `  {\\footnotesize ${escapeLatex(line)}\\par}\\smallskip`),
		...(wide ? ["  \\resizebox{\\linewidth}{!}{%"] : []),
		`  \\begin{tabular}{${table.columns.map((column) => (column.align === "right" ? "r" : "l")).join("")}}`,
		"    \\toprule",
		line(table.columns.map((column) => escapeLatex(column.name))),
		"    \\midrule",
		...table.rows.map((row) => line(row.map(cellOf))),
		"    \\bottomrule",
		`  \\end{tabular}${wide ? "}" : ""}`,
		...notesOf(table.notes),
		"\\end{table}",
		"",
	].join("\n");
}

/** All notes in one box, a paragraph each. */
const notesOf = (notes: readonly string[]): string[] =>
	notes.length === 0
		? []
		: [
				"  \\par\\smallskip",
				"  \\begin{minipage}{\\linewidth}\\footnotesize",
				...notes.map((note) => `    ${escapeLatex(note)}\\par`),
				"  \\end{minipage}",
			];

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
