import { summary } from "../../metrics/comparison/paired";
import type { SelectionRun, SelectionSpace } from "../../papers/selection/selectionRuns";
import { type CalibrationSeries, calibrationCurve } from "../calibrationCurve";
import type { Figure } from "../figure";

/** One line of `selectionFigure`: a model on a space, with the name it has in the legend. */
export interface SelectionSeries {
	name: string;
	model: string;
	space: SelectionSpace;
}

/**
 * Calibration against the truth: impressions in tenths of rising pCVR, the mean prediction of each tenth beside the mean
 * of the true P(conversion | click), both means over seeds, with the truth's 95 % interval.
 *
 * An interval that reaches 0 is cut at a tenth of its mean. Tenths are of the prediction: tenths of the truth would show even a calibrated model bent towards the mean.
 */
export function selectionFigure(figure: {
	title: string;
	runs: readonly SelectionRun[];
	series: readonly SelectionSeries[];
}): Figure {
	const series = figure.series.map(({ name, model, space }): CalibrationSeries => {
		const runs = figure.runs.filter((run) => run.model === model).map((run) => run.bins[space]);
		const tenths = Math.min(...runs.map((bins) => bins.length));
		const bins = Array.from({ length: tenths }, (_, k) => {
			const { mean, low, high } = summary(runs.map((run) => run[k].means.truth));
			const ends = Number.isFinite(low) ? { low: Math.max(low, mean / 10), high } : {};
			return { predicted: summary(runs.map((run) => run[k].by)).mean, observed: mean, ...ends };
		});
		return { name, bins };
	});
	return calibrationCurve({
		title: figure.title,
		x: "predicted P(conversion | click), log scale",
		y: "true P(conversion | click), log scale",
		series,
		scale: "log",
	});
}
