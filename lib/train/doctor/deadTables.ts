import type { Stage } from "../../core/model";
import { type Dataset, rowsIn } from "../../data/dataset";
import { embeddedOf, tableRowsOf } from "../../data/gather";
import { freeing, tf } from "../../tensor/native";
import type { Network } from "../step";
import { type Finding, warning } from "./finding";
import { spread } from "./sample";

/** Rows of each stage whose ids are watched. */
const ROWS = 256;

/** Watches whether embeddings learn. */
export interface TableWatch {
	/** Hears of every update that is done. */
	stepped(network: Network, stage: number, epoch: number, step: number): void;
	/** Hears of the end of an epoch, after so many updates. */
	ended(network: Network, stage: number, epoch: number, steps: number): Finding[];
}

/** The ids of one field on some rows. */
interface Ids {
	field: string;
	ids: Int32Array;
}

/** Field → the rows of a table that are its ids. */
type TableRows = ReadonlyMap<string, Float32Array>;

/**
 * Tables, and fields of a table, whose rows stay as they are in the first epoch of every stage: nothing that is learnt reads them.
 * The ids of 256 training rows of the stage are read after its first update and after its first epoch; in between each of them is in
 * a batch at least once. A table that a stage freezes is left out, and so is a training with a learning rate of 0.
 *
 * Nothing is said of a training that went on from a checkpoint before that, nor where such an epoch is a single update.
 */
export function watchTables(data: Pick<Dataset, "fields" | "events" | "split">, stages: readonly Stage[]): TableWatch {
	let before = new Map<string, TableRows>();
	let watched: Ids[] = [];
	/** Stages whose first epoch was watched from its first update to its end. */
	const seen = new Set<number>();
	/** Table → field → whether its rows changed in the first epoch of a stage. */
	const alive = new Map<string, Map<string, boolean>>();
	return {
		stepped(network, stage, epoch, step) {
			if (epoch !== 1 || step !== 1) return;
			const { space } = stages[stage - 1];
			watched = idsOf(data, spread(rowsIn(data, data.split.train, space), ROWS));
			before = read(network, watched);
		},
		ended(network, stage, epoch, steps) {
			if (epoch !== 1) return [];
			if (before.size > 0 && steps > 1) seen.add(stage);
			for (const [table, now] of read(network, before.size > 0 ? watched : [])) {
				const learnt = alive.get(table) ?? new Map<string, boolean>();
				alive.set(table, learnt);
				const then = before.get(table);
				for (const [field, rows] of now) {
					const old = then?.get(field);
					const changed = !old || rows.some((value, at) => value !== old[at]);
					learnt.set(field, changed || learnt.get(field) === true);
				}
			}
			before = new Map();
			if (stage < stages.length || seen.size < stages.length || network.hyper.lr === 0) return [];
			const frozen = (table: string) =>
				stages.some(({ freeze = [] }) => freeze.some((prefix) => table.startsWith(prefix)));
			return [...alive].flatMap(([table, learnt]) => (frozen(table) ? [] : dead(table, learnt)));
		},
	};
}

function dead(table: string, learnt: ReadonlyMap<string, boolean>): Finding[] {
	const finding = (where: string, look: string) =>
		warning("dead embedding", where, "did not change in the first epoch: no gradient reaches the rows it uses", look);
	if (![...learnt.values()].includes(true))
		return [finding(`table ${table}`, "whether a tower reads it, and whether a loss reads that tower")];
	return [...learnt]
		.filter(([, changed]) => !changed)
		.map(([field]) =>
			finding(`field ${field} of table ${table}`, "whether the towers read that part of the embedding"),
		);
}

/** The different ids of each embedded field on some rows. */
function idsOf({ fields }: Pick<Dataset, "fields">, rows: Int32Array): Ids[] {
	return fields.flatMap((field): Ids[] => {
		if (field.kind === "number") return [];
		const ids = new Set<number>();
		for (const row of rows) {
			const list = field.kind === "ids" && field.list ? field.list[row] : row;
			const [begin, end] = field.kind === "id" ? [row, row + 1] : [field.offsets[list], field.offsets[list + 1]];
			for (let at = begin; at < end; at++) ids.add(field.ids[at]);
		}
		return ids.size === 0 ? [] : [{ field: field.name, ids: Int32Array.from(ids) }];
	});
}

/** Each table's rows of these ids. Tables of another height than their fields together have ids of their own: left out. */
function read({ weights, data }: Network, watched: readonly Ids[]): Map<string, TableRows> {
	const tables = new Map<string, TableRows>();
	for (const { name, kind, of, value } of weights.values()) {
		if (kind !== "table" || watched.length === 0) continue;
		const fields = embeddedOf(data.fields).filter(({ group }) => !of || (group === "item") === (of === "item"));
		if (tableRowsOf(fields) !== value.shape[0]) continue;
		let first = 0;
		const rows = new Map<string, Float32Array>();
		for (const { name: field, size } of fields) {
			const ids = watched.find((one) => one.field === field)?.ids.map((id) => first + id);
			if (ids)
				rows.set(
					field,
					freeing(() => value.rows(tf.tensor1d(ids, "int32")).dataSync().slice() as Float32Array),
				);
			first += size;
		}
		if (rows.size > 0) tables.set(name, rows);
	}
	return tables;
}
