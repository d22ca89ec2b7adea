import { join } from "node:path";
import { projectRoot } from "../lib/core/root";
import { child } from "./child";
import { type Bench, type BenchResult, type Figure, figure } from "./figures";
import { busy, commit, machine, today } from "./machine";
import { profileLine, type StepProfile } from "./opTimes";
import { peerPython } from "./peerPython";
import { loader } from "./rawAliCcp";
import { writeTrainingRows } from "./trainingRows";
import { workFolder } from "./workFolder";

/** What `npm run bench -- train` may be told. */
export interface BenchTrain extends Bench {
	/** Rounds in which ours and the hand-written peers each run once. */
	rounds: number;
	/** Rounds, the first ones, in which the slow peers run too. */
	slow: number;
	/** Steps of a measurement, and those of them that only warm up. The slow peers take a fifth. */
	steps: number;
	warm: number;
}

const BATCH = 2000;
const FIELDS = 23;
/** Rows of all tables together, by the word in the figures' names. */
export const VOCABULARIES = { "400k": 400_000, "4m": 4_000_000 } as const;
type Vocabulary = keyof typeof VOCABULARIES;

/** What a program printed of one measurement. */
interface Took {
	samplesPerSecond: number;
	loss: number;
	matMulMs?: number;
	profile?: StepProfile;
	versions: Record<string, string>;
}
type Who = "ours" | "torch_sparse" | "torch_fused" | "rechub" | "deepctr";
/** Measurements of one round: "ours_400k" and so on. */
export type Round = Partial<Record<`${Who}_${Vocabulary}`, Took>>;

/**
 * Training steps of ESMM, two towers 360-200-80-1 on 23 embedded fields of width 18 and batches of 2000: ours through `fit`, against the
 * same step written by hand in PyTorch, torch-rechub and deepctr-torch, in turns and on the same rows, each measurement in a process of
 * its own.
 *
 * @throws Error a program failed, or it was stopped
 */
export async function benchTrain({ rounds, slow, steps, warm, signal, say }: BenchTrain): Promise<BenchResult> {
	const python = await peerPython("torch", signal, say);
	const work = workFolder(join(projectRoot(), "data/cache/bench"));
	try {
		const notes = busy();
		for (const line of notes) say(line);
		const folder = (name: Vocabulary) => join(work.folder, name);
		for (const name of ["400k", "4m"] as const) {
			say(`${BATCH * steps} rows with ${name} ids`);
			writeTrainingRows(folder(name), {
				rows: BATCH * steps,
				fields: FIELDS,
				size: Math.floor(VOCABULARIES[name] / FIELDS),
			});
		}
		const run = async (program: readonly string[]): Promise<Took> => JSON.parse(await child(program, { signal }));
		const ours = (name: Vocabulary, what: string) =>
			run([...oursAs("bench/trainProgram.ts"), folder(name), String(BATCH), String(warm), what]);
		const peer = (name: Vocabulary, file: string, words: string[], part = 1) =>
			run([
				python,
				join(projectRoot(), "bench/peers", file),
				folder(name),
				...words,
				String(BATCH),
				...shortened(steps, warm, part),
			]);
		const all: Round[] = [];
		for (let round = 0; round < rounds; round++) {
			const took: Round = {};
			const measure = async (key: keyof Round, by: () => Promise<Took>) => {
				const of = await by();
				took[key] = of;
				say(`round ${round + 1}/${rounds}, ${key}: ${Math.round(of.samplesPerSecond).toLocaleString("en")} samples/s`);
			};
			for (const name of ["400k", "4m"] as const) {
				await measure(`ours_${name}`, () => ours(name, "time"));
				for (const kind of ["sparse", "fused"] as const)
					await measure(`torch_${kind}_${name}`, () => peer(name, "torch_esmm.py", [kind]));
			}
			if (round < slow) {
				await measure("rechub_4m", () => peer("4m", "rechub_esmm.py", [], 5));
				await measure("deepctr_4m", () => peer("4m", "deepctr_esmm.py", [], 5));
			}
			all.push(took);
		}
		const profiles: Record<string, StepProfile> = {};
		for (const name of ["400k", "4m"] as const) profiles[name] = (await ours(name, "profile")).profile as StepProfile;
		const [first] = all;
		return {
			bench: "train",
			machine: machine(),
			versions: Object.assign({ node: process.versions.node }, ...Object.values(first).map(({ versions }) => versions)),
			commit: commit(),
			date: today(),
			figures: trainFigures(all),
			notes: [
				...notes,
				...about(first, rounds, slow, steps, warm),
				...Object.entries(profiles).map(
					([name, of]) =>
						`A step of ours at ${name} by TensorFlow operation, in a run of its own that runs them one by one, not compiled: ${profileLine(of)}.`,
				),
			],
			profiles,
		};
	} finally {
		work.remove();
	}
}

