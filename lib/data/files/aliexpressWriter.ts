import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stream } from "../../core/random";
import { aliExpress } from "./aliexpress";

/** What {@link writeAliExpress} wrote, counted while writing. */
export interface WrittenAliExpress {
	files: string[];
	rows: { train: number; test: number };
	/** Rows with a conversion but no click, of both files. */
	contradictions: number;
}

/**
 * Writes a small train.csv and test.csv in AliExpress' exact format: made-up values, some rows with a conversion but no click,
 * categories from 0. For trying the reader without the data.
 */
export async function writeAliExpress(
	folder: string,
	{ rows, seed }: { rows: number; seed: number },
): Promise<WrittenAliExpress> {
	const names = Object.keys(aliExpress.schema.features);
	const written: WrittenAliExpress = { files: [], rows: { train: 0, test: 0 }, contradictions: 0 };
	for (const part of ["train", "test"] as const) {
		const random = stream(seed, part);
		const n = part === "train" ? rows : Math.ceil(rows / 2);
		const lines = [["search_id", ...names, "click", "conversion"].join(",")];
		let search = 0;
		for (let row = 0; row < n; row++) {
			if (row === 0 || random.uniform() < 0.3) search += 1 + random.int(90);
			const values = names.map((name) =>
				name.startsWith("categorical") ? random.int(6) : Number(random.uniform().toFixed(6)),
			);
			const click = random.uniform() < 0.05 + 0.1 * values[0] ? 1 : 0;
			const conversion = random.uniform() < (click === 1 ? 0.3 : 0.02) ? 1 : 0;
			if (conversion > click) written.contradictions++;
			lines.push([search, ...values, click, conversion].join(","));
		}
		const path = join(folder, `${part}.csv`);
		await writeFile(path, `${lines.join("\n")}\n`);
		written.files.push(path);
		written.rows[part] = n;
	}
	return written;
}
