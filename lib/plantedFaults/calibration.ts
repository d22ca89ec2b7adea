import type { Plan } from "./plan";

/** Faults of calibration. */
export const calibration: Plan[] = [
	[
		"calibration is fitted on the test part",
		"train/calibrated.ts",
		"const rows = split.valid;",
		"const rows = split.test;",
		"train/calibrated.test.ts",
		"a model calibrated by platt is fitted on all validation impressions and the clicked ones, whatever the labels elsewhere",
	],
	[
		"pCVR is calibrated on all impressions, as if one without a click had not converted",
		"metrics/calibrators/calibration.ts",
		"if (space === IMPRESSION) return",
		'if (space !== "") return',
		"metrics/calibrators/calibration.test.ts",
		"which rows a map is fitted on pCTR on all impressions, pCVR on clicked ones",
	],
	[
		"pooled violators count alike, however many rows they hold",
		"metrics/calibrators/pav.ts",
		"(before.value * before.weight + last.value * last.weight) / sum",
		"(before.value + last.value) / 2",
		"metrics/calibrators/calibrator.test.ts",
		"isotonic pools what falls: each block is the mean of its rows",
	],
	[
		"Platt's labels are not smoothed",
		"metrics/calibrators/platt.ts",
		"(positives + 1) / (positives + 2)",
		"1",
		"metrics/calibrators/parity/parity.test.ts",
		"scikit-learn's maps of small Platt: regression without penalty on smoothed labels, and what CalibratedClassifierCV fits",
	],
	[
		"a saved model forgets its calibration",
		"train/loadModel.ts",
		"return calibration ? applyCalibration(calibration, given) : given;",
		"return calibration ? given : given;",
		"train/calibrateModel.test.ts",
		"a saved model calibrated by platt gives the bits of the one in memory, and before calibration those of the fitted model",
	],
	[
		"a model that is calibrated anew is calibrated on top of its calibration",
		"train/calibrateModel.ts",
		"loaded.predictUncalibrated(data, rows)",
		"loaded.predictOn(data, rows)",
		"train/calibrateModel.test.ts",
		"a saved model calibrated by isotonic is calibrated in its place to the same bits, as often as one likes",
	],
];
