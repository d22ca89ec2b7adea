import { createHash } from "node:crypto";
import { stream } from "../core/random";
import type { Log } from "../data/log";
import { oddsOf } from "./behaviour";
import { actedIn, featuresBeside, logBeside, testDay } from "./beside";
import { DAY } from "./calendar";
import { dot, type Exposure, emptyExposure, expose } from "./exposure";
import { featureKinds } from "./features";
import type { Events } from "./history";
import { oracle } from "./oracle";
import { type Sequences, sequencesOf } from "./sequence";
import { makeWorld, placeOf, type Simulated, truthsOf, type World } from "./simulate";

/** Requests with all their candidates, K rows each: what a simulated A/B test ranks anew. */
export interface Replay extends Log {
	/** Requests, and candidates of each. Row r·candidates + k is candidate k of the r-th request. */
	requests: number;
	candidates: number;
	/** Items shown of each. */
	slate: number;
	/** Examination is position^(−eta), a factor of P(click). */
	eta: number;
	/** What each request may see of the log's events. */
	sequences: Sequences;
}

/**
 * The replay table: `replayRequests` requests of the test days (the second half, unless `firstDay` says), drawn uniformly without replacement, each with all K
 * candidates of the logged policy in the order of their draw, and the features that a model has at the time of the request.
 *
 * The feature `position` is 1 in every row, and `pctr1`, `pcvr_obs`, `pctcvr1` are the truths there. As examination
 * multiplies, at position p the truths are p^(−eta)·pctr1 and p^(−eta)·pctcvr1, and pcvr_obs is the same: `rankingOutcome`
 * reckons with that. `logged_position` is 0 for what was not shown; it and the truths are oracle columns. There are no
 * events, so the log trains nothing. Made when asked for, from the log.
 *
 * @param firstDay requests are of this day or a later one: where a model was trained on more than the first half of the days, the first
 * of its test part
 */
export function replayTable(log: Simulated, firstDay = testDay(log.knobs)): Replay {
	const { knobs, seed, intercepts } = log;
	const { L, K, eta } = knobs;
	const world = makeWorld(knobs, seed);
	const chosen = chooseRequests(log, firstDay);
	const { rows, loggedPosition } = candidatesOf(log, world, chosen);
	const n = rows.item.length;
	const truths = truthsOf(n, oracle(knobs, oddsOf(knobs, world, rows), intercepts));
	const { events, at } = withLooks(log, rows, chosen);
	const features = featuresBeside(knobs, world, rows, events, knobs.freezeAt * DAY, at);
	const schema = {
		...{ user: "user", time: "time", events: {}, implies: {}, features: featureKinds() },
		oracle: ["logged_position", "pctr1", "pcvr_obs", "pctcvr1"],
		truth: { "click|impression": "pctr1", "conversion|click": "pcvr_obs", "conversion|impression": "pctcvr1" },
	};
	const columns = {
		...{ ...placeOf(rows), ...features, logged_position: loggedPosition },
		...{ pctr1: truths.pctr, pcvr_obs: truths.pcvr_obs, pctcvr1: truths.pctcvr },
	};
	const fingerprint = replayFingerprint(log.fingerprint, knobs, firstDay);
	return {
		...logBeside(log, "replay", n, schema, columns, fingerprint),
		...{ requests: chosen.length, candidates: K, slate: L, eta },
		sequences: sequencesOf(
			log.sequences.events,
			{ ...rows, before: (row) => rows.request[row] * L },
			knobs.freezeAt * DAY,
		),
	};
}

/** Fingerprint of the replay table of a log: of the log, how many requests are asked for, and the day from which they are drawn. */
export function replayFingerprint(
	log: string,
	knobs: Pick<Simulated["knobs"], "T" | "replayRequests">,
	firstDay: number,
): string {
	const since = firstDay === testDay(knobs) ? "" : `/${firstDay}`;
	return createHash("sha256").update(`${log}/replay/${knobs.replayRequests}${since}`).digest("hex");
}

/** Numbers of the chosen requests, ascending. */
function chooseRequests({ knobs, seed, columns }: Simulated, firstDay: number): Int32Array {
	const { L } = knobs;
	const day = columns.day as Int32Array;
	const requests = Math.ceil(day.length / L);
	let first = 0;
	while (first < requests && day[first * L] < firstDay) first++;
	const test = Int32Array.from({ length: requests - first }, (_, i) => first + i);
	return stream(seed, "replay/requests").shuffle(test).slice(0, knobs.replayRequests).sort();
}

/** The candidates of some requests at position 1, by drawing the exposure of the whole log once more. */
function candidatesOf(log: Simulated, world: World, chosen: Int32Array) {
	const { knobs, seed, columns } = log;
	const { L, K, d } = knobs;
	const { users, items, calendar } = world;
	const rows = emptyExposure(chosen.length * K);
	const loggedPosition = new Int32Array(rows.item.length);
	const shown = columns.item as Int32Array;
	const time = columns.time as Int32Array;
	const perRoot = 1 / Math.sqrt(d);
	let next = 0;
	expose(knobs, calendar, users, items, seed, ({ request, user, device, item, affinity }) => {
		if (request !== chosen[next]) return;
		for (let k = 0, row = next * K; k < K; k++, row++) {
			rows.request[row] = request;
			rows.time[row] = time[request * L];
			rows.day[row] = Math.floor(rows.time[row] / DAY);
			rows.user[row] = user;
			rows.item[row] = item[k];
			rows.position[row] = 1;
			rows.device[row] = device;
			rows.clickAffinity[row] = affinity[k];
			rows.buyAffinity[row] = dot(users.buyLatent, user * d, items.buyLatent, item[k] * d, d) * perRoot;
			const slate = shown.subarray(request * L, (request + 1) * L);
			loggedPosition[row] = slate.indexOf(item[k] + 1) + 1;
		}
		next++;
	});
	return { rows, loggedPosition };
}

/** The log with the candidates put behind the rows of their requests, where they only look. */
function withLooks(
	log: Simulated,
	rows: Exposure,
	chosen: Int32Array,
): { events: Events; at: (row: number) => number } {
	const { L, K } = log.knobs;
	const acted = actedIn(log);
	const total = acted.time.length + rows.item.length;
	const int = () => new Int32Array(total);
	const events = {
		...{ request: int(), time: int(), user: int(), item: int(), conversionTime: int().fill(-1) },
		...{ click: new Uint8Array(total), looks: new Uint8Array(total) },
	};
	const places = new Int32Array(chosen.length);
	let to = 0;
	const copy = (from: Pick<Events, "request" | "time" | "user" | "item">, start: number, end: number) => {
		for (const name of ["request", "time", "user", "item"] as const)
			events[name].set(from[name].subarray(start, end), to);
	};
	let done = 0;
	chosen.forEach((request, index) => {
		const end = Math.min((request + 1) * L, acted.time.length);
		copy(acted, done, end);
		events.click.set(acted.click.subarray(done, end), to);
		events.conversionTime.set(acted.conversionTime.subarray(done, end), to);
		to += end - done;
		done = end;
		places[index] = to;
		copy(rows, index * K, (index + 1) * K);
		events.looks.fill(1, to, to + K);
		to += K;
	});
	const cut = <A extends Int32Array | Uint8Array>(column: A) => column.subarray(0, to) as A;
	return {
		events: {
			...{ request: cut(events.request), time: cut(events.time), user: cut(events.user), item: cut(events.item) },
			...{ click: cut(events.click), conversionTime: cut(events.conversionTime), looks: cut(events.looks) },
		},
		at: (row) => places[Math.floor(row / K)] + (row % K),
	};
}
