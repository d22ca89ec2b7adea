import { InputError } from "../lib/core/problem";
import { modelNamed } from "../lib/models";
import { engine, type NativeBackend, tf } from "../lib/tensor/native";
import { fit } from "../lib/train/fit";
import { timeOps } from "./opTimes";
import { readTrainingRows } from "./trainingRows";

/**
 * Trains ESMM on the rows of a folder and prints how fast: the steps after the first `WARM`, by the events of `fit`.
 *
 * `node --import tsx bench/trainProgram.ts FOLDER BATCH WARM time|profile`
 */
async function main(folder: string, batch: number, warm: number, what: string): Promise<void> {
	const { native, version } = engine();
	if (!native) throw new InputError("the benchmark needs native TensorFlow: npm run doctor says what is missing");
	const ops = what === "profile" ? timeOps(native) : undefined;
	const data = readTrainingRows(folder);
	const times: number[] = [];
	const losses: number[] = [];
	const on = ({ step, loss }: { step: number; loss: number }) => {
		times.push(performance.now());
		losses.push(loss);
		if (step === warm) ops?.forget();
	};
	const model = modelNamed("esmm");
	const fitted = await fit(model, { data, seed: 1, hyper: { embedding: 18, batch, epochs: 1 }, on });
	const steps = times.length - warm;
	const seconds = (times[times.length - 1] - times[warm - 1]) / 1000;
	// The last event comes before what ends the epoch, which is no part of a step.
	const profile = ops?.profile(steps, seconds);
	const widths = [data.fields.length * 18, ...(fitted.hyper.mlp as readonly number[]), 1];
	const matMulMs = ops ? null : productsMs(native, batch, widths);
	fitted.dispose();
	const answer = {
		samplesPerSecond: (steps * batch) / seconds,
		steps,
		matMulMs,
		loss: mean(losses.slice(-10)),
		profile,
	};
	process.stdout.write(`${JSON.stringify({ ...answer, versions: { tensorflow: version } })}\n`);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Milliseconds of the matrix products of one step alone: forward, weights' and inputs' gradients of two towers. The median of 31. */
function productsMs(native: NativeBackend, batch: number, widths: readonly number[]): number {
	const { binding } = native;
	const product = (
		a: ReturnType<typeof tf.zeros>,
		b: ReturnType<typeof tf.zeros>,
		transposeA: boolean,
		transposeB: boolean,
	) =>
		native.executeSingleOutput(
			"MatMul",
			[
				{ name: "T", type: binding.TF_ATTR_TYPE as number, value: binding.TF_FLOAT },
				{ name: "transpose_a", type: binding.TF_ATTR_BOOL as number, value: transposeA },
				{ name: "transpose_b", type: binding.TF_ATTR_BOOL as number, value: transposeB },
			],
			[a, b],
		);
	const layers = widths.slice(1).map((to, i) => ({
		x: tf.randomNormal([batch, widths[i]]),
		w: tf.randomNormal([widths[i], to]),
		dy: tf.randomNormal([batch, to]),
	}));
	let last: ReturnType<typeof product> | undefined;
	const took = Array.from({ length: 31 }, () => {
		const begun = performance.now();
		tf.tidy(() => {
			for (let tower = 0; tower < 2; tower++)
				for (const { x, w, dy } of layers) {
					product(x, w, false, false);
					product(dy, w, false, true);
					last = product(x, dy, true, false);
				}
			// One small array is read, so that a device that works behind our back is waited for.
			last?.dataSync();
		});
		return performance.now() - begun;
	});
	return took.sort((a, b) => a - b)[took.length >> 1];
}

const [folder, batch, warm, what] = process.argv.slice(2);
main(folder, Number(batch), Number(warm), what).catch((problem: Error) => {
	process.stderr.write(`${problem.stack}\n`);
	process.exit(1);
});
