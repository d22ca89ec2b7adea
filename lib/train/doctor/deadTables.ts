import type { Stage } from "../../core/model";
import { type Dataset, rowsIn } from "../../data/dataset";
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

/** The ids of one field on some rows, as rows of the table that all fields share. */
interface Ids {
	field: string;
	ids: Int32Array;
}

/**
 * Tables, and fields of a table, whose rows stay as they are in the first epoch of every stage: nothing that is learnt reads them.
 * The ids of 256 training rows of the stage are read after its first update and after its first epoch; in between each of them is in
 * a batch at least once. A table that a stage freezes is left out, and so is a training with a learning rate of 0.
 *
 * Nothing is said of a training that went on from a checkpoint before that, nor where such an epoch is a single update.
 */
export function watchTables(data: Pick<Dataset, "fields" | "events" | "split">, stages: readonly Stage[]): TableWatch {
	let before = new Map<string, Float32Array[]>();
	let watched: Ids[] = [];
	/** Stages whose first epoch was watched from its first update to its end. */
	const seen = new Set<number>();
	const alive = new Map<string, Set<string>>();
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
				const learnt = alive.get(table) ?? new Set();
				alive.set(table, learnt);
				const then = before.get(table);
				for (const [i, { field }] of watched.entries())
					if (!then || now[i].some((value, at) => value !== then[i][at])) learnt.add(field);
			}
			before = new Map();
			if (stage < stages.length || seen.size < stages.length || network.hyper.lr === 0) return [];
			const frozen = (table: string) =>
				stages.some(({ freeze = [] }) => freeze.some((prefix) => table.startsWith(prefix)));
			return [...alive].flatMap(([table, learnt]) => (frozen(table) ? [] : dead(table, watched, learnt)));
		},
	};
}

function dead(table: string, watched: readonly Ids[], learnt: ReadonlySet<string>): Finding[] {
	const finding = (where: string, look: string) =>
		warning("dead embedding", where, "did not change in the first epoch: no gradient reaches the rows it uses", look);
	if (learnt.size === 0)
		return [finding(`table ${table}`, "whether a tower reads it, and whether a loss reads that tower")];
	return watched
		.filter(({ field }) => !learnt.has(field))
		.map(({ field }) =>
			finding(`field ${field} of table ${table}`, "whether the towers read that part of the embedding"),
		);
}

/** The different ids of each embedded field on some rows. */
function idsOf({ fields }: Pick<Dataset, "fields">, rows: Int32Array): Ids[] {
	let from = 0;
	return fields.flatMap((field): Ids[] => {
		if (field.kind === "number") return [];
		const ids = new Set<number>();
		for (const row of rows) {
			const list = field.kind === "ids" && field.list ? field.list[row] : row;
			const [begin, end] = field.kind === "id" ? [row, row + 1] : [field.offsets[list], field.offsets[list + 1]];
			for (let at = begin; at < end; at++) ids.add(from + field.ids[at]);
		}
		from += field.size;
		return ids.size === 0 ? [] : [{ field: field.name, ids: Int32Array.from(ids) }];
	});
}

/** Each table's rows of these ids, field by field. Tables of another height than all fields together have ids of their own: left out. */
function read({ weights, data }: Network, watched: readonly Ids[]): Map<string, Float32Array[]> {
	const height = data.fields.reduce((sum, field) => sum + (field.kind === "number" ? 0 : field.size), 0);
	const tables = [...weights.values()].filter(({ kind, value }) => kind === "table" && value.shape[0] === height);
	if (watched.length === 0) return new Map();
	const all = Int32Array.from(watched.flatMap(({ ids }) => [...ids]));
	return new Map(
		tables.map(({ name, value }) => {
			const rows = freeing(() => value.rows(tf.tensor1d(all, "int32")).dataSync().slice() as Float32Array);
			const width = rows.length / all.length;
			let [from, to] = [0, 0];
			const parts = watched.map(({ ids }) => {
				[from, to] = [to, to + ids.length];
				return rows.subarray(from * width, to * width);
			});
			return [name, parts];
		}),
	);
}
