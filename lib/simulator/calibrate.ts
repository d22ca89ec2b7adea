import { InputError } from "../core/problem";
import { effectsOf, type Intercepts, type Odds } from "./behaviour";
import { intentFactors, microCount, NODES, oracle, quadrature, truthColumns } from "./oracle";
import type { Knobs } from "./presets";

const logit = (p: number): number => Math.log(p / (1 - p));

/**
 * Solves the intercepts so that the rates of the whole log hit their targets: click, then the five micro actions, cart
 * and wish, conversion, each weighted by P(click) over the rows. Targets are never per occasion.
 *
 * The table is used whole up to a million rows, beyond that every n-th request, one to two million rows in all.
 *
 * @throws InputError a target that no intercept reaches
 */
export function calibrate(knobs: Knobs, odds: Odds, progress?: (share: number) => void): Intercepts {
	const { N, L } = knobs;
	// A sample first brings the start near the solution; few passes over the full table are then left.
	const samples = [20_000, 1_000_000].map((size) => wholeRequests(N, L, Math.max(1, Math.floor(N / size))));
	const solveOn = (names: string[], targets: number[], means: (b: number[], sample: Int32Array) => Float64Array) => {
		let found: Solution = { b: targets.map(logit), slope: targets.map(() => 1) };
		for (const sample of samples) found = solve(names, targets, found, (b) => means(b, sample));
		return found.b;
	};
	const [click] = solveOn(["ctr"], [knobs.ctr], ([b], sample) => clickRate(knobs, odds, b, sample));
	progress?.(0.1);
	const micro = solveOn(
		knobs.micro.map((_, k) => `micro[${k}]`),
		knobs.micro,
		(b, sample) => microRates(knobs, odds, { click, micro: b }, sample),
	);
	progress?.(0.25);
	const [cart, wish] = solveOn(["cart", "wish"], [knobs.cart, knobs.wish], (b, sample) =>
		macroRates(knobs, odds, { click, micro, cart: b[0], wish: b[1] }, sample),
	);
	progress?.(0.5);
	const [conversion] = solveOn(["cvr"], [knobs.cvr], ([b], sample) =>
		conversionRate(knobs, odds, { click, micro, cart, wish, conversion: b }, sample),
	);
	progress?.(1);
	return { click, micro, cart, wish, conversion };
}

/** Rows of every `stride`-th request: whole slates, so that positions keep their shares. */
function wholeRequests(N: number, L: number, stride: number): Int32Array {
	const rows: number[] = [];
	for (let start = 0; start < N; start += L * stride)
		for (let row = start; row < Math.min(N, start + L); row++) rows.push(row);
	return Int32Array.from(rows);
}

/** Intercepts and the slope of each rate's logit at them. */
interface Solution {
	b: number[];
	slope: number[];
}

/** Largest distance to a target, on the logit scale: about a millionth of the rate. */
const CLOSE = 1e-6;

/**
 * Root of each rate in its own intercept: bisection, with a secant step on the logit scale wherever that stays inside
 * the bracket. Each rate rises with its intercept.
 */
function solve(names: string[], targets: number[], start: Solution, means: (b: number[]) => Float64Array): Solution {
	const b = [...start.b];
	const slope = [...start.slope];
	const low = b.map(() => -40);
	const high = b.map(() => 40);
	const before = b.map(() => ({ at: Number.NaN, off: Number.NaN }));
	let reached = means(b);
	for (let round = 0; round < 80; round++) {
		const off = targets.map((target, j) => logit(reached[j]) - logit(target));
		if (off.every((value) => Math.abs(value) < CLOSE)) return { b, slope };
		for (let j = 0; j < b.length; j++) {
			if (Math.abs(off[j]) < CLOSE) continue;
			if (off[j] < 0) low[j] = b[j];
			else high[j] = b[j];
			const secant = (off[j] - before[j].off) / (b[j] - before[j].at);
			if (secant > 0) slope[j] = secant;
			before[j] = { at: b[j], off: off[j] };
			const next = b[j] - off[j] / slope[j];
			b[j] = next > low[j] && next < high[j] ? next : (low[j] + high[j]) / 2;
		}
		reached = means(b);
	}
	const j = targets.findIndex((target, at) => !(Math.abs(logit(reached[at]) - logit(target)) < CLOSE));
	throw new InputError(
		`knob "${names[j]}" = ${targets[j]} cannot be reached: the nearest rate of this world is ${reached[j].toPrecision(3)}. Choose a value that can be`,
	);
}

