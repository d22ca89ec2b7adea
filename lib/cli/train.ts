import { join } from "node:path";
import { checkOptions, withHyper } from "../core/model";
import { InputError, unknownName } from "../core/problem";
import { aliCcpProtocol } from "../data/aliccp/protocol";
import type { Dataset } from "../data/dataset";
import { cardText } from "../data/prepared/card";
import { underLease } from "../experiment/lease";
import { mlflow } from "../experiment/mlflow/mlflow";
import { describe, execute, hashOf, Interrupted, type RunResult } from "../experiment/run";
import { savedRun } from "../experiment/savedRun";
import { knownFingerprint, load, type Source } from "../experiment/source";
import { openStore } from "../experiment/store";
import { noMoreDays } from "../experiment/subsample";
import { type CalibrationMethod, calibrationMethod } from "../metrics/calibrators/calibrator";
import { modelNamed, models } from "../models/index";
import { type PresetName, presets } from "../simulator/presets";
import { engine } from "../tensor/native";
import { type CalibratedMetrics, calibrateModel } from "../train/calibrateModel";
import { lineOf } from "../train/doctor/finding";
import { readModelFile } from "../train/loadModel";
import { saveModel } from "../train/saveModel";
import { checkSummaries } from "../train/summaryFile";
import { tensorBoard } from "../train/tensorboard";
import { together } from "../train/together";
import { toText } from "../view/markdown";
import { fitProgress, stageProgress } from "../view/progress";
import { tableOf } from "../view/table";
import { command, commandAgain, setting, wholeNumber } from "./command";

interface Options {
	model: string;
	data: string;
	preset?: string;
	rows?: number;
	raw?: string;
	protocol?: string;
	seed: number;
	logSeed?: number;
	set?: Record<string, unknown>;
	days?: number;
	device?: string;
	store?: string;
	tensorboard?: string;
	mlflow?: string;
	final?: boolean;
	calibrate?: CalibrationMethod;
}

function sourceOf({ data, preset, rows, raw, protocol, seed, logSeed }: Options): Source {
	const only = (flag: string, value: unknown, where: string) => {
		if (value !== undefined && data !== where)
			throw new InputError(`${flag} belongs to --data ${where}, not to --data ${data}`);
	};
	only("--preset", preset, "simulator");
	only("--rows", rows, "simulator");
	only("--log-seed", logSeed, "simulator");
	only("--raw", raw, "aliccp");
	only("--protocol", protocol, "aliccp");
	if (data === "simulator") {
		const name = preset ?? "demo";
		if (!Object.hasOwn(presets, name)) throw unknownName("preset", name, Object.keys(presets));
		return { source: "simulator", preset: name as PresetName, rows, logSeed: logSeed ?? seed };
	}
	if (data !== "aliccp") return { source: "folder", folder: data };
	if (raw === undefined)
		throw new InputError(
			"--data aliccp needs --raw DIR, the folder with sample_skeleton_train.csv and common_features_train.csv",
		);
	return { source: "aliccp", raw, protocol: aliCcpProtocol(protocol ?? "cstwa") };
}

function chooseDevice(device: string | undefined): void {
	if (device === undefined) return;
	if (device !== "cpu" && device !== "gpu") throw unknownName("device", device, ["cpu", "gpu"]);
	if (device === "cpu") process.env.CUDA_VISIBLE_DEVICES = "-1";
	else if (engine().tier !== "gpu")
		throw new InputError(
			`no GPU: TensorFlow runs on ${engine().tier}. "npm run setup -- --gpu" installs the CUDA build where an NVIDIA driver answers`,
		);
}

function words(result: RunResult, calibrated: CalibratedMetrics | undefined): string {
	const { model, seed, data, epochs, samplesPerSecond, cached } = result;
	const part = (name: string, metrics: RunResult["metrics"]) =>
		tableOf(
			`${model}, seed ${seed}, ${name} part`,
			Object.entries(metrics).map(([metric, { value, se, n, positives, reason }]) => ({
				metric,
				value: value ?? reason,
				"s.e.": se,
				rows: n,
				positives: Math.round(positives),
			})),
		);
	const told = (counts: Record<string, number>) =>
		Object.entries(counts)
			.map(([reason, count]) => `${count} ${reason}`)
			.join(", ");
	const days =
		result.days === undefined
			? []
			: [
					Object.hasOwn(data.remarks, noMoreDays(result.days))
						? `the training part has no more than ${result.days} days: trained on all of it`
						: `trained on the last ${result.days} days of the training part`,
				];
	const also = data.card || !told(data.remarks) ? "" : `; also: ${told(data.remarks)}`;
	return [
		...(data.card ? [cardText(data.card)] : []),
		`${data.name}: ${data.read} rows read, dropped: ${told(data.dropped) || "none"}${also}; train ${data.rows.train}, valid ${data.rows.valid}, test ${data.rows.test}`,
		...days,
		`${epochs} epochs, ${samplesPerSecond} samples/s${cached ? " (from the store)" : ""}, run ${result.run.slice(0, 12)}`,
		toText(part("validation", result.metrics)),
		...(calibrated
			? [
					`calibrated by ${calibrated.method} on the ${calibrated.fittedOn.rows} validation rows; positives: ${told(calibrated.fittedOn.positives)}. The saved model is calibrated`,
					...calibrated.remarks.map((remark) => `calibration of ${remark}`),
					toText(part("validation, calibrated on these rows,", calibrated.metrics)),
				]
			: []),
		...(result.test ? [toText(part("test", result.test))] : []),
		...(calibrated?.test ? [toText(part("test, calibrated,", calibrated.test))] : []),
		...result.findings.map(lineOf),
	].join("\n");
}

