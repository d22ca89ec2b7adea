import { InputError } from "../../core/problem";
import type { Random } from "../../core/random";
import type { FAULTS } from "./elements";
import { type CommonRow, commonLine, type SkeletonRow, skeletonLine } from "./row";
import type { Element } from "./world";

/** A fault by its short name in FAULTS. */
export type FaultName = keyof typeof FAULTS;

/** How many rows to spoil with each fault. */
export type Faults = Partial<Record<FaultName, number>>;

/**
 * Chooses which rows get which fault.
 *
 * @throws InputError more faults than rows that may have one
 */
export function plantFaults(
	faults: Faults,
	rows: number,
	random: Random,
	may: (row: number) => boolean,
): Map<number, FaultName> {
	const wanted = Object.entries(faults).flatMap(([name, count]) => new Array<FaultName>(count).fill(name as FaultName));
	const plan = new Map<number, FaultName>();
	if (wanted.length === 0) return plan;
	const candidates = random.shuffle(Int32Array.from({ length: rows }, (_, row) => row).filter(may));
	if (wanted.length > candidates.length)
		throw new InputError(
			`${wanted.length} faults, but only ${candidates.length} rows that may have one: write more rows`,
		);
	for (const [index, name] of wanted.entries()) plan.set(candidates[index], name);
	return plan;
}

/** The line of a skeleton row with a fault planted in it. `kept` is the sampleID of an earlier row without one. */
export function damagedSkeleton(row: SkeletonRow, fault: FaultName, kept: number): string {
	switch (fault) {
		case "commas":
			return `${row.sample},${row.click},${row.conversion},${row.md5}\n`;
		case "sample":
			return skeletonLine({ ...row, sample: `x${row.sample}` });
		case "label":
			return skeletonLine({ ...row, click: 2 });
		case "contradiction":
			return skeletonLine({ ...row, click: 0, conversion: 1 });
		case "unknownMd5":
			return skeletonLine({ ...row, md5: "0" });
		case "duplicateSample":
			return skeletonLine({ ...row, sample: kept });
		case "empty":
			return "\n";
		default:
			return `${row.sample},${row.click},${row.conversion},${damagedCommon(row, fault)}`;
	}
}

/** The line of a common row with a fault planted in it; of a skeleton row, what comes after the labels. */
export function damagedCommon(row: CommonRow, fault: FaultName): string {
	const withFirst = (change: (element: Element) => Element): string =>
		commonLine({ ...row, elements: row.elements.map((element, index) => (index === 0 ? change(element) : element)) });
	switch (fault) {
		case "empty":
			return "\n";
		case "duplicateMd5":
			return commonLine(row);
		case "commas":
			return `${row.md5}\n`;
		case "md5":
			return commonLine({ ...row, md5: `${row.md5}-` });
		case "featureNum":
			return commonLine({ ...row, num: `${row.elements.length}x` });
		case "count":
			return commonLine({ ...row, num: row.elements.length + 1 });
		case "element":
			return commonLine(row).replace("\x02", "");
		case "field":
			return withFirst(([, id, value]) => ["999", id, value]);
		case "id":
			return withFirst(([field, , value]) => [field, 2 ** 31, value]);
		case "value":
			return withFirst(([field, id]) => [field, id, "abc"]);
		case "nul":
			return withFirst(([field, id]) => [field, id, "1\0"]);
		case "bytes":
			return withFirst(([field, id]) => [field, id, "1\xff"]);
		case "tooLong":
			return withFirst(([field, id]) => [field, id, `1.${"0".repeat(1 << 20)}`]);
		default:
			throw new InputError(`a common row cannot have the fault "${fault}"`);
	}
}
