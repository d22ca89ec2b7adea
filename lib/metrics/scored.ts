/** What metrics need to know of the rows at hand; every column has one entry a row. */
export interface Labelled {
	/** Event → 0/1. */
	readonly events: Readonly<Record<string, Uint8Array>>;
	/** Prob → true probability, where the log is simulated. */
	readonly truth: Readonly<Record<string, Float32Array>>;
	/** Number of the user, from 0, where the log names users; −1 for a row without one. */
	readonly user?: Int32Array;
}

/** Picks rows of labels and truths. */
export function labelled(of: Labelled, rows: Int32Array): Labelled {
	const picked = <A extends Uint8Array | Float32Array | Int32Array>(from: A, column: A): A => {
		for (let i = 0; i < rows.length; i++) column[i] = from[rows[i]];
		return column;
	};
	const pick = <A extends Uint8Array | Float32Array>(columns: Readonly<Record<string, A>>, make: (n: number) => A) =>
		Object.fromEntries(Object.entries(columns).map(([name, from]) => [name, picked(from, make(rows.length))]));
	return {
		events: pick(of.events, (n) => new Uint8Array(n)),
		truth: pick(of.truth, (n) => new Float32Array(n)),
		...(of.user ? { user: picked(of.user, new Int32Array(rows.length)) } : {}),
	};
}

/** Some rows, in order: one prediction column with the labels and truths that go with it. */
export interface Piece extends Labelled {
	readonly scores: Float32Array;
}

/** Predictions with labels and truths, wherever they lie; metrics read one prediction column after another. */
export interface Scored {
	readonly rows: number;
	/** What was predicted, and the names of the labels and truths that there are. */
	readonly probs: readonly string[];
	readonly events: readonly string[];
	readonly truths: readonly string[];
	/** How many users are numbered, where the log names users; every piece then has them. */
	readonly users?: number;
	/** The rows of one prediction column, in order, with at least the events and truths that are named. */
	pieces(prob: string, events: readonly string[], truths: readonly string[]): Iterable<Piece>;
}
