import { CSTWA_FIELDS, type FeatureList, FIELDS } from "./aliccpElements";

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

/** Gathers lengths. */
function lengths() {
	let [n, sum, least, most] = [0, 0, Number.POSITIVE_INFINITY, 0];
	return {
		add(length: number): void {
			n++;
			sum += length;
			if (length < least) least = length;
			if (length > most) most = length;
		},
		result: (): ListLengths => (n === 0 ? { mean: 0, least: 0, most: 0 } : { mean: sum / n, least, most }),
	};
}

/**
 * Gathers the statistics of a scan. A common row's `numbers` are its last ids of CSTWA_FIELDS, then how many ids it has of
 * each of the fields `counted` (places in FIELDS).
 */
export function joinStatistics(counted: readonly number[]) {
	const width = CSTWA_FIELDS.length;
	const [rowElements, commonElements] = [lengths(), lengths()];
	const having = new Float64Array(FIELDS.length);
	const ids = new Float64Array(FIELDS.length);
	const isCounted = FIELDS.map((_, place) => counted.includes(place));
	const single = FIELDS.map((_, place) => place).filter((place) => !isCounted[place]);
	const elements = ({ counts }: FeatureList) => {
		let sum = 0;
		for (let field = 0; field < counts.length; field++) sum += counts[field];
		return sum;
	};
	let rows = 0;
	return {
		common: (list: FeatureList): void => commonElements.add(elements(list)),
		row(list: FeatureList, numbers: Int32Array, at: number): void {
			rows++;
			rowElements.add(elements(list));
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
		rows: () => rows,
		result: (commonRows: number): AliCcpStatistics => ({
			rowElements: rowElements.result(),
			commonElements: commonElements.result(),
			rowsPerCommonRow: rows / Math.max(1, commonRows),
			fields: Object.fromEntries(
				FIELDS.map((field, place) => [
					field,
					{ share: having[place] / Math.max(1, rows), idsPerRow: ids[place] / Math.max(1, having[place]) },
				]),
			),
		}),
	};
}
