import { unknownName } from "../../core/problem";
import type { Staged } from "../prepared/staged";
import type { Schema } from "../schema";
import { CSTWA_FIELDS, HISTORIES } from "./elements";
import type { ColumnNames } from "./pieces";

/** Which of Ali-CCP's fields are features, and how. */
export interface AliCcpFields {
	/** Fields of which the last id counts; where skeleton and common row both have one, the common row's. */
	singles: readonly string[];
	/** Fields whose ids are a list of the skeleton row, with their log counts as weights. */
	rowLists: readonly string[];
	/** Fields whose ids are a list of the common row, with their log counts as weights, the heaviest first. */
	commonLists: readonly string[];
}

/**
 * `cstwa` (CSTWA 2023, after AITM's preparation): 18 single-valued fields; 853's last id, no 210, no histories.
 * `esmm` (ESMM 2018): all fields; 210, 853 and the four histories are lists.
 */
export const aliCcpProtocols = {
	cstwa: { singles: CSTWA_FIELDS, rowLists: [], commonLists: [] },
	esmm: {
		singles: CSTWA_FIELDS.filter((field) => field !== "853"),
		rowLists: ["853", "210"],
		commonLists: HISTORIES,
	},
} as const satisfies Record<string, AliCcpFields>;

/** Name of a protocol for Ali-CCP. */
export type AliCcpProtocol = keyof typeof aliCcpProtocols;

/**
 * The protocol of a name.
 *
 * @throws InputError there is none of that name
 */
export function aliCcpProtocol(name: string): AliCcpProtocol {
	if (!Object.hasOwn(aliCcpProtocols, name)) throw unknownName("protocol", name, Object.keys(aliCcpProtocols));
	return name as AliCcpProtocol;
}

/** What the columns of a protocol mean. */
export function aliCcpSchema({ singles, rowLists, commonLists }: AliCcpFields): Schema {
	const lists = [...rowLists, ...commonLists];
	return {
		user: "101",
		events: { click: "click", conversion: "conversion" },
		implies: { conversion: "click" },
		features: {
			...Object.fromEntries(singles.map((field) => [field, { kind: "id" as const }])),
			...Object.fromEntries(lists.map((field) => [field, { kind: "ids" as const, weights: `${field}.weights` }])),
		},
	};
}

/** Columns of the tables into which a protocol's raw rows go: of a row, and of a common row where it has lists. */
export function aliCcpColumns({ singles, rowLists, commonLists }: AliCcpFields): {
	row: ColumnNames;
	common: ColumnNames;
} {
	const number = commonLists.length > 0 ? ["common"] : [];
	return {
		row: { bytes: ["click", "conversion"], whole: [...number, ...singles], lists: rowLists },
		common: { bytes: [], whole: ["common"], lists: commonLists },
	};
}

/** Where a protocol's columns lie in the tables `staged` and `staged_common`. */
export function aliCcpStaged({ singles, rowLists, commonLists }: AliCcpFields): Staged {
	const lists = (fields: readonly string[], of: "row" | "common") =>
		fields.map((field) => [field, { kind: "ids" as const, of, weights: true }] as const);
	return {
		events: ["click", "conversion"],
		user: "101",
		features: {
			...Object.fromEntries(singles.map((field) => [field, { kind: "id" as const, of: "row" as const }])),
			...Object.fromEntries([...lists(rowLists, "row"), ...lists(commonLists, "common")]),
		},
	};
}