/** Our program as its own process. */
export const oursAs = (file: string, ...flags: string[]): string[] => [
	process.execPath,
	...flags,
	"--import",
	loader(),
	join(projectRoot(), file),
];

/** Steps and warm-up steps of a peer that takes a part of them, at least three and one. */
const shortened = (steps: number, warm: number, part: number): string[] => {
	const fewer = Math.max(1, Math.floor(warm / part));
	return [String(Math.max(fewer + 2, Math.floor(steps / part))), String(fewer)];
};

/** The figures of all rounds: rates, and ratios each within one round. */
export function trainFigures(all: readonly Round[]): Record<string, Figure> {
	const rate = (key: keyof Round) => (round: Round) => round[key]?.samplesPerSecond;
	const of = (value: (round: Round) => number | undefined): Figure =>
		figure(all.map(value).filter((x): x is number => x !== undefined));
	const torch = (name: Vocabulary) => (round: Round) =>
		Math.max(...[rate(`torch_sparse_${name}`)(round), rate(`torch_fused_${name}`)(round)].map((x) => x ?? Number.NaN));
	const ratio = (a: (round: Round) => number | undefined, b: (round: Round) => number | undefined) =>
		of((round) => {
			const [above, below] = [a(round), b(round)];
			return above === undefined || below === undefined ? undefined : above / below;
		});
	const share = (round: Round) => {
		const ours = round.ours_400k;
		return ours?.matMulMs === undefined ? undefined : (ours.matMulMs * ours.samplesPerSecond) / (1000 * BATCH);
	};
	const keys = [...new Set(all.flatMap((round) => Object.keys(round)))] as (keyof Round)[];
	return {
		vs_torch_400k: ratio(rate("ours_400k"), torch("400k")),
		vs_torch_4m: ratio(rate("ours_4m"), torch("4m")),
		vs_rechub_4m: ratio(rate("ours_4m"), rate("rechub_4m")),
		vs_deepctr_4m: ratio(rate("ours_4m"), rate("deepctr_4m")),
		gemm_share: of(share),
		step_4m_over_400k: ratio(rate("ours_400k"), rate("ours_4m")),
		...Object.fromEntries(keys.map((key) => [`train.${key}.samplesPerSecond`, of(rate(key))])),
	};
}

function about(first: Round, rounds: number, slow: number, steps: number, warm: number): string[] {
	const losses = Object.entries(first).map(([key, { loss }]) => `${key} ${loss.toFixed(3)}`);
	const [fewSteps, fewWarm] = shortened(steps, warm, 5);
	return [
		`ESMM, two towers 360-200-80-1, embedding 18, batch ${BATCH}, ${FIELDS} id fields by Zipf's law (exponent 1) with 400,000 and 4,000,000 ids in all, clicks 4 %, conversions 10 % of them. Ours through fit, validation off.`,
		`Rounds: ${rounds}, in turns and a process each, on all cores; of ${steps} steps ${warm} are warm-up. torch-rechub and deepctr-torch: ${slow} rounds of ${fewSteps} steps, ${fewWarm} of them warm-up. Figures are medians, least and most of the rounds; a ratio is of one round.`,
		"vs_torch: rate of ours by that of PyTorch written by hand (bench/peers/torch_esmm.py), the faster of `sparse` (SparseAdam for the table) and `fused` (Adam(fused=True) over the whole table). Its rows lie ready in memory; ours are shuffled and gathered.",
		"torch-rechub and deepctr-torch train as shipped, with their own loaders and trainers: towers with batch normalisation and weight decay there, an L2 norm of the whole table here. deepctr-torch asks for a newer version of itself at import, through a package that it does not name among its needs: an empty one is put in its place.",
		"gemm_share: time of the step's matrix products alone (forward, both gradients, both towers; same shapes, same kernel, same process) by the time of a step, at 400k. step_4m_over_400k: time of our step with ten times the vocabulary by that without.",
		`Mean loss at the end (deepctr-torch's and torch-rechub's over the whole run): ${losses.join(", ")}. PyTorch's start at probabilities of one half, ours at the log's rates.`,
	];
}
