import { InputError } from "../../core/problem";
import { stream } from "../../core/random";
import type { DuckDb } from "../duckdb";
import { tableColumns } from "./aliccpColumns";
import { CSTWA_FIELDS, type Elements, FIELDS } from "./aliccpElements";
import { keepHeaviest } from "./aliccpHeaviest";
import { type AliCcpProtocol, aliCcpProtocols } from "./aliccpProtocol";
import { type AliCcpScan, scanAliCcp } from "./aliccpScan";

/** What to stage, and where. */
export interface StageAliCcp {
	/** The raw files. */
	folder: string;
	protocol: AliCcpProtocol;
	db: DuckDb;
	/** Share of the train part's rows that become validation rows. */
	valid: number;
	/** Seed of the draw of the validation rows. */
	seed: number;
	/** Elements of a history that are kept: those with the largest log counts. */
	history: number;
	/** Bytes read, of all. What it throws ends the staging. */
	progress?: (doneBytes: number, totalBytes: number) => void;
}

/** Number of a part in the table `staged`. */
const [TRAIN, TEST, VALID] = [0, 1, 2];

/**
 * Reads Ali-CCP's raw files into the tables `staged` and, where the protocol has lists of the common side,
 * `staged_common`, in the order of the files. Validation rows are drawn from the train part as `split` draws them by source
 * without a group: row by row with one seed.
 *
 * @throws InputError as {@link scanAliCcp}, or no training or no validation row was drawn
 */
export async function stageAliCcp({
	folder,
	protocol,
	db,
	valid,
	seed,
	history,
	progress,
}: StageAliCcp): Promise<AliCcpScan> {
	const { singles, rowLists, commonLists } = aliCcpProtocols[protocol];
	const hasCommon = commonLists.length > 0;
	const staged = await tableColumns(db, "staged", {
		bytes: ["part", "click", "conversion"],
		whole: [...(hasCommon ? ["common"] : []), ...singles],
		lists: rowLists,
	});
	const common = hasCommon
		? await tableColumns(db, "staged_common", { bytes: [], whole: ["common"], lists: commonLists })
		: undefined;
	const { part: parts, click: clicks, conversion: conversions, common: commons } = staged.whole;
	const columns = singles.map((field) => staged.whole[field]);
	const places = singles.map((field) => CSTWA_FIELDS.indexOf(field as (typeof CSTWA_FIELDS)[number]));
	const placeOf = (field: string) => FIELDS.indexOf(field as (typeof FIELDS)[number]);
	const rowPlaces = rowLists.map(placeOf);
	const commonPlaces = commonLists.map(placeOf);
	const random = stream(seed, "split");
	const drawn = [0, 0, 0];

	const scan = await scanAliCcp({
		folder,
		lists: { rowLists, commonLists },
		progress,
		sink: {
			common(number, { lists }) {
				if (!common) return;
				common.whole.common[common.at()] = number;
				for (let i = 0; i < commonPlaces.length; i++) {
					const elements = lists[commonPlaces[i]] as Elements;
					keepHeaviest(elements, history);
					common.list(commonLists[i], elements);
				}
				common.next();
			},
			row({ part, click, conversion, common: number, ids, list }) {
				const at = staged.at();
				const of = part === 1 ? TEST : random.uniform() < valid ? VALID : TRAIN;
				drawn[of]++;
				parts[at] = of;
				clicks[at] = click;
				conversions[at] = conversion;
				if (hasCommon) commons[at] = number;
				for (let i = 0; i < columns.length; i++) columns[i][at] = ids[places[i]];
				for (let i = 0; i < rowPlaces.length; i++) staged.list(rowLists[i], list.lists[rowPlaces[i]] as Elements);
				staged.next();
			},
		},
	});
	staged.end();
	common?.end();
	for (const [of, name] of [
		[TRAIN, "training"],
		[VALID, "validation"],
	] as const)
		if (valid > 0 && drawn[of] === 0)
			throw new InputError(
				`${folder}: no ${name} row was drawn from ${drawn[TRAIN] + drawn[VALID]} rows: it is too small`,
			);
	return scan;
}
