/** Memory for the metrics of one prediction column at a time, taken once: 9 bytes a row, 16 where the truth is known, 4 more where users are. */
export interface Room {
	/** Predictions of the rows at hand, in their order; metrics overwrite them. */
	readonly scores: Float32Array;
	/** 0/1, labels or clicks. Where there is a truth they share its scratch memory, and are gone once something was sorted with it. */
	readonly labels: Uint8Array;
	/** True probabilities. Empty where no truth is known. */
	readonly truth: Float32Array;
	/** Number of the user. Empty where the log names none. */
	readonly user: Int32Array;
	/** For sorting scores, and the truth with them. */
	readonly scratch: readonly [Uint32Array, Uint32Array];
}

/** Room for so many rows. */
export function roomFor(rows: number, withTruth: boolean, withUsers: boolean): Room {
	const beside = withTruth ? rows : 0;
	const second = new Uint32Array(beside);
	return {
		scores: new Float32Array(rows),
		labels: withTruth ? new Uint8Array(second.buffer, 0, rows) : new Uint8Array(rows),
		truth: new Float32Array(beside),
		user: new Int32Array(withUsers ? rows : 0),
		scratch: [new Uint32Array(rows), second],
	};
}

/** The first rows of a room. */
export const firstRows = ({ scores, labels, truth, user, scratch }: Room, rows: number): Room => ({
	scores: scores.subarray(0, rows),
	labels: labels.subarray(0, rows),
	truth: truth.subarray(0, rows),
	user: user.subarray(0, rows),
	scratch: [scratch[0].subarray(0, rows), scratch[1].subarray(0, rows)],
});
