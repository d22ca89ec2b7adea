import type { Dataset, Split } from "./dataset";

/** Rows of one part of a data set, and how many of each event happened there. */
export type PartCounts = { part: keyof Split; impression: number } & Record<string, number | string>;

/** Impressions and events of the three parts, for a table. */
export const countsOf = ({ split, events }: Dataset): PartCounts[] =>
	(Object.keys(split) as (keyof Split)[]).map((part) => ({
		part,
		impression: split[part].length,
		...Object.fromEntries(
			Object.entries(events).map(([event, happened]) => [
				event,
				split[part].reduce((sum, row) => sum + happened[row], 0),
			]),
		),
	}));
