/**
 * The few operations that behaviour graphs and their losses are written in. A formula written once over an
 * algebra gives float64 numbers, exact derivatives (dual numbers) and tensors.
 *
 * Everything is in log space: a product of probabilities is a sum, and 1 − p never cancels.
 */
export interface Algebra<T> {
	constant(value: number): T;
	add(a: T, b: T): T;
	sub(a: T, b: T): T;
	mul(a: T, b: T): T;
	neg(a: T): T;
	/** log σ(s) = −softplus(−s), for a logit s. */
	logSigmoid(s: T): T;
	/** log(eᵃ + eᵇ). */
	logAddExp(a: T, b: T): T;
	/** log(1 − eᴸ) for L ≤ 0; L is first clamped to at most `LOG_CLAMP`, so 1 − p ≥ 1e-7 and the gradient stays finite. */
	log1mexp(L: T): T;
	/** The larger of a and a constant. */
	atLeast(a: T, bound: number): T;
}

/** The largest log-probability that `log1mexp` uses. */
export const LOG_CLAMP = -1e-7;

const logSigmoid = (s: number): number => Math.min(s, 0) - Math.log1p(Math.exp(-Math.abs(s)));

/** log(1 − eᴸ) by the branch that keeps its digits (M. Mächler, "Accurately computing log(1 − exp(−|a|))", 2012). */
function log1mexp(L: number): number {
	const clamped = Math.min(L, LOG_CLAMP);
	return clamped > -Math.LN2 ? Math.log(-Math.expm1(clamped)) : Math.log1p(-Math.exp(clamped));
}

const logAddExp = (a: number, b: number): number => {
	const top = Math.max(a, b);
	return top === Number.NEGATIVE_INFINITY ? top : top + Math.log1p(Math.exp(-Math.abs(a - b)));
};

/** Plain float64 numbers. */
export const numbers: Algebra<number> = {
	constant: (value) => value,
	add: (a, b) => a + b,
	sub: (a, b) => a - b,
	mul: (a, b) => a * b,
	neg: (a) => -a,
	logSigmoid,
	logAddExp,
	log1mexp,
	atLeast: Math.max,
};

/** A float64 value with its derivative along one direction. */
export interface Dual {
	readonly value: number;
	readonly slope: number;
}

/** Dual numbers: forward-mode derivatives of any formula, exact to float64. */
export const duals: Algebra<Dual> = {
	constant: (value) => ({ value, slope: 0 }),
	add: (a, b) => ({ value: a.value + b.value, slope: a.slope + b.slope }),
	sub: (a, b) => ({ value: a.value - b.value, slope: a.slope - b.slope }),
	mul: (a, b) => ({ value: a.value * b.value, slope: a.slope * b.value + a.value * b.slope }),
	neg: (a) => ({ value: -a.value, slope: -a.slope }),
	logSigmoid: (s) => ({ value: logSigmoid(s.value), slope: s.slope * Math.exp(logSigmoid(-s.value)) }),
	logAddExp(a, b) {
		const value = logAddExp(a.value, b.value);
		return { value, slope: a.slope * Math.exp(a.value - value) + b.slope * Math.exp(b.value - value) };
	},
	log1mexp(L) {
		const inside = L.value <= LOG_CLAMP;
		return { value: log1mexp(L.value), slope: inside ? -L.slope / Math.expm1(-L.value) : 0 };
	},
	atLeast: (a, bound) => (a.value >= bound ? a : { value: bound, slope: 0 }),
};
