import { stream } from "../core/random";
import { type Lift, spread } from "./rerank";

/** What a ranking brings on one log: whose request each is, and its expected clicks and conversions. */
export interface OfRequests {
	user: Int32Array;
	clicks: Float64Array;
	conversions: Float64Array;
}

/** What a ranking brings on some logs, a value a user: users of different logs are different users. */
export interface OfUsers {
	clicks: Float64Array;
	conversions: Float64Array;
	/** Users of each log in order: the first log's are the first values. */
	users: readonly number[];
}

/** Sums what a ranking brings over each user's requests, log after log; users in the order of their first request. */
export function ofUsers(logs: readonly OfRequests[]): OfUsers {
	const clicks: number[] = [];
	const conversions: number[] = [];
	const users = logs.map((log) => {
		const places = new Map<number, number>();
		for (const [request, user] of log.user.entries()) {
			const place = places.get(user) ?? clicks.length;
			if (place === clicks.length) {
				places.set(user, place);
				clicks.push(0);
				conversions.push(0);
			}
			clicks[place] += log.clicks[request];
			conversions[place] += log.conversions[request];
		}
		return places.size;
	});
	return { clicks: Float64Array.from(clicks), conversions: Float64Array.from(conversions), users };
}

/** A ranking relative to another in expected clicks, conversions and CVR. */
export interface Lifts {
	clicks: Lift;
	conversions: Lift;
	cvr: Lift;
}

/**
 * Rankings relative to others of the same requests: the value over all users of all logs, with a bootstrap over users, all requests of a
 * user together and the same users for every ranking (paired cluster bootstrap). Users are drawn from all logs at once.
 *
 * What varies is whom the logs happened to hold; what a training's seed does is in it only as far as logs differ in theirs.
 *
 * @param pairs [ranking, its baseline], as places in `rankings`
 * @param draws resamples; the same seed, the same intervals
 * @throws Error rankings of other users
 */
export function liftsOverUsers(
	rankings: readonly OfUsers[],
	pairs: readonly (readonly [number, number])[],
	{ seed, draws = 1000 }: { seed: number; draws?: number },
): Lifts[] {
	const { users } = rankings[0];
	for (const one of rankings)
		if (String(one.users) !== String(users)) throw new Error(`rankings of ${one.users} and of ${users} users`);
	const n = rankings[0].clicks.length;
	/** Totals of every ranking with each user as often as counted. */
	const totals = (times: Uint16Array) =>
		rankings.map(({ clicks, conversions }): Totals => {
			let [allClicks, allConversions] = [0, 0];
			for (let user = 0; user < n; user++) {
				allClicks += times[user] * clicks[user];
				allConversions += times[user] * conversions[user];
			}
			return { clicks: allClicks, conversions: allConversions, cvr: allConversions / allClicks };
		});
	const once = totals(new Uint16Array(n).fill(1));
	const { int } = stream(seed, "liftsOverUsers");
	const drawn = Array.from({ length: draws }, () => {
		const times = new Uint16Array(n);
		for (let i = 0; i < n; i++) times[int(n)]++;
		return totals(times);
	});
	return pairs.map(([ours, baseline]): Lifts => {
		const lift = (name: keyof Totals): Lift => ({
			value: once[ours][name] / once[baseline][name] - 1,
			...spread(drawn.map((totals) => totals[ours][name] / totals[baseline][name] - 1)),
		});
		return { clicks: lift("clicks"), conversions: lift("conversions"), cvr: lift("cvr") };
	});
}

interface Totals {
	clicks: number;
	conversions: number;
	cvr: number;
}
