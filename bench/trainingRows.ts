import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stream } from "../lib/core/random";
import type { Dataset } from "../lib/data/dataset";

/** Rows to train on: id fields of one vocabulary size each, clicks and conversions. */
export interface TrainingRows {
	rows: number;
	fields: number;
	/** Ids of each field. */
	size: number;
}

/** Share of the rows that are clicked, and of the clicked ones that convert. */
const RATES = { click: 0.04, conversion: 0.1 };

/**
 * Draws rows and writes them into a folder, for our program and for the peers': `ids.i32`, row after row, little-endian, each id
 * within its own field; `click.u8`, `conversion.u8`; and `rows.json`, what they are. Ids follow Zipf's law with exponent 1, each field
 * from a stream of its own; labels do not depend on them.
 */
export function writeTrainingRows(folder: string, { rows, fields, size }: TrainingRows, seed = 1): void {
	mkdirSync(folder, { recursive: true });
	const below = zipf(size);
	const ids = new Int32Array(rows * fields);
	for (let field = 0; field < fields; field++) {
		const random = stream(seed, `field/${field}`);
		for (let row = 0; row < rows; row++) ids[row * fields + field] = below(random.uniform());
	}
	const random = stream(seed, "labels");
	const click = Uint8Array.from({ length: rows }, () => +(random.uniform() < RATES.click));
	const conversion = click.map((clicked) => clicked & +(random.uniform() < RATES.conversion));
	writeFileSync(join(folder, "ids.i32"), new Uint8Array(ids.buffer));
	writeFileSync(join(folder, "click.u8"), click);
	writeFileSync(join(folder, "conversion.u8"), conversion);
	writeFileSync(join(folder, "rows.json"), JSON.stringify({ rows, fields, size }));
}

/** Zipf's law with exponent 1 over 0 … size − 1: the id at which a uniform draw falls. */
function zipf(size: number): (u: number) => number {
	const upTo = new Float64Array(size);
	let sum = 0;
	for (let id = 0; id < size; id++) {
		sum += 1 / (id + 1);
		upTo[id] = sum;
	}
	return (u) => {
		let [low, high] = [0, size - 1];
		while (low < high) {
			const middle = (low + high) >> 1;
			if (upTo[middle] > u * sum) high = middle;
			else low = middle + 1;
		}
		return low;
	};
}

/** The rows of a folder as a data set whose rows are all of the training part. */
export function readTrainingRows(folder: string): Dataset {
	const { rows, fields, size }: TrainingRows = JSON.parse(readFileSync(join(folder, "rows.json"), "utf8"));
	const bytes = (name: string) => new Uint8Array(readFileSync(join(folder, name)));
	const ids = new Int32Array(bytes("ids.i32").buffer);
	const none = new Int32Array(0);
	return {
		name: `${rows} rows of ${fields} fields with ${size} ids`,
		rows,
		fingerprint: "",
		split: { train: Int32Array.from({ length: rows }, (_, row) => row), valid: none, test: none },
		fields: Array.from({ length: fields }, (_, field) => ({
			kind: "id" as const,
			name: `f${field}`,
			size,
			ids: Int32Array.from({ length: rows }, (_, row) => ids[row * fields + field]),
		})),
		events: { click: bytes("click.u8"), conversion: bytes("conversion.u8") },
		truth: {},
		read: rows,
		dropped: [],
	};
}