function clickRate(knobs: Knobs, odds: Odds, b: number, sample: Int32Array): Float64Array {
	const click = intentFactors(effectsOf(knobs)).click.map((factor) => factor * Math.exp(-b));
	const weights = quadrature.map(({ weight }) => weight);
	let sum = 0;
	for (const row of sample) {
		let p = 0;
		for (let k = 0; k < NODES; k++) p += weights[k] / (1 + odds.click[row] * click[k]);
		sum += p * odds.exam[row];
	}
	return Float64Array.of(sum / sample.length);
}

function microRates(
	knobs: Knobs,
	odds: Odds,
	b: Pick<Intercepts, "click" | "micro">,
	sample: Int32Array,
): Float64Array {
	const intent = intentFactors(effectsOf(knobs));
	const click = intent.click.map((factor) => factor * Math.exp(-b.click));
	const actions = Float64Array.from(b.micro, (value) => Math.exp(-value));
	const weights = quadrature.map(({ weight }) => weight);
	const sums = new Float64Array(5);
	let clicks = 0;
	for (const row of sample)
		for (let k = 0; k < NODES; k++) {
			const weighted = (weights[k] * odds.exam[row]) / (1 + odds.click[row] * click[k]);
			const micro = odds.micro[row] * intent.micro[k];
			clicks += weighted;
			for (let j = 0; j < 5; j++) sums[j] += weighted / (1 + micro * actions[j]);
		}
	return sums.map((sum) => sum / clicks);
}

function macroRates(knobs: Knobs, odds: Odds, b: Omit<Intercepts, "conversion">, sample: Int32Array): Float64Array {
	const effects = effectsOf(knobs);
	const intent = intentFactors(effects);
	const click = intent.click.map((factor) => factor * Math.exp(-b.click));
	const actions = Float64Array.from(b.micro, (value) => Math.exp(-value));
	const cartByMicro = effects.cartByMicro.map((factor) => factor * Math.exp(-b.cart));
	const wishByMicro = effects.wishByMicro.map((factor) => factor * Math.exp(-b.wish));
	const weights = quadrature.map(({ weight }) => weight);
	const count = new Float64Array(6);
	let [carts, wishes, clicks] = [0, 0, 0];
	for (const row of sample) {
		const occasion = odds.occasion[row];
		for (let k = 0; k < NODES; k++) {
			const weighted = (weights[k] * odds.exam[row]) / (1 + odds.click[row] * click[k]);
			microCount(odds.micro[row] * intent.micro[k], actions, count);
			const macro = odds.macro[row] * intent.macro[k];
			const cartOdds = macro * effects.cartByOccasion[occasion];
			const wishOdds = macro * effects.wishByOccasion[occasion];
			let cart = 0;
			let wish = 0;
			for (let n = 0; n < 6; n++) {
				cart += count[n] / (1 + cartOdds * cartByMicro[n]);
				wish += count[n] / (1 + wishOdds * wishByMicro[n]);
			}
			carts += weighted * cart;
			wishes += weighted * wish;
			clicks += weighted;
		}
	}
	return Float64Array.of(carts / clicks, wishes / clicks);
}

function conversionRate(knobs: Knobs, odds: Odds, b: Intercepts, sample: Int32Array): Float64Array {
	const truthAt = oracle(knobs, odds, b);
	const truth = new Float64Array(truthColumns.length);
	const [pctr, pctcvr] = [truthColumns.indexOf("pctr"), truthColumns.indexOf("pctcvr")];
	let clicks = 0;
	let conversions = 0;
	for (const row of sample) {
		truthAt(row, truth);
		clicks += truth[pctr];
		conversions += truth[pctcvr];
	}
	return Float64Array.of(conversions / clicks);
}
