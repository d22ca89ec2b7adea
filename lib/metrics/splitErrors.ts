import type { Estimate } from "./estimate";

/** Errors against the truth over some rows. */
export interface SplitErrors {
	n: number;
	/** Σ truth over them. */
	truth: number;
	rmse: Estimate;
	mae: Estimate;
	pcoc: Estimate;
}

/**
 * rmse, mae and pcoc against the truth over clicked and over un-clicked rows apart, in one pass: where a model that learnt from clicked
 * rows alone goes wrong. Values and standard errors are those of `rmse`, `mae` and `pcoc` over the rows, up to rounding.
 */
export function splitErrors(
	scores: ArrayLike<number>,
	truth: ArrayLike<number>,
	click: Uint8Array,
): { clicked: SplitErrors; unclicked: SplitErrors } {
	// A row of sums for the un-clicked, then one for the clicked.
	const sums = new Float64Array(2 * SUMS);
	for (let i = 0; i < scores.length; i++) {
		const [p, c] = [scores[i], truth[i]];
		const at = click[i] === 1 ? SUMS : 0;
		const square = (p - c) * (p - c);
		sums[at]++;
		sums[at + 1] += Math.abs(p - c);
		sums[at + 2] += square;
		sums[at + 3] += square * square;
		sums[at + 4] += p;
		sums[at + 5] += c;
		sums[at + 6] += p * p;
		sums[at + 7] += p * c;
		sums[at + 8] += c * c;
	}
	return { clicked: errorsOf(sums.subarray(SUMS)), unclicked: errorsOf(sums.subarray(0, SUMS)) };
}

const SUMS = 9;

function errorsOf([n, absolute, squares, fourth, p, c, pp, pc, cc]: Float64Array): SplitErrors {
	const errorOf = (squares: number) => (n > 1 ? Math.sqrt(Math.max(0, squares) / (n - 1) / n) : 0);
	const rmse = Math.sqrt(squares / n);
	const ratio = p / c;
	return {
		n,
		truth: c,
		rmse: { value: rmse, se: rmse > 0 ? errorOf(fourth - squares ** 2 / n) / (2 * rmse) : 0 },
		mae: { value: absolute / n, se: errorOf(squares - absolute ** 2 / n) },
		pcoc: { value: ratio, se: errorOf(pp - 2 * ratio * pc + ratio * ratio * cc) / (c / n) },
	};
}
