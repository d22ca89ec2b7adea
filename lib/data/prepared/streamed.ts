/** A prepared folder that is not read into memory: `fit` takes its rows from disk, a piece at a time. */
export interface Streamed {
	readonly streamed: string;
	/** Most rows of a piece: the largest multiple of the batch that is no larger. */
	readonly rows: number;
}

/**
 * A prepared folder as data for `fit` that need not fit into memory: `fit(esmm, { data: streamed("my-log"), … })`.
 *
 * The pieces come in the folder's order in every epoch, and rows are shuffled within each piece; while one is trained on, the
 * next is read. So it shuffles less than `readPrepared` does, and the same model ends with other weights: whoever prepares a log
 * whose rows lie in order of time or of outcome, and streams it, should take pieces that are large.
 *
 * @param rows most rows of a piece; two of them are in memory at a time, at 4 bytes a feature and 1 an event
 */
export const streamed = (folder: string, rows = 262_144): Streamed => ({ streamed: folder, rows });
