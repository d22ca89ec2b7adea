import type { Tensor } from "@tensorflow/tfjs-core";
import { stream } from "../core/random";
import { tf } from "./native";

/** An input of a function under test. */
export interface Given {
	readonly shape: readonly number[];
	readonly values: Float32Array;
}

/** Standard normal draws of a shape, the same ones for a name. */
export function drawn(name: string, ...shape: number[]): Given {
	const { normal } = stream(1, name);
	return { shape, values: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, normal) };
}

/**
 * Compares a function of tensors with a plain one in float64: its value, and its gradient in every input with central
 * differences of the plain one. The gradient is that of a sum of all outputs with random factors.
 *
 * @param ours takes tensors of the given shapes
 * @param plain takes the same values in float64 and gives the output's, in the same order
 * @param tolerance of an element's difference, as a share of the largest element of its array (at least of 1)
 * @throws Error naming the array, the element and both numbers
 */
export function checkGradient<Name extends string>(
	given: Readonly<Record<Name, Given>>,
	ours: (inputs: Record<Name, Tensor>) => Tensor,
	plain: (inputs: Record<Name, Float64Array>) => ArrayLike<number>,
	tolerance = 2e-5,
): void {
	const names = Object.keys(given) as Name[];
	const of = <T>(make: (name: Name) => T) => Object.fromEntries(names.map((n) => [n, make(n)])) as Record<Name, T>;
	const inputs = of((name) => Float64Array.from(given[name].values));
	const expected = Float64Array.from(plain(inputs));
	const { normal } = stream(2, "factors");
	const factors = expected.map(normal);
	const total = () => {
		const out = plain(inputs);
		return factors.reduce((sum, factor, i) => sum + factor * out[i], 0);
	};
	tf.tidy(() => {
		const tensors = names.map((name) => tf.tensor(given[name].values, [...given[name].shape]));
		let value: ArrayLike<number> = [];
		const loss = (...xs: Tensor[]) => {
			const out = ours(of((name) => xs[names.indexOf(name)]));
			value = out.dataSync();
			return tf.sum(tf.mul(out, tf.tensor(Float32Array.from(factors), out.shape)));
		};
		const gradients = tf.grads(loss)(tensors);
		compare("value", value, expected, tolerance);
		for (const [k, name] of names.entries()) {
			const x = inputs[name];
			const numeric = x.map((at, i) => {
				const h = 1e-5 * Math.max(1, Math.abs(at));
				const [low, high] = [at - h, at + h].map((moved) => {
					x[i] = moved;
					return total();
				});
				x[i] = at;
				return (high - low) / (2 * h);
			});
			compare(`gradient in ${name}`, gradients[k].dataSync(), numeric, tolerance);
		}
	});
}

function compare(what: string, ours: ArrayLike<number>, expected: Float64Array, tolerance: number): void {
	if (ours.length !== expected.length)
		throw new Error(`${what}: ${ours.length} elements where there should be ${expected.length}`);
	const size = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
	for (let i = 0; i < expected.length; i++)
		if (!(Math.abs(ours[i] - expected[i]) <= tolerance * size))
			throw new Error(`${what}, element ${i}: ${ours[i]}, in float64 ${expected[i]}`);
}
