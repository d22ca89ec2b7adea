import { CSTWA_FIELDS, type FeatureList, FIELDS } from "./elements";

/** How many elements lists have. */
export interface ListLengths {
	mean: number;
	least: number;
	most: number;
}

/** What the rows that were kept look like before they are encoded. */
export interface AliCcpStatistics {
	/** Elements of a skeleton row. */
	rowElements: ListLengths;
	/** Elements of a common row. */
	commonElements: ListLengths;
	/** Kept rows by kept common rows. */
	rowsPerCommonRow: number;
	/** Field → share of the rows that have it, and how many ids those rows have of it (of their common row's too). */
	fields: Record<string, { share: number; idsPerRow: number }>;
}

/** Sums from which statistics are made; those of two scans add up. */
export interface StatisticSums {
	rows: number;
	/** Number of lists, sum, least and most of their lengths. */
	rowElements: number[];
	commonElements: number[];
	/** By place in FIELDS: rows that have the field, and ids of it. */
	having: number[];
	ids: number[];
}

/** Adds a length to number, sum, least and most. */
function addLength(lengths: number[], length: number): void {
	lengths[0]++;
	lengths[1] += length;
	if (length < lengths[2]) lengths[2] = length;
	if (length > lengths[3]) lengths[3] = length;
}

const noLengths = (): number[] => [0, 0, Number.POSITIVE_INFINITY, 0];

/**
 * Gathers the sums of one part. A common row's `numbers` are its last ids of CSTWA_FIELDS, then how many ids it has of each of
 * the fields `counted` (places in FIELDS).
 */
export function statisticSums(counted: readonly number[]) {
	const width = CSTWA_FIELDS.length;
	const zeros = () => FIELDS.map(() => 0);
	const sums: StatisticSums = {
		...{ rows: 0, rowElements: noLengths(), commonElements: noLengths() },
		...{ having: zeros(), ids: zeros() },
	};
	const { having, ids, rowElements, commonElements } = sums;
	const isCounted = FIELDS.map((_, place) => counted.includes(place));
	const single = FIELDS.map((_, place) => place).filter((place) => !isCounted[place]);
	const elements = ({ counts }: FeatureList) => {
		let sum = 0;
		for (let field = 0; field < counts.length; field++) sum += counts[field];
		return sum;
	};
	return {
		sums,
		common: (list: FeatureList): void => addLength(commonElements, elements(list)),
		row(list: FeatureList, numbers: Int32Array, at: number): void {
			sums.rows++;
			addLength(rowElements, elements(list));
			for (let i = 0; i < single.length; i++) {
				const place = single[i];
				const n = numbers[at + place] === 0 ? list.counts[place] : 1;
				ids[place] += n;
				if (n > 0) having[place]++;
			}
			for (let i = 0; i < counted.length; i++) {
				const n = list.counts[counted[i]] + numbers[at + width + i];
				ids[counted[i]] += n;
				if (n > 0) having[counted[i]]++;
			}
		},
	};
}

/** The statistics of all parts together. */
export function statisticsOf(parts: readonly StatisticSums[], commonRows: number): AliCcpStatistics {
	const total = (of: (part: StatisticSums) => number) => parts.reduce((sum, part) => sum + of(part), 0);
	const lengths = (name: "rowElements" | "commonElements"): ListLengths => {
		const [n, sum] = [total((part) => part[name][0]), total((part) => part[name][1])];
		if (n === 0) return { mean: 0, least: 0, most: 0 };
		const [least, most] = [Math.min(...parts.map((p) => p[name][2])), Math.max(...parts.map((p) => p[name][3]))];
		return { mean: sum / n, least, most };
	};
	const rows = total((part) => part.rows);
	return {
		rowElements: lengths("rowElements"),
		commonElements: lengths("commonElements"),
		rowsPerCommonRow: rows / Math.max(1, commonRows),
		fields: Object.fromEntries(
			FIELDS.map((field, place) => {
				const having = total((part) => part.having[place]);
				const idsPerRow = total((part) => part.ids[place]) / Math.max(1, having);
				return [field, { share: having / Math.max(1, rows), idsPerRow }];
			}),
		),
	};
}
