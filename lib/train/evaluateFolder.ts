import { pCVR } from "../core/prob";
import type { Dataset, Split } from "../data/dataset";
import { readCard } from "../data/prepared/card";
import { streamPrepared } from "../data/prepared/stream";
import { evaluateScored, type Piece } from "../metrics/evaluate";
import type { MetricValue } from "../metrics/value";
import { interrupted } from "./interrupt";
import type { Predictions } from "./predictRows";
import { type ScratchColumn, scratchColumn } from "./scratchColumns";

/** Whatever predicts rows of a data set: a `Fitted`. */
export interface Predictor {
	predictOn(data: Dataset, rows: Int32Array): Predictions;
}

/** What `evaluateFolder` needs. */
export interface EvaluateFolder {
	fitted: Predictor;
	/** A prepared folder. */
	folder: string;
	part: keyof Split;
	/** Hears rows predicted, of all. */
	progress?: (done: number, total: number) => void;
	/** Stops after the piece at hand. A notebook's "stop" does so without it. */
	signal?: AbortSignal;
}

/**
 * Every metric of a model over a part of a prepared folder that need not fit into memory: the names and values of
 * `evaluate`, to the last bit.
 *
 * One pass predicts every column and puts it aside on disk (4 bytes a row and Prob, 1 an event, 4 a truth and a user; in the folder itself, in
 * files that are gone afterwards). Then one Prob after another is read back and measured, which takes memory of 9 bytes a row:
 * score, label, and room to sort. Where the folder knows the truth it is 16; where it knows users, 4 more.
 *
 * @throws InputError no prepared folder, or one that the model was not trained on
 * @throws Error it was stopped, or the disk is full
 */
export async function evaluateFolder(options: EvaluateFolder): Promise<Record<string, MetricValue>> {
	const { fitted, folder, part, progress } = options;
	const card = await readCard(folder);
	const rows = card.rows[part];
	const stop = interrupted(options.signal);
	const columns = new Map<
		string,
		ScratchColumn<Float32Array> | ScratchColumn<Int32Array> | ScratchColumn<Uint8Array>
	>();
	const aside = <A extends Float32Array | Int32Array | Uint8Array>(
		name: string,
		make: new (n: number) => A,
		values: A,
	) => {
		const column = (columns.get(name) ?? scratchColumn(make, folder)) as ScratchColumn<A>;
		columns.set(name, column as never);
		column.append(values);
	};
	const probs: string[] = [];
	const truths = new Set<string>();
	try {
		let done = 0;
		for await (const data of streamPrepared(folder, part)) {
			const predictions = fitted.predictOn(data, data.split[part]);
			for (const [prob, scores] of Object.entries(predictions)) {
				if (!probs.includes(prob)) probs.push(prob);
				aside(`score ${prob}`, Float32Array, scores);
			}
			for (const [event, happened] of Object.entries(data.events)) aside(`event ${event}`, Uint8Array, happened);
			if (data.user) aside("user of rows", Int32Array, data.user);
			for (const [name, truth] of Object.entries(data.truth)) {
				if (!(name in predictions) && !(name === "conversion|do(click)" && pCVR in predictions)) continue;
				truths.add(name);
				aside(`truth ${name}`, Float32Array, truth);
			}
			done += data.rows;
			progress?.(done, rows);
			await new Promise(setImmediate);
			if (stop.now()) throw new Error(`stopped after ${done} of ${rows} rows: nothing was measured`);
		}
		const read = (kind: string, names: readonly string[]) =>
			names.map((name) => {
				const column = columns.get(`${kind} ${name}`);
				if (!column) throw new Error(`no column "${kind} ${name}" was put aside`);
				return [name, column.pieces()] as const;
			});
		return evaluateScored({
			rows,
			probs,
			events: Object.keys(card.events),
			truths: [...truths],
			...(card.users === undefined ? {} : { users: card.users }),
			*pieces(prob, events, ofTruths): Generator<Piece> {
				const [happened, truth] = [read("event", events), read("truth", ofTruths)];
				const user = card.users === undefined || events.length === 0 ? [] : read("user", ["of rows"]);
				const next = (of: ReturnType<typeof read>) =>
					Object.fromEntries(of.map(([name, pieces]) => [name, pieces.next().value]));
				for (const scores of read("score", [prob])[0][1])
					yield {
						scores: scores as Float32Array,
						events: next(happened),
						truth: next(truth),
						...(user.length > 0 ? { user: next(user)["of rows"] } : {}),
					};
			},
		});
	} finally {
		stop.release();
		for (const column of columns.values()) column.close();
	}
}
