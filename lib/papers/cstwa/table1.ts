import { countsOf } from "../../data/counts";
import type { Dataset } from "../../data/dataset";
import { published } from "../published";
import { type CountedOn, statisticRows } from "../statistics/statistics";
import type { PaperTable } from "../table/table";

/** What CSTWA's Table 1 counts in a prepared data set. */
export interface PreparedCounts {
	/** Ids that the vocabulary keeps: seen at least the minimum frequency in the training part. Null without such a field. */
	users: number | null;
	items: number | null;
	train: number;
	validation: number;
	test: number;
	/** Clicks, and conversions, of all impressions of the three parts. */
	pos_click_pct: number;
	pos_purchase_pct: number;
}

/** Counts a prepared data set: its minimum frequency and its split are those it was prepared with. */
export function preparedCounts(data: Dataset, { user = "user", item = "item" } = {}): PreparedCounts {
	const kept = (name: string) => {
		const field = data.fields.find((field) => field.name === name);
		return field?.kind === "id" ? field.size - 1 : null;
	};
	const parts = countsOf(data);
	const total = (name: string) => parts.reduce((sum, part) => sum + Number(part[name]), 0);
	const rows = (part: string) => parts.find((one) => one.part === part)?.impression ?? 0;
	return {
		users: kept(user),
		items: kept(item),
		train: rows("train"),
		validation: rows("valid"),
		test: rows("test"),
		pos_click_pct: total("click") / total("impression"),
		pos_purchase_pct: total("conversion") / total("impression"),
	};
}

const columns = ["users", "items", "train", "validation", "test", "pos_click_pct", "pos_purchase_pct"] as const;

/** Table 1 of CSTWA: its public cut of Ali-CCP and its industrial log, beside prepared data sets of ours. */
export function cstwaTable1(counts: readonly PreparedCounts[], on: CountedOn): PaperTable {
	const rows = ["Public", "Industrial"].flatMap((label) =>
		statisticRows(
			columns.map((column) => ({
				label,
				column,
				values: counts.map((one) => one[column]),
				published: published("CSTWA", "Table 1", label, column),
			})),
			{ log: on.log, own: on.own && label === "Public" },
		),
	);
	return {
		paper: "cstwa",
		title: "CSTWA, Table 1",
		table: "Table 1",
		notes: [
			`ours: ${on.log}`,
			"users and items are those that the minimum frequency leaves in the vocabulary",
			"theirs: the public cut drops ids seen fewer than 10 times and takes a tenth of the training rows for validation",
		],
		rows,
	};
}
