import { prepare } from "../data/prepare";
import { splits } from "../data/split";
import { countsOfLog, edgeRates } from "../data/statistics";
import { Interrupted } from "../experiment/run";
import type { PresetName } from "../simulator/presets";
import { type Simulated, simulateInTurns } from "../simulator/simulate";
import { cstwaTable1, preparedCounts } from "./cstwaTable1";
import { esm2Edges, esm2Figure3, esm2Table1 } from "./esm2Statistics";
import { esmmTable1 } from "./esmmTable1";
import { type Scale, seeds } from "./scale";
import type { PaperTable } from "./table";

/** A simulated log to count, by preset and rows; undefined rows are the preset's. */
export interface CountedLog {
	preset: PresetName;
	rows?: number;
}

/** The logs that the statistics of a scale are counted on. */
export interface StatisticsPlan {
	/** For ESMM's and CSTWA's tables: the rates of the public Ali-CCP log. */
	aliccp: CountedLog;
	/** For ESM²'s table and edges: its rates. */
	esm2: CountedLog;
	/** How many logs of each. */
	seeds: number;
}

const plans: Record<Scale, StatisticsPlan> = {
	tiny: { aliccp: { preset: "tiny" }, esm2: { preset: "tiny" }, seeds: 2 },
	demo: { aliccp: { preset: "aliccp", rows: 400_000 }, esm2: { preset: "esm2", rows: 400_000 }, seeds: 3 },
	full: { aliccp: { preset: "aliccp" }, esm2: { preset: "esm2" }, seeds: 3 },
};

/** What `statisticsTables` counts at a scale. */
export const planOfStatistics = (scale: Scale): StatisticsPlan => plans[scale];

/** CSTWA drops ids that are seen less often in training. */
const MIN_FREQUENCY = 10;

/**
 * The tables that describe logs, ours beside theirs: ESMM's Table 1, ESM²'s Table 1 and Figure 3, CSTWA's Table 1.
 * Each log is simulated, counted and let go. CSTWA's is split 70/10/20 % of the days, ids of fewer than ten training
 * rows dropped.
 *
 * @param options.progress hears the impressions simulated so far, of `total`
 * @throws Interrupted when the signal asks to stop
 */
export async function statisticsTables(options: {
	scale: Scale;
	progress?: (done: number, total: number) => void;
	signal?: AbortSignal;
}): Promise<PaperTable[]> {
	const { aliccp, esm2, seeds: n } = plans[options.scale];
	let logs = 0;
	const each = async <T>({ preset, rows }: CountedLog, count: (log: Simulated) => T): Promise<T[]> => {
		const counted: T[] = [];
		for (const seed of seeds(n)) {
			if (options.signal?.aborted) throw new Interrupted("the statistics: stopped; the same command begins them again");
			const progress = (done: number, total: number) => options.progress?.(logs * total + done, 2 * n * total);
			counted.push(count(await simulateInTurns({ preset, rows, seed, progress })));
			logs++;
		}
		return counted;
	};
	const preparation = { split: splits.esm2, encoding: { minFrequency: MIN_FREQUENCY } };
	const ofAliCcp = await each(aliccp, (log) => ({
		counts: countsOfLog(log),
		prepared: preparedCounts(prepare(log, preparation)),
	}));
	const ofEsm2 = await each(esm2, (log) => ({ counts: countsOfLog(log), edges: edgeRates(log, esm2Edges) }));
	const [likeAliCcp, likeEsm2] = [aliccp, esm2].map(({ preset }) => `simulated log "${preset}", ${n} seeds`);
	const cstwa = `${likeAliCcp}, 70/10/20 % of the days, ids of at least ${MIN_FREQUENCY} training rows`;
	return [
		esmmTable1(
			ofAliCcp.map(({ counts }) => counts),
			{ log: likeAliCcp, own: false },
		),
		esm2Table1(
			ofEsm2.map(({ counts }) => counts),
			{ log: likeEsm2, own: false },
		),
		esm2Figure3(
			ofEsm2.map(({ edges }) => edges),
			{ log: likeEsm2, own: false },
		),
		cstwaTable1(
			ofAliCcp.map(({ prepared }) => prepared),
			{ log: cstwa, own: false },
		),
	];
}
