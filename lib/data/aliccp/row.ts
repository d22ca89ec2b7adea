import type { Element } from "./world";

/** A row of sample_skeleton, before it is written. */
export interface SkeletonRow {
	sample: number | string;
	click: number;
	conversion: number;
	md5: string;
	elements: readonly Element[];
	/** What feature_num says where it is not the number of elements. */
	num?: number | string;
}

/** A row of common_features, before it is written. */
export type CommonRow = Pick<SkeletonRow, "md5" | "elements" | "num">;

/** The line of a skeleton row, with its line end. */
export const skeletonLine = (row: SkeletonRow): string =>
	`${row.sample},${row.click},${row.conversion},${commonLine(row)}`;

/** The line of a common row, with its line end. */
export function commonLine({ md5, elements, num = elements.length }: CommonRow): string {
	let line = `${md5},${num},`;
	for (let i = 0; i < elements.length; i++) {
		const [field, id, value] = elements[i];
		line += `${i > 0 ? "\x01" : ""}${field}\x02${id}\x03${value}`;
	}
	return `${line}\n`;
}
