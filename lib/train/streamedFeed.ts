import { complements, type Graph } from "../core/graph";
import { IMPRESSION } from "../core/prob";
import { stream } from "../core/random";
import { withComplements } from "../data/complement";
import type { Dataset } from "../data/dataset";
import { openDuckDb, sqlName, sqlText } from "../data/duckdb";
import { type Card, readCard } from "../data/prepared/card";
import { fileOf } from "../data/prepared/read";
import { readCommonLists, streamPrepared, withoutRows } from "../data/prepared/stream";
import type { Streamed } from "../data/prepared/streamed";
import { ahead } from "./ahead";
import type { Feed } from "./feed";

/**
 * The feed of a prepared folder whose rows stay on disk. Memory holds two pieces and the lists of common rows, whatever the
 * number of rows. Pieces come in the source's order; rows are shuffled within each by seed, stage, epoch and piece. All pieces
 * but the last are a whole number of batches, so the batches are as many and as large as in memory.
 */
export async function memoryless(
	{ streamed: folder, rows }: Streamed,
	graph: Graph,
	seed: number,
	batch: number,
): Promise<Feed> {
	const card = await readCard(folder);
	const sql = conditions(card, graph);
	const count = await counter(folder, sql);
	const common = await readCommonLists(folder, card);
	// A batch beyond the log is the whole of it.
	const all = Math.max(1, count());
	const size = batch > all ? all : batch * Math.max(1, Math.floor(rows / batch));
	const read = (space: string, skip: number): AsyncGenerator<Dataset> => {
		const where = space === IMPRESSION ? undefined : sql.get(space);
		return ahead(streamPrepared(folder, "train", { rows: size, where, skip, common }));
	};
	return {
		data: { ...withComplements(withoutRows(card), graph), card, folder },
		folder,
		order: `pieces of ${size}`,
		count,
		async first() {
			for await (const data of streamPrepared(folder, "train", { rows: 1, common }))
				return { data: withComplements(data, graph), at: data.split.train };
			throw new Error(`${folder} has no training row`);
		},
		async *batches({ stage, epoch, space, batch }, from) {
			const done = Math.min(from * batch, all);
			const first = Math.floor(done / size);
			let [piece, begin] = [first, done - first * size];
			for await (const data of read(space, first * size)) {
				const order = stream(seed, `shuffle/${stage}/${epoch}/${piece++}`).shuffle(data.split.train);
				const whole = withComplements(data, graph);
				for (; begin < order.length; begin += batch) yield { data: whole, at: order.subarray(begin, begin + batch) };
				begin = 0;
			}
		},
		async *pieces(space) {
			for await (const data of read(space, 0)) yield { data: withComplements(data, graph), at: data.split.train };
		},
	};
}

/** Event → SQL that is true where it happened, for the folder's events and those that the graph defines as complements. */
function conditions(card: Card, graph: Graph): Map<string, string> {
	const sql = new Map(Object.keys(card.events).map((event) => [event, `${sqlName(event)} = 1`]));
	for (const { event, space, of } of complements(graph)) {
		if (Object.hasOwn(card.events, event) || !sql.has(of)) continue;
		const within = sql.get(space);
		const here = `(NOT ${sql.get(of)}${within === undefined ? "" : ` AND ${within}`})`;
		sql.set(event, sql.has(event) ? `(${sql.get(event)} OR ${here})` : here);
	}
	return sql;
}

/** Counts of training rows by the events that happened together, from one pass over the events. */
async function counter(folder: string, sql: ReadonlyMap<string, string>): Promise<Feed["count"]> {
	const events = [...sql];
	const db = await openDuckDb({ memory: "256MB", threads: 2 });
	try {
		const named = events.map(([, condition], i) => `${condition} AS e${i}`);
		const keys = events.map((_, i) => `e${i}`);
		const groups = await db.rows(
			`SELECT ${[...keys, "count(*) AS n"].join(", ")} FROM (SELECT ${["1", ...named].join(", ")} FROM ${sqlText(fileOf(folder, "train"))}) ${events.length > 0 ? "GROUP BY ALL" : ""}`,
		);
		return (...wanted) => {
			const places = wanted
				.filter((event) => event !== IMPRESSION)
				.map((event) => events.findIndex(([name]) => name === event));
			return groups
				.filter((group) => places.every((i) => group[`e${i}`] === true))
				.reduce((sum, { n }) => sum + (n as number), 0);
		};
	} finally {
		db.close();
	}
}
