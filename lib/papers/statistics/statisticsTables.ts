import { prepare } from "../../data/prepare";
import { splits } from "../../data/split";
import { countsOfLog, edgeRates } from "../../data/statistics";
import { Interrupted } from "../../experiment/run";
import type { PresetName } from "../../simulator/presets";
import { type Simulated, simulateInTurns } from "../../simulator/simulate";
import { cstwaTable1, preparedCounts } from "../cstwa/table1";
import { esm2Edges, esm2Figure3, esm2Table1, FIGURE_3 } from "../esm2/statistics";
import { esmmTable1 } from "../esmm/table1";
import { type Scale, seeds } from "../scale";
import type { PaperTable } from "../table/table";

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

/** The tables that there are, by paper, in their order. */
export const statisticsOf: Readonly<Record<string, readonly string[]>> = {
	esmm: ["Table 1"],
	esm2: ["Table 1", FIGURE_3],
	cstwa: ["Table 1"],
};

/** CSTWA drops ids that are seen less often in training. */
const MIN_FREQUENCY = 10;

/**
 * The tables that describe logs, ours beside theirs: ESMM's Table 1, ESM²'s Table 1 and Figure 3, CSTWA's Table 1.
 * Each log is simulated, counted and let go. CSTWA's is split 70/10/20 % of the days, ids of fewer than ten training
 * rows dropped.
 *
 * @param options.paper only this paper's tables: "esmm", "esm2" or "cstwa"
 * @param options.progress hears how much is simulated, of `total`
 * @throws Interrupted when the signal asks to stop
 */
export async function statisticsTables(options: {
	scale: Scale;
	paper?: string;
	progress?: (done: number, total: number) => void;
	signal?: AbortSignal;
}): Promise<PaperTable[]> {
	const { scale, paper, signal } = options;
	const plan = plans[scale];
	const wanted = (...papers: string[]) => paper === undefined || papers.includes(paper);
	const sources = { aliccp: wanted("esmm", "cstwa"), esm2: wanted("esm2") };
	const logs = plan.seeds * Object.values(sources).filter(Boolean).length;
	let counted = 0;
	const each = async <T>(source: keyof typeof sources, count: (log: Simulated) => T): Promise<T[]> => {
		const found: T[] = [];
		for (const seed of sources[source] ? seeds(plan.seeds) : []) {
			if (signal?.aborted) throw new Interrupted("the statistics: stopped; the same command begins them again");
			const progress = (done: number, total: number) => options.progress?.(counted * total + done, logs * total);
			found.push(count(await simulateInTurns({ ...plan[source], seed, progress })));
			counted++;
		}
		return found;
	};
	const preparation = { split: splits.esm2, encoding: { minFrequency: MIN_FREQUENCY } };
	const ofAliCcp = await each("aliccp", (log) => ({
		counts: countsOfLog(log),
		prepared: wanted("cstwa") ? [preparedCounts(prepare(log, preparation))] : [],
	}));
	const ofEsm2 = await each("esm2", (log) => ({ counts: countsOfLog(log), edges: edgeRates(log, esm2Edges) }));
	const on = (source: keyof typeof sources) => ({
		log: `simulated log "${plan[source].preset}", ${plan.seeds} seeds`,
		own: false,
	});
	const cstwa = `${on("aliccp").log}, 70/10/20 % of the days, ids of at least ${MIN_FREQUENCY} training rows`;
	const counts = <T>(logs: { counts: T }[]) => logs.map((log) => log.counts);
	return [
		...(wanted("esmm") ? [esmmTable1(counts(ofAliCcp), on("aliccp"))] : []),
		...(wanted("esm2") ? [esm2Table1(counts(ofEsm2), on("esm2"))] : []),
		...(wanted("esm2")
			? [
					esm2Figure3(
						ofEsm2.map(({ edges }) => edges),
						on("esm2"),
					),
				]
			: []),
		...(wanted("cstwa")
			? [
					cstwaTable1(
						ofAliCcp.flatMap(({ prepared }) => prepared),
						{ log: cstwa, own: false },
					),
				]
			: []),
	];
}
