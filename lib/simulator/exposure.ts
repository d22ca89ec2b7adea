import { type Random, stream } from "../core/random";
import { type Calendar, DAY } from "./calendar";
import { weighted } from "./draw";
import type { Items, Users } from "./entities";
import type { Knobs } from "./presets";

/** The impressions of a log in time order, one entry a row. Users and items count from 0, positions and requests from 1 and 0. */
export interface Exposure {
	request: Int32Array;
	/** Seconds since the start of the log; ties are in the order of requests. */
	time: Int32Array;
	day: Int32Array;
	user: Int32Array;
	item: Int32Array;
	position: Int32Array;
	/** 1…3; says nothing about behaviour. */
	device: Int32Array;
	/** z_u·q_i/√d of the click and of the buy latents. */
	clickAffinity: Float64Array;
	buyAffinity: Float64Array;
}

/** Columns for n impressions, all 0. */
export function emptyExposure(n: number): Exposure {
	const int = () => new Int32Array(n);
	return {
		...{ request: int(), time: int(), day: int(), user: int(), item: int(), position: int(), device: int() },
		...{ clickAffinity: new Float64Array(n), buyAffinity: new Float64Array(n) },
	};
}

/** The K candidates of a request in the order of their draw; the arrays are used again for the next request. */
export interface Candidates {
	request: number;
	user: number;
	device: number;
	item: Int32Array;
	/** z_u·q_i/√d of the click latents. */
	affinity: Float64Array;
}

/**
 * What the logged policy shows. Per request: K candidates by popularity without replacement, scored by a noisy click
 * affinity, quality and a Gumbel draw; the best L are shown in that order.
 *
 * Impressions are therefore already selected, and position goes with relevance: position bias and relevance are
 * confounded, which breaks any model that reads position as an effect of its own, and inverse-propensity weights that
 * know positions only.
 *
 * @param seen is told the candidates of each request
 */
export function expose(
	knobs: Knobs,
	calendar: Calendar,
	users: Users,
	items: Items,
	seed: number,
	seen?: (candidates: Candidates) => void,
): Exposure {
	const { N, L, K, d } = knobs;
	const random = (name: string) => stream(seed, `exposure/${name}`);
	const requests = Math.ceil(N / L);
	const times = requestTimes(requests, knobs, calendar, seed);
	const drawUser = weighted(random("user"), users.activity);
	const drawItem = weighted(random("candidate"), items.popularity);
	const noise = random("noise").normal;
	const gumbel = random("gumbel").uniform;
	const drawDevice = random("device").int;

	const rows = emptyExposure(N);
	const { clickLatent: userLatent } = users;
	const { clickLatent: itemLatent, quality } = items;
	const perRoot = 1 / Math.sqrt(d);
	const qualityWeight = 0.5 * knobs.tau * knobs.polQ;
	const drawnIn = new Int32Array(knobs.I).fill(-1);
	const all: Candidates = { request: 0, user: 0, device: 0, item: new Int32Array(K), affinity: new Float64Array(K) };
	const best = { score: new Float64Array(L), item: new Int32Array(L), affinity: new Float64Array(L) };

	for (let request = 0, row = 0; request < requests; request++) {
		const user = drawUser();
		const device = 1 + drawDevice(3);
		let kept = 0;
		for (let candidate = 0; candidate < K; candidate++) {
			let item = drawItem();
			while (drawnIn[item] === request) item = drawItem();
			drawnIn[item] = request;
			const affinity = dot(userLatent, user * d, itemLatent, item * d, d) * perRoot;
			all.item[candidate] = item;
			all.affinity[candidate] = affinity;
			// Half a step keeps the uniform away from 0.
			const luck = -Math.log(-Math.log(gumbel() + 2 ** -33));
			const score = knobs.tau * (affinity + knobs.nu * noise()) + qualityWeight * quality[item] + luck;
			if (kept === L && score <= best.score[L - 1]) continue;
			let at = kept < L ? kept++ : L - 1;
			for (; at > 0 && best.score[at - 1] < score; at--) {
				best.score[at] = best.score[at - 1];
				best.item[at] = best.item[at - 1];
				best.affinity[at] = best.affinity[at - 1];
			}
			best.score[at] = score;
			best.item[at] = item;
			best.affinity[at] = affinity;
		}
		seen?.(Object.assign(all, { request, user, device }));
		const time = times[request];
		const day = Math.floor(time / DAY);
		for (let at = 0; at < L && row < N; at++, row++) {
			const item = best.item[at];
			rows.request[row] = request;
			rows.time[row] = time;
			rows.day[row] = day;
			rows.user[row] = user;
			rows.item[row] = item;
			rows.position[row] = at + 1;
			rows.device[row] = device;
			rows.clickAffinity[row] = best.affinity[at];
			rows.buyAffinity[row] = dot(users.buyLatent, user * d, items.buyLatent, item * d, d) * perRoot;
		}
	}
	return rows;
}

/** Times of the requests, ascending: a day by traffic, a second within it. */
function requestTimes(requests: number, knobs: Knobs, calendar: Calendar, seed: number): Int32Array {
	const drawDay = weighted(stream(seed, "exposure/day"), calendar.traffic);
	const random = stream(seed, "exposure/second");
	return new Int32Array(requests).map(() => drawDay() * DAY + secondOfDay(random, knobs.diurnal)).sort();
}

/** Share of a day's traffic up to a share of the day, with the peak at 21 h. */
const diurnalShare = (at: number, diurnal: number): number => {
	const turn = (share: number) => Math.sin(2 * Math.PI * (share - 21 / 24));
	return at + (diurnal * (turn(at) - turn(0))) / (2 * Math.PI);
};

/** A second of a day, of density 1 + diurnal·cos(2π(hour − 21)/24); one uniform, whatever the curve. */
export function secondOfDay(random: Random, diurnal: number): number {
	if (diurnal === 0) return random.int(DAY);
	const share = random.uniform();
	let [low, high] = [0, DAY - 1];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (diurnalShare((middle + 1) / DAY, diurnal) > share) high = middle;
		else low = middle + 1;
	}
	return low;
}

/** Inner product of two vectors that begin somewhere in two arrays. */
export function dot(a: Float64Array, atA: number, b: Float64Array, atB: number, d: number): number {
	let sum = 0;
	for (let k = 0; k < d; k++) sum += a[atA + k] * b[atB + k];
	return sum;
}
