import { stream } from "../core/random";
import type { Replay } from "./replay";

/** What a ranking brings, request by request: expected clicks and expected conversions of the slate it would show. */
export interface RankingOutcome {
	clicks: Float64Array;
	conversions: Float64Array;
}

/** A figure relative to the baseline, minus 1: 0.02 is two per cent more. With its 95 % bootstrap interval over requests. */
export interface Lift {
	value: number;
	/** Deviation of the bootstrap's draws. */
	se: number;
	low: number;
	high: number;
}

/** A simulated A/B test of two rankings of the same requests. */
export interface SimulatedAb {
	requests: number;
	/** Σ pctr, Σ pctcvr and their ratio at the new positions. */
	clicks: number;
	conversions: number;
	cvr: number;
	baseline: { clicks: number; conversions: number; cvr: number };
	lift: { clicks: Lift; conversions: Lift; cvr: Lift };
}

/** Scores that give the logged ranking back: the policy that was at work, as a baseline. */
export const loggedScores = (replay: Replay): Float32Array =>
	Float32Array.from(replay.columns.logged_position as Int32Array, (position) =>
		position > 0 ? -position : Number.NEGATIVE_INFINITY,
	);

/**
 * Re-evaluates a ranking: of each request the `slate` candidates of highest score are shown in that order, and their truths
 * are those of the NEW position, position^(−eta)·pctr1 and position^(−eta)·pctcvr1. Equal scores keep the candidates' order.
 *
 * It takes pctcvr = pctr·pcvr_obs, and that a candidate's truth depends on no other item of the slate, as in this world.
 *
 * @param scores one a row of the table, from a model that saw position 1 everywhere
 * @throws Error scores of another length, or not a number
 */
export function rankingOutcome(replay: Replay, scores: ArrayLike<number>): RankingOutcome {
	const { requests, candidates, slate, eta, rows } = replay;
	if (scores.length !== rows) throw new Error(`${scores.length} scores for ${rows} candidates`);
	const { pctr1, pctcvr1 } = replay.columns as Record<string, Float32Array>;
	const exam = Float64Array.from({ length: slate }, (_, at) => (at + 1) ** -eta);
	const outcome = { clicks: new Float64Array(requests), conversions: new Float64Array(requests) };
	for (let request = 0; request < requests; request++) {
		const first = request * candidates;
		const order = Array.from({ length: candidates }, (_, k) => first + k);
		for (const row of order) if (Number.isNaN(scores[row])) throw new Error(`the score of row ${row} is NaN`);
		order.sort((a, b) => (scores[a] === scores[b] ? a - b : scores[b] - scores[a]));
		for (let at = 0; at < slate; at++) {
			outcome.clicks[request] += exam[at] * pctr1[order[at]];
			outcome.conversions[request] += exam[at] * pctcvr1[order[at]];
		}
	}
	return outcome;
}

const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);

/**
 * A simulated A/B test: expected clicks, conversions and CVR of a ranking relative to a baseline's, with a bootstrap over
 * requests, which both rankings share (paired).
 *
 * @param draws resamples; the same seed, the same interval
 */
export function simulatedAb(
	replay: Replay,
	scores: ArrayLike<number>,
	baseline: ArrayLike<number>,
	{ seed, draws = 1000 }: { seed: number; draws?: number },
): SimulatedAb {
	const a = rankingOutcome(replay, scores);
	const b = rankingOutcome(replay, baseline);
	const totals = (clicks: number, conversions: number) => ({ clicks, conversions, cvr: conversions / clicks });
	const ours = totals(sum(a.clicks), sum(a.conversions));
	const theirs = totals(sum(b.clicks), sum(b.conversions));
	const { int } = stream(seed, "simulatedAb");
	const drawn = { clicks: [] as number[], conversions: [] as number[], cvr: [] as number[] };
	for (let draw = 0; draw < draws; draw++) {
		let [aClicks, aConversions, bClicks, bConversions] = [0, 0, 0, 0];
		for (let i = 0; i < replay.requests; i++) {
			const request = int(replay.requests);
			aClicks += a.clicks[request];
			aConversions += a.conversions[request];
			bClicks += b.clicks[request];
			bConversions += b.conversions[request];
		}
		drawn.clicks.push(aClicks / bClicks - 1);
		drawn.conversions.push(aConversions / bConversions - 1);
		drawn.cvr.push(aConversions / aClicks / (bConversions / bClicks) - 1);
	}
	const lift = (name: "clicks" | "conversions" | "cvr"): Lift => ({
		value: ours[name] / theirs[name] - 1,
		...spread(drawn[name]),
	});
	return {
		requests: replay.requests,
		...ours,
		baseline: theirs,
		lift: { clicks: lift("clicks"), conversions: lift("conversions"), cvr: lift("cvr") },
	};
}

/** Deviation of draws, and the ends between which 95 % of them lie. */
export function spread(draws: number[]): { se: number; low: number; high: number } {
	const sorted = Float64Array.from(draws).sort();
	const mean = sum(sorted) / sorted.length;
	const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
	const se = Math.sqrt(sorted.reduce((total, value) => total + (value - mean) ** 2, 0) / (sorted.length - 1));
	return { se, low: at(0.025), high: at(0.975) };
}
