import { type BenchResult, digits } from "./figures";

const HEAD = `# Measured

Written by \`npm run bench -- NAME\`: each benchmark replaces its own section. Numbers of different sections, machines or days do not
compare; ratios within one section do.
`;

/**
 * The text of bench/RESULTS.md with this result in it. A section begins with "## NAME" and ends where the next begins; the section
 * of the same benchmark is replaced whole, the rest stays byte for byte.
 */
export function withResult(text: string, result: BenchResult): string {
	const whole = text.trim() === "" ? HEAD : text;
	const starts = [...whole.matchAll(/^## .*$/gm)].map((match) => match.index ?? 0);
	const own = starts.findIndex((at) => new RegExp(`^## ${result.bench}\\s*$`, "m").exec(whole.slice(at))?.index === 0);
	const section = sectionOf(result);
	if (own === -1) return `${whole.trimEnd()}\n\n${section}`;
	const [from, to] = [starts[own], starts[own + 1] ?? whole.length];
	const rest = whole.slice(to);
	return `${whole.slice(0, from)}${section}${rest === "" ? "" : `\n${rest}`}`;
}

/** One benchmark's section, in Markdown. */
export function sectionOf({ bench, machine, versions, commit, date, figures, notes }: BenchResult): string {
	const rows = Object.entries(figures).map(
		([name, { median, min, max }]) => `| ${name} | ${digits(median)} | ${digits(min)} | ${digits(max)} |`,
	);
	return [
		`## ${bench}`,
		"",
		`${date}, commit ${commit}; ${machine.processor}, ${machine.cores} cores, ${machine.memoryGB} GB, ${machine.system}; ${Object.entries(
			versions,
		)
			.map(([name, version]) => `${name} ${version}`)
			.join(", ")}.`,
		"",
		"| figure | median | least | most |",
		"|---|---:|---:|---:|",
		...rows,
		"",
		...notes.map((note) => `- ${note}`),
		"",
	].join("\n");
}

/** A result for a terminal. */
export function textOf({ machine, versions, commit, date, figures, notes }: BenchResult): string {
	const width = Math.max(...Object.keys(figures).map((name) => name.length));
	const columns = (name: string, ...values: string[]) =>
		`${name.padEnd(width)} ${values.map((value) => value.padStart(11)).join("")}`;
	return [
		`${date}, commit ${commit}; ${machine.processor}, ${machine.cores} cores, ${machine.memoryGB} GB, ${machine.system}`,
		Object.entries(versions)
			.map(([name, version]) => `${name} ${version}`)
			.join(", "),
		"",
		columns("figure", "median", "least", "most"),
		...Object.entries(figures).map(([name, { median, min, max }]) =>
			columns(name, digits(median), digits(min), digits(max)),
		),
		"",
		...notes,
	].join("\n");
}
