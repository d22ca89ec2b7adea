import type { PreparedAliCcp } from "../data/aliccp/prepare";
import { cardText, parts } from "../data/prepared/card";
import { type Table, tableOf } from "../view/table";

/** The statistics page of a prepared Ali-CCP: rows by part, what was dropped, fields, and lengths of rows. */
export function aliCcpTables({ card, scan, users, items }: PreparedAliCcp): Table[] {
	const { statistics } = scan;
	const byPart = tableOf(
		`Rows of ${card.name}`,
		parts.map((part) => ({
			part,
			rows: card.rows[part],
			clicks: card.events.click[part],
			"clicks, %": percent(card.events.click[part], card.rows[part]),
			conversions: card.events.conversion[part],
			"conversions by click, %": percent(card.events.conversion[part], card.events.click[part]),
		})),
		{
			digits: 3,
			notes: [
				`${card.read} rows read, ${users} users, ${items.all} items, ${percent(items.once, items.all).toFixed(1)} % of them in one row only.`,
			],
		},
	);
	const lost = [
		...card.dropped.map((row) => ({ ...row, what: "row" })),
		...card.remarks.map((row) => ({ ...row, what: "other" })),
	];
	const dropped =
		lost.length === 0
			? []
			: [
					tableOf(
						"Left out",
						lost.map(({ what, reason, count, first }) => ({ what, reason, count, first })),
					),
				];
	const fields = tableOf(
		"Fields",
		card.fields.map((field) => {
			const { share, idsPerRow } = statistics.fields[field.name];
			const unknown = card.unknown[field.name];
			return {
				field: field.name,
				kind: field.kind === "ids" ? `list of the ${field.of === "row" ? "row" : "common row"}` : field.kind,
				vocabulary: field.kind === "number" ? null : field.size - 1,
				"rows that have it": share,
				"ids by row": idsPerRow,
				...Object.fromEntries(parts.map((part) => [`unknown, ${part}`, unknown[part]])),
			};
		}),
		{
			digits: 3,
			notes: [
				`Vocabulary: ids in at least ${card.minFrequency} training rows. Ids by row: before histories are cut, over rows that have any. Unknown: share of the ids there are.`,
			],
		},
	);
	const { rowElements, commonElements, rowsPerCommonRow } = statistics;
	const lengths = tableOf(
		"Elements",
		[
			{ of: "skeleton row", ...rowElements },
			{ of: "common row", ...commonElements },
		],
		{
			digits: 1,
			notes: [`${rowsPerCommonRow.toFixed(1)} rows a common row (${scan.commonRows} common rows).`, cardText(card)],
		},
	);
	return [byPart, ...dropped, fields, lengths];
}

const percent = (part: number, whole: number): number => (whole === 0 ? 0 : (100 * part) / whole);
