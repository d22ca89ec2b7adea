import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { importFiles } from "../data/files/importFiles";
import { toyDataset } from "../data/toyDataset";

/** For tests: the toy rows as a prepared folder, `out`, with their split. A file of them is left in `scratch`. */
export async function toyFolder(scratch: string, out: string): Promise<void> {
	const { fields, events, split, rows } = toyDataset();
	const columns = fields.map((field) => (field.kind === "number" ? field.values : (field.ids as ArrayLike<number>)));
	const part = (row: number) => (["train", "valid", "test"] as const).find((name) => split[name].includes(row));
	const lines = Array.from({ length: rows }, (_, row) =>
		[...columns.map((column) => column[row]), events.click[row], events.conversion[row], part(row)].join(","),
	);
	const file = join(scratch, "toy.csv");
	writeFileSync(file, `${["a", "b", "number", "click", "conversion", "part"].join(",")}\n${lines.join("\n")}\n`);
	const schema = {
		events: { click: "click", conversion: "conversion" },
		implies: { conversion: "click" },
		features: { a: { kind: "id" }, b: { kind: "id" }, number: { kind: "number" } },
	} as const;
	const about = { name: "toy", schema, split: { by: "column", column: "part" }, text: new Set<string>() } as const;
	await importFiles({ files: [file], schema: about, out, minFrequency: 1 });
}
