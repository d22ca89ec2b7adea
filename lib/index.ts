/** Public names, nothing else. Importing this loads no heavy library: TensorFlow and the others load at first use. */
export { type Algebra, type Dual, duals, numbers } from "./core/algebra";
export { type Balance, equal, gradNorm, uncertainty } from "./core/balance";
export type { EpochHook, HookField, HookRows } from "./core/epochHook";
export { type Edge, type EventOf, type Graph, logProb, not, type ProbOf, type TowerOf } from "./core/graph";
export type { Inputs, Layers } from "./core/layers";
export { type Loss, logLoss, overEveryRow, rowLoss } from "./core/loss";
export type { MetricName } from "./core/metricName";
export {
	type AnyHyper,
	type AnyModel,
	defineModel,
	entireSpace,
	type Hyper,
	type Model,
	type Stage,
	withHyper,
} from "./core/model";
export { eventOf, IMPRESSION, type Prob, pCTCVR, pCTR, pCVR, spaceOf } from "./core/prob";
export { InputError } from "./core/problem";
export { type Random, stream } from "./core/random";
export {
	inverse,
	type RowWeights,
	rejected,
	repeated,
	type Sampling,
	type StageRows,
	withOthers,
} from "./core/sampling";
export { type Optimizer, type Training, training } from "./core/training";
export { defineTrees, isTrees, type TreeHyper, type TreeModel } from "./core/trees";
export { type PrepareAliCcp, type PreparedAliCcp, prepareAliCcp } from "./data/aliccp/prepare";
export type { AliCcpProtocol } from "./data/aliccp/protocol";
export { type WriteAliCcp, type WrittenAliCcp, writeAliCcp } from "./data/aliccp/writer";
export { cachedParquet } from "./data/cachedParquet";
export { type Columns, columnsOf } from "./data/columns";
export { countsOf, type PartCounts } from "./data/counts";
export { type Dataset, type Field, rowsIn, type Split } from "./data/dataset";
export { importAliExpress } from "./data/files/aliexpress";
export { type ImportFiles, importFiles } from "./data/files/importFiles";
export { importOpenBandit, type Propensities, readPropensities } from "./data/files/openBandit";
export { parseSchemaFile, type SchemaFile } from "./data/files/schemaFile";
export { type Arquero, arquero, type Danfo, type DanfoFrame, danfo, type Frame, frame } from "./data/frames";
export { type GraphCounts, graphCounts } from "./data/graphCounts";
export { type Joined, prepareWith } from "./data/joined";
export type { Column, Dropped, Lists, Log } from "./data/log";
export { type LongTail, longTail, type TailPoint } from "./data/longTail";
export { permuted } from "./data/permuted";
export { type Preparation, prepare } from "./data/prepare";
export { type Card, cardText, type PerPart, readCard } from "./data/prepared/card";
export { readPrepared } from "./data/prepared/read";
export { streamPrepared } from "./data/prepared/stream";
export { type Streamed, streamed } from "./data/prepared/streamed";
export { readEncodedCsv } from "./data/readers/encodedCsv";
export { checkSchema, type Feature, type Schema } from "./data/schema";
export { type SplitRule, splits } from "./data/split";
export { type SqlValue, sql } from "./data/sql";
export { countsOfLog, type EdgeRate, edgeRates, type LogCounts, nestedCounts } from "./data/statistics";
export { type CompareRuns, compareRuns } from "./experiment/compareRuns";
export { type DoJob, doJob, type Job, jobFor } from "./experiment/job";
export { type Mlflow, mlflow } from "./experiment/mlflow/mlflow";
export { type LocalPool, localPool } from "./experiment/pool";
export { type KeptPredictions, readPredictions } from "./experiment/predictions";
export { queryRuns } from "./experiment/queryRuns";
export { type Candidates, type Replayed, readReplayed } from "./experiment/replayed";
export { describe, type Execute, execute, hashOf, type Run, type RunResult } from "./experiment/run";
export { inProcess, type JobEvent, type JobsOutcome, type Runner, runJobs } from "./experiment/runJobs";
export { type Assertion, checkLog } from "./experiment/simulated/checkLog";
export { type Findings, findingsOf, writeSimulated } from "./experiment/simulated/files";
export { type Ceilings, ceilings, type SelectionBias, selectionBias } from "./experiment/simulated/truth";
export { load, type Reading, type Source } from "./experiment/source";
export { openStore, type Store } from "./experiment/store";
export type { SweepOutcome, SweepRow } from "./experiment/sweep/outcome";
export type { SweepSpec } from "./experiment/sweep/spec";
export { type ChooseWindow, chooseWindow, type TrainingWindow } from "./experiment/window";
export { type Bin, binned } from "./metrics/bins";
export { type CalibrationErrors, calibrationErrors, type ReliabilityBin, reliability } from "./metrics/calibration";
export { applyCalibration, type Calibration, fitCalibration } from "./metrics/calibrators/calibration";
export { type CalibrationMethod, type Calibrator, calibrate, fitCalibrator } from "./metrics/calibrators/calibrator";
export { type BootstrapDifference, bootstrapDifference, type Resampling } from "./metrics/comparison/bootstrap";
export type { ClusterDifference } from "./metrics/comparison/clusterDifference";
export { delong } from "./metrics/comparison/delong";
export { holm } from "./metrics/comparison/holm";
export { detectable, type PairedSummary, paired, type Summary, summary } from "./metrics/comparison/paired";
export { type Comparison, type JudgedComparison, type Outcome, verdicts } from "./metrics/comparison/verdict";
export { betterIs, definitionOf } from "./metrics/definition";
export { evaluate, type Labelled, labelled } from "./metrics/evaluate";
export { evaluateBy, type GroupMetrics, type Groups } from "./metrics/evaluateBy";
export { type Gauc, type GaucWeight, gauc } from "./metrics/gauc";
export { type OffPolicy, offPolicy } from "./metrics/propensity";
export { type Auc, auc } from "./metrics/ranking";
export { type Shift, shift } from "./metrics/selection";
export { spearman } from "./metrics/spearman";
export { type TopK, topK } from "./metrics/topK";
export { kl, logRmse, mae, pcoc, rmse, softAuc } from "./metrics/truth";
export type { MetricValue } from "./metrics/value";
export { modelNamed, models } from "./models/index";
export { cstwaTable1, type PreparedCounts, preparedCounts } from "./papers/cstwa/table1";
export { type AbLift, type AbMethod, type AbTest, abTest } from "./papers/esm2/abTest";
export { esm2Figure5 } from "./papers/esm2/figure5";
export { esm2Figure6 } from "./papers/esm2/figure6";
export type { UserActivity } from "./papers/esm2/figure7";
export { keepActivity, keptActivity, readActivity } from "./papers/esm2/keptActivity";
export { esm2Numbers } from "./papers/esm2/numbers";
export { esm2Edges, esm2Figure3, esm2Table1 } from "./papers/esm2/statistics";
export { esm2Branch, esm2Table6 } from "./papers/esm2/table6";
export { esm2Table3, esm2Table4, esm2Table5 } from "./papers/esm2/tables3to5";
export { topIdentity } from "./papers/esm2/topIdentity";
export { treesAndTowers } from "./papers/esm2/treesAndTowers";
export { esmmAblations } from "./papers/esmm/ablations";
export { esmmFigure3 } from "./papers/esmm/figure3";
export { esmmProbabilities } from "./papers/esmm/probabilities";
export { esmmTable1 } from "./papers/esmm/table1";
export { esmmTable2 } from "./papers/esmm/table2";
export { findings } from "./papers/findings";
export {
	hm3EdgeBias,
	hm3EdgeError,
	hm3EdgeRanking,
	hm3Edges,
	hm3Large,
	hm3Medium,
	hm3Options,
	hm3Small,
} from "./papers/hm3/tables";
export { type Orderings, orderingsFindings, orderingsFrom } from "./papers/orderings";
export { phaseFindings } from "./papers/phases/findings";
export { type PhaseKnob, type PhasePlan, type PhaseWorld, phases } from "./papers/phases/phases";
export { jobsOfPhases, type PhaseJob, type PhaseRuns, runPhases, storedPhases } from "./papers/phases/runs";
export { type JudgedPhases, judgePhases, type PhaseCell } from "./papers/phases/verdicts";
export { type Published, published } from "./papers/published";
export { type Scale, scaleNamed, seeds } from "./papers/scale";
export { type FeatureShift, featureShifts } from "./papers/selection/featureShifts";
export {
	planOfSelection,
	runSelection,
	type SelectionRun,
	selectionModels,
	selectionSpaces,
	selectionValues,
} from "./papers/selection/selectionRuns";
export { type Quotient, sparsity } from "./papers/statistics/sparsity";
export { planOfStatistics, statisticsTables } from "./papers/statistics/statisticsTables";
export { paperTable } from "./papers/table/paperTable";
export type { TableMethod, TablePlan } from "./papers/table/plan";
export { type PlannedTable, plannedTable } from "./papers/table/plannedSeconds";
export { type PaperRuns, type RunPaperTable, runPaperTable, storedPaperRuns } from "./papers/table/runPaperTable";
export { storedTable } from "./papers/table/storedTable";
export type { PaperRow, PaperTable, Verdict } from "./papers/table/table";
export { tablePlans } from "./papers/tables";
export { type Knobs, type PresetName, presets } from "./simulator/presets";
export { exposurePropensity } from "./simulator/propensity";
export { type RandomExposure, randomExposure } from "./simulator/randomExposure";
export { type Replay, replayTable } from "./simulator/replay";
export {
	type Lift,
	loggedScores,
	type RankingOutcome,
	rankingOutcome,
	type SimulatedAb,
	simulatedAb,
} from "./simulator/rerank";
export { type Lifts, liftsOverUsers, type OfUsers, ofUsers } from "./simulator/rerankUsers";
export { makeWorld, type Simulated, type SimulateOptions, simulate, type World } from "./simulator/simulate";
export { calendarTable, itemsTable, usersTable, type WorldTable } from "./simulator/tables";
export { tf } from "./tensor/native";
export { type Calibrated, calibrated } from "./train/calibrated";
export { type CalibratedMetrics, calibrateModel } from "./train/calibrateModel";
export { type Finding, lineOf } from "./train/doctor/finding";
export type { EncodedRow } from "./train/encodedRows";
export { type EvaluateFolder, evaluateFolder, type Predictor } from "./train/evaluateFolder";
export { type Fitted, type FittedNetwork, fit, type Predictions, type TrainEvent, TrainingError } from "./train/fit";
export type { FitListener } from "./train/listener";
export { type LoadedModel, loadModel } from "./train/loadModel";
export type { EpochRecord } from "./train/position";
export { type Predicted, type PredictFiles, predictFiles } from "./train/predictFiles";
export { saveModel } from "./train/saveModel";
export { tensorBoard } from "./train/tensorboard";
export { together } from "./train/together";
export { type Leak, leakOf } from "./trees/leak";
export { groupsOf, type Seen } from "./trees/order";
export { type LeakCheck, plantedLeaks } from "./trees/plantedLeaks";
export { type CodedField, type Rates, ratesOfCodes, ratesOfRows } from "./trees/targetStatistics";
export { barsWithIntervals, type MetricPanel } from "./view/barsWithIntervals";
export { type CalibrationSeries, calibrationCurve } from "./view/calibrationCurve";
export { type Curve, type CurvePanel, curves } from "./view/curves";
export { graphFigure } from "./view/drawing/graphFigure";
export { modelDiagram } from "./view/drawing/modelDiagram";
export { exportFigure, exportTable, svgOf } from "./view/export";
export type { Figure } from "./view/figure";
export { funnel } from "./view/funnel";
export { heatMap } from "./view/heatMap";
export { heatMapPanels, type MapCell } from "./view/heatMapPanels";
export { toHtml } from "./view/html";
export { toLatex } from "./view/latex";
export { longTailFigure } from "./view/longTailFigure";
export { toMarkdown } from "./view/markdown";
export { show } from "./view/notebook";
export { abFigure, abView } from "./view/papers/abTest";
export { sizeCurves, truthBars } from "./view/papers/hm3Figures";
export { type NestedSpace, nestedSpaces } from "./view/papers/nestedSpaces";
export { orderingsView } from "./view/papers/orderings";
export { paperFigure, paperView } from "./view/papers/paper";
export { phaseEffectsTable, phaseMap, phasesTable } from "./view/papers/phases";
export { selectionFigure } from "./view/papers/selectionFigure";
export { shareCurves, shareMap } from "./view/papers/shareFigures";
export { sweepCurves } from "./view/papers/sweepCurves";
export { activityFigure, activityView } from "./view/papers/userActivity";
export { fitProgress, jobProgress, progress, type RunsEvent, runProgress } from "./view/progress";
export { type SweepOptions, sweep } from "./view/sweep";
export { sweepTable } from "./view/sweepTable";
export { type Cell, type Estimate, type Table, tableOf } from "./view/table";