/** Calibrates the saved model of a run; without a method it says so where the model is calibrated. */
async function calibrating(
	model: string,
	method: CalibrationMethod | undefined,
	lease: string,
	how: { data: () => Promise<Dataset>; final?: boolean; signal: AbortSignal },
): Promise<CalibratedMetrics | undefined> {
	if (method !== undefined)
		return underLease(lease, () => calibrateModel(model, { method, data: how.data, final: how.final }), how.signal);
	const about = await readModelFile(model).catch(() => undefined);
	if (about?.calibration)
		process.stderr.write(
			`the saved model is calibrated by ${about.calibration.method}, as it was asked for before; the metrics are those before calibration\n`,
		);
	return undefined;
}

command<Options>(
	"train",
	"Trains one model on one log and prints its metrics with their standard errors.",
	(c) =>
		c
			.requiredOption("--model <name>", `a registered model: ${Object.keys(models).join(", ")}`)
			.requiredOption("--data <source>", '"simulator", "aliccp", or a folder that "npm run data" prepared')
			.option("--preset <name>", "simulator: tiny, demo, bench, esm2, funnel, aliccp, small_scene (default demo)")
			.option("--rows <n>", "simulator: impressions instead of the preset's", wholeNumber("--rows", 1))
			.option("--raw <dir>", "aliccp: folder of the raw files")
			.option("--protocol <name>", "aliccp: cstwa (the default) or esmm")
			.requiredOption("--seed <n>", "start weights, shuffling, and the simulated log", wholeNumber("--seed", 0))
			.option("--log-seed <n>", "simulator: another seed for the log", wholeNumber("--log-seed", 0))
			.option("--set <name=value>", "a hyperparameter; may be given again", setting)
			.option("--days <n>", "trains on the last n days of the training part alone", wholeNumber("--days", 1))
			.option("--device <cpu|gpu>", "where TensorFlow runs (default: the GPU where there is one)")
			.option("--store <dir>", "where results lie (default data/runs)")
			.option("--tensorboard <dir>", "writes curves for TensorBoard into a folder of the run's own below DIR")
			.option(
				"--mlflow <url>",
				"tells the run to an MLflow server too (experiment: MLFLOW_EXPERIMENT_NAME, or entire-space)",
			)
			.option("--final", "opens the test part")
			.option(
				"--calibrate <platt|isotonic>",
				"calibrates the saved model on the validation part, and prints metrics before and after",
				calibrationMethod,
			),
	async (options, signal) => {
		const model = modelNamed(options.model);
		checkOptions(model, withHyper(model, options.set ?? {}));
		const source = sourceOf(options);
		chooseDevice(options.device);
		const { seed, set: hyper, days, final, tensorboard, calibrate } = options;
		if (tensorboard !== undefined) checkSummaries(tensorboard);
		const tracking = options.mlflow === undefined ? undefined : mlflow(options.mlflow);
		const store = openStore(options.store);
		const reading = () => {
			const shown = stageProgress();
			return load(source, { progress: shown.update, signal }).finally(shown.end);
		};
		const known = await knownFingerprint(source);
		const loaded = known === undefined ? await reading() : undefined;
		let read: Promise<Dataset> | undefined;
		const data = async () => {
			read ??= loaded ? Promise.resolve(loaded) : reading();
			return read;
		};
		const run = describe(model, { hyper, seed, days, data: known ?? (loaded?.fingerprint as string) });
		const shown = fitProgress(`${model.name} seed ${seed}`);
		const board =
			tensorboard === undefined ? undefined : join(tensorboard, `${model.name}-${seed}-${hashOf(run).slice(0, 12)}`);
		const listeners = [
			...(board === undefined ? [] : [tensorBoard(board, run)]),
			...(tracking ? [tracking.training(hashOf(run), run)] : []),
		];
		let before: CalibrationMethod | undefined;
		const result = await execute(model, run, {
			store,
			final: final ? { by: commandAgain("train") } : undefined,
			signal,
			data,
			on: together(shown, ...listeners),
			async fitted(fitted) {
				const at = store.model(hashOf(run, engine().tier));
				before = (await readModelFile(at).catch(() => undefined))?.calibration?.method;
				await saveModel(fitted, at);
			},
		}).catch(async (problem) => {
			await tracking?.close();
			throw problem instanceof Interrupted ? new Interrupted(`${problem.message}: ${commandAgain("train")}`) : problem;
		});
		tracking?.done(hashOf(run), run, result);
		await tracking?.close();
		if (result.cached && board !== undefined)
			process.stderr.write(`the result is from the store: nothing was trained, so nothing is written to ${board}\n`);
		for (const [what, rows] of [
			["dropped", loaded?.dropped ?? []],
			["noticed", loaded?.remarks ?? []],
		] as const)
			for (const { reason, count, first } of rows)
				process.stderr.write(`${what} ${count}: ${reason} (first: ${first})\n`);
		const saved = calibrate ? savedRun(store, result.run) : store.model(result.run);
		if (before !== undefined && calibrate === undefined)
			process.stderr.write(
				`the saved model was calibrated by ${before}; trained again, it is not: --calibrate ${before} calibrates it\n`,
			);
		const calibrated = await calibrating(saved, calibrate, store.lease(result.run), { data, final, signal });
		return { json: { ...result, ...(calibrated ? { calibrated } : {}) }, text: words(result, calibrated) };
	},
);
