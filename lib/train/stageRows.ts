import type { Stage } from "../core/model";
import { InputError } from "../core/problem";
import { stream } from "../core/random";
import type { StageRows } from "../core/sampling";
import type { Feed } from "./feed";
import { predictRows } from "./predictRows";
import type { Network } from "./step";

/** What a stage with a sampling or weights trains on; reckoned when the stage begins. */
export interface Chosen {
	/** The rows of an epoch, some perhaps several times; undefined where the stage takes each row of its space once. */
	rows(epoch: number): Int32Array | undefined;
	/** By row number of the data set; mean 1 over the stage's rows. */
	readonly weights?: Float32Array;
	/** Kish's effective sample size of the stage's rows, (Σw)² / Σw², where they are weighed: as many equal ones tell as much. */
	readonly effectiveRows?: number;
}

/**
 * The rows of a stage and what they weigh. It is a function of the seed, the log and weights that the stage leaves as they are,
 * so a training that goes on in the middle of the stage has the same.
 *
 * @throws InputError a streamed log; copies or weights that are no numbers of at least 0; nothing left to train on
 */
export async function choose(network: Network, feed: Feed, stage: Stage, number: number): Promise<Chosen> {
	const { sample, weigh } = stage;
	if (!sample && !weigh) return { rows: () => undefined };
	const { name } = network.model;
	if (feed.folder !== undefined)
		throw new InputError(
			`${name}: stage ${number} samples or weighs rows, which needs them in memory: load ${feed.folder} whole`,
		);
	const [{ data, at }] = await all(feed.pieces(stage.space));
	const columns: StageRows = {
		rows: at.length,
		event: (event) => Uint8Array.from(at, (row) => data.events[event][row]),
		prob: (prob) => predictRows(network, at, [prob])[prob],
	};
	const checked = (what: string, values: Float32Array | undefined): Float32Array | undefined => {
		const wrong = values?.findIndex((value) => !(value >= 0 && Number.isFinite(value))) ?? -1;
		if (wrong >= 0)
			throw new InputError(`${name}: stage ${number} gives row ${at[wrong]} the ${what} ${values?.[wrong]}`);
		return values;
	};
	const copies = checked("number of copies", sample?.copies(columns));
	const weights = weigh && (checked("weight", weigh(columns)) as Float32Array);
	return {
		rows: (epoch) =>
			copies && drawn(copies, at, `${name}: stage ${number}`, stream(network.seed, streamOf(stage, number, epoch))),
		...(weights ? { weights: scaled(weights, at, data.rows), effectiveRows: effectiveRows(weights) } : {}),
	};
}

const streamOf = ({ sample }: Stage, number: number, epoch: number): string =>
	`sample/${number}/${sample?.drawn === "once" ? 0 : epoch}`;

function drawn(copies: Float32Array, at: Int32Array, where: string, random: { uniform(): number }): Int32Array {
	const rows: number[] = [];
	for (let i = 0; i < at.length; i++) {
		const whole = Math.floor(copies[i]);
		const rest = copies[i] - whole;
		const times = whole + (rest > 0 && random.uniform() < rest ? 1 : 0);
		for (let k = 0; k < times; k++) rows.push(at[i]);
	}
	if (rows.length === 0) throw new InputError(`${where} draws none of its ${at.length} rows: raise its rate`);
	return Int32Array.from(rows);
}

/** (Σw)² / Σw² (Kish 1965). */
function effectiveRows(weights: Float32Array): number {
	const sum = weights.reduce((total, w) => total + w, 0);
	return (sum * sum) / weights.reduce((total, w) => total + w * w, 0);
}

/** Weights by row number of the data set, scaled to a mean of 1. */
function scaled(weights: Float32Array, at: Int32Array, rows: number): Float32Array {
	const mean = weights.reduce((sum, w) => sum + w, 0) / weights.length;
	const byRow = new Float32Array(rows);
	for (let i = 0; i < at.length; i++) byRow[at[i]] = weights[i] / mean;
	return byRow;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
	const list: T[] = [];
	for await (const item of items) list.push(item);
	return list;
}
