import { expect, it } from "vitest";
import { stream } from "../core/random";
import { reliability } from "../metrics/calibration";
import { calibrationCurve } from "./calibrationCurve";

it("draws the bins of a calibration curve as they are: mean score, rate, and its interval", () => {
	const random = stream(1, "curve");
	const scores = Float32Array.from({ length: 3000 }, () => 0.05 + 0.4 * random.uniform());
	const labels = Uint8Array.from(scores, (p) => +(random.uniform() < p / 2));
	const bins = reliability(scores, labels);
	const series = [{ name: "ESMM", bins }];
	const figure = calibrationCurve({ title: "Calibration", x: "predicted", y: "observed", series, scale: "linear" });
	expect(figure.data[1]).toMatchObject({
		name: "ESMM",
		x: bins.map(({ predicted }) => predicted),
		y: bins.map(({ observed }) => observed),
		error_y: {
			array: bins.map(({ high, observed }) => high - observed),
			arrayminus: bins.map(({ low, observed }) => observed - low),
		},
	});
	// The model promises twice what happens: every bin is below the diagonal.
	for (const { predicted, high } of bins) expect(high).toBeLessThan(predicted);
});
