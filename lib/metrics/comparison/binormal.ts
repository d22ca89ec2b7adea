import type { Random } from "../../core/random";
import { normalCdf } from "./distributions";

/** Two models' scores of the same drawn rows, of which the AUCs are known: for tests of intervals. */
export interface DrawnScores {
	a: Float32Array;
	b: Float32Array;
	labels: Uint8Array;
	user: Int32Array;
}

/** How score vectors are drawn. */
export interface Binormal {
	users: number;
	/** Rows of a user: 1 + a geometric number, this many in the mean. */
	rowsPerUser: number;
	/** Mean score of positives above that of negatives, in the model a and b. */
	shift: { a: number; b: number };
	/** Deviation of the positives' noise; that of the negatives' is 1. */
	spread: number;
	/** Deviation of what a user adds to all scores of the user's rows, half of its variance common to a and b. */
	effect: number;
}

/** Share of users who are positive in most of their rows, and what both kinds of users have as P(positive). */
const [KEEN, OFTEN, SELDOM] = [0.3, 0.8, 0.05];

/**
 * Draws rows, labels and both score vectors. A user's rows depend on each other twice: the user adds a random effect to all their
 * scores, and has a rate of positives of its own, which no effect depends on. Noise of a row is correlated ½ between a and b.
 */
export function drawScores({ users, rowsPerUser, shift, spread, effect }: Binormal, random: Random): DrawnScores {
	const [a, b, labels, user]: [number[], number[], number[], number[]] = [[], [], [], []];
	const half = Math.SQRT1_2;
	for (let u = 0; u < users; u++) {
		const rate = random.uniform() < KEEN ? OFTEN : SELDOM;
		const common = random.normal();
		const [ofA, ofB] = [0, 1].map(() => effect * half * (common + random.normal()));
		do {
			const label = random.uniform() < rate ? 1 : 0;
			const deviation = label === 1 ? spread : 1;
			const noise = random.normal();
			a.push(shift.a * label + ofA + deviation * half * (noise + random.normal()));
			b.push(shift.b * label + ofB + deviation * half * (noise + random.normal()));
			labels.push(label);
			user.push(u);
		} while (random.uniform() < 1 - 1 / rowsPerUser);
	}
	return {
		a: Float32Array.from(a),
		b: Float32Array.from(b),
		labels: Uint8Array.from(labels),
		user: Int32Array.from(user),
	};
}

/**
 * AUC of the population in model a or b: P(score of a positive of one user > score of a negative of another) = Φ(Δμ/√(σ₊² + σ₋²)),
 * where the user's effect is part of both variances. Pairs within a user, which a sample also holds, are 1/users of all.
 */
export const populationAuc = (shift: number, { spread, effect }: Pick<Binormal, "spread" | "effect">): number =>
	normalCdf(shift / Math.sqrt(spread * spread + 1 + 2 * effect * effect));

/** The shift at which the population has an AUC. */
export function shiftOf(auc: number, { spread, effect }: Pick<Binormal, "spread" | "effect">): number {
	let [low, high] = [-10, 10];
	for (let step = 0; step < 60; step++) {
		const middle = (low + high) / 2;
		if (normalCdf(middle) < auc) low = middle;
		else high = middle;
	}
	return high * Math.sqrt(spread * spread + 1 + 2 * effect * effect);
}
