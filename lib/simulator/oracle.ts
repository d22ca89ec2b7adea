import { type Effects, effectsOf, type Intercepts, type Odds } from "./behaviour";
import type { Knobs } from "./presets";

/**
 * Columns of the truth, per impression: probabilities given everything but hidden intent, which is integrated out.
 *
 * `pctr` P(click); `pcvr_obs` P(conversion | click), what every method estimates from a log; `pcvr_do`
 * P(conversion | do(click)), the counterfactual rate, identified by no method without assumptions; `pctcvr`
 * P(click, conversion). Given the click: `pmi_obs` P(micro), `pma_obs` P(macro), `p_buy_given_a` and `p_buy_given_oa`
 * P(conversion | macro or not), `p_ma_given_mi` and `p_ma_given_omi` P(macro | micro or not).
 */
export const truthColumns = [
	"pctr",
	"pcvr_obs",
	"pcvr_do",
	"pctcvr",
	"pmi_obs",
	"pma_obs",
	"p_buy_given_a",
	"p_buy_given_oa",
	"p_ma_given_mi",
	"p_ma_given_omi",
] as const;

/** The truths of one row, in the order of `truthColumns`. */
export type Truth = Float64Array;

const half = [
	[0, 128 / 315],
	[1.023255663789133, 0.2440975028949394],
	[2.07684797867783, 0.04991640676521788],
	[3.20542900285647, 0.002789141321231769],
	[4.512745863399783, 0.00002234584400774658],
];

/** Gauss-Hermite rule of nine nodes for a standard normal: exact for polynomials up to degree 17. */
export const quadrature: { node: number; weight: number }[] = [
	...half
		.slice(1)
		.reverse()
		.map(([node, weight]) => ({ node: -node, weight })),
	...half.map(([node, weight]) => ({ node, weight })),
];

/** Number of quadrature nodes. */
export const NODES = quadrature.length;

/** Hidden intent at the quadrature nodes as factors of the odds against each behaviour. */
export function intentFactors(effects: Effects): Record<keyof Effects["intent"], Float64Array> {
	const at = (gamma: number) => Float64Array.from(quadrature, ({ node }) => Math.exp(-gamma * node));
	const { intent } = effects;
	return {
		click: at(intent.click),
		micro: at(intent.micro),
		macro: at(intent.macro),
		conversion: at(intent.conversion),
	};
}

/**
 * Distribution of the number of micro actions, a Poisson-binomial by convolution.
 *
 * @param odds common odds against
 * @param actions further factor of each of the five actions
 * @param out P(0 actions) … P(5)
 */
export function microCount(odds: number, actions: Float64Array, out: Float64Array): void {
	out[0] = 1;
	for (let k = 0; k < 5; k++) {
		const p = 1 / (1 + odds * actions[k]);
		const not = 1 - p;
		out[k + 1] = out[k] * p;
		for (let n = k; n > 0; n--) out[n] = out[n] * not + out[n - 1] * p;
		out[0] *= not;
	}
}

/**
 * The exact probabilities of a row in float64: a sum over nine nodes of intent, 0…5 micro actions and the four
 * combinations of cart and wish.
 *
 * Both mixtures hold to rounding, as total probability:
 * pcvr_obs = pma_obs·p_buy_given_a + (1 − pma_obs)·p_buy_given_oa (ESM²) and
 * pma_obs = pmi_obs·p_ma_given_mi + (1 − pmi_obs)·p_ma_given_omi (HM³).
 *
 * @returns a function that writes the truths of a row into `out`
 */
export function oracle(knobs: Knobs, odds: Odds, b: Intercepts): (row: number, out: Truth) => void {
	const effects = effectsOf(knobs);
	const intent = intentFactors(effects);
	const weights = Float64Array.from(quadrature, ({ weight }) => weight);
	const click = intent.click.map((factor) => factor * Math.exp(-b.click));
	const actions = Float64Array.from(b.micro, (value) => Math.exp(-value));
	// Node-major tables, six counts of micro actions each.
	const table = (node: Float64Array, byMicro: Float64Array, intercept: number) =>
		Float64Array.from(
			{ length: NODES * 6 },
			(_, at) => node[Math.floor(at / 6)] * byMicro[at % 6] * Math.exp(-intercept),
		);
	const cartTable = table(intent.macro, effects.cartByMicro, b.cart);
	const wishTable = table(intent.macro, effects.wishByMicro, b.wish);
	const conversionTable = table(intent.conversion, effects.conversionByMicro, b.conversion);
	const { afterCart, afterWish } = effects;
	const afterBoth = afterCart * afterWish;
	const count = new Float64Array(6);

	return (row, out) => {
		const occasion = odds.occasion[row];
		const exam = odds.exam[row];
		const clickOdds = odds.click[row];
		const microOdds = odds.micro[row];
		const cartOdds = odds.macro[row] * effects.cartByOccasion[occasion];
		const wishOdds = odds.macro[row] * effects.wishByOccasion[occasion];
		const conversionOdds = odds.conversion[row];
		// Weighted by P(click | intent): click, micro, macro with and without micro, conversion with and without macro.
		let clicked = 0;
		let noMicro = 0;
		let macroAfterMicro = 0;
		let macroAlone = 0;
		let noMacro = 0;
		let boughtAfterMacro = 0;
		let boughtAlone = 0;
		let boughtIfClicked = 0;
		for (let k = 0; k < NODES; k++) {
			const weight = weights[k];
			const weighted = (weight * exam) / (1 + clickOdds * click[k]);
			microCount(microOdds * intent.micro[k], actions, count);
			let without = 0;
			let macro = 0;
			let macroFirst = 0;
			let buyAfter = 0;
			let buyAlone = 0;
			for (let n = 0; n < 6; n++) {
				const at = k * 6 + n;
				const p = count[n];
				const cart = cartOdds * cartTable[at];
				const wish = wishOdds * wishTable[at];
				const against = conversionOdds * conversionTable[at];
				const both = 1 / ((1 + cart) * (1 + wish));
				const onlyCart = wish * both;
				const onlyWish = cart * both;
				const neither = cart * onlyCart;
				const either = p * (onlyCart + onlyWish + both);
				macro += either;
				if (n === 0) macroFirst = either;
				without += p * neither;
				buyAfter +=
					p *
					(onlyCart / (1 + against * afterCart) +
						onlyWish / (1 + against * afterWish) +
						both / (1 + against * afterBoth));
				buyAlone += (p * neither) / (1 + against);
			}
			clicked += weighted;
			noMicro += weighted * count[0];
			macroAfterMicro += weighted * (macro - macroFirst);
			macroAlone += weighted * macroFirst;
			noMacro += weighted * without;
			boughtAfterMacro += weighted * buyAfter;
			boughtAlone += weighted * buyAlone;
			boughtIfClicked += weight * (buyAfter + buyAlone);
		}
		const macro = macroAfterMicro + macroAlone;
		const bought = boughtAfterMacro + boughtAlone;
		out[0] = clicked;
		out[1] = bought / clicked;
		out[2] = boughtIfClicked;
		out[3] = bought;
		out[4] = (clicked - noMicro) / clicked;
		out[5] = macro / clicked;
		out[6] = boughtAfterMacro / macro;
		out[7] = boughtAlone / noMacro;
		out[8] = macroAfterMicro / (clicked - noMicro);
		out[9] = macroAlone / noMicro;
	};
}
