import { createHash } from "node:crypto";
import { InputError } from "../core/problem";
import { stream } from "../core/random";
import type { Log } from "../data/log";
import { behave, oddsOf } from "./behaviour";
import { actedIn, featuresBeside, logBeside, testDay, trainEnd } from "./beside";
import { DAY } from "./calendar";
import { weighted } from "./draw";
import { dot, type Exposure, emptyExposure, secondOfDay } from "./exposure";
import type { Events } from "./history";
import { oracle } from "./oracle";
import type { Knobs } from "./presets";
import { type Realised, realisedRates } from "./realised";
import { type Sequences, sequencesOf } from "./sequence";
import { makeWorld, outcomesOf, placeOf, type Simulated, simulatedSchema, truthsOf, type World } from "./simulate";

/** A log of slates that were drawn at random: the unbiased test set. */
export interface RandomExposure extends Log {
	/** Rates that came out: rarer clicks and conversions than in the log itself, for random items are less relevant. */
	realised: Realised;
	/** What each row may see of the log's events, all of them from before the test part. */
	sequences: Sequences;
}

/**
 * The random-exposure log of a world (`randomLog` rows): users by activity, days of the test part by traffic, L items
 * uniformly without replacement in random order. So neither exposure nor position goes with relevance, which the log itself
 * lets no method assume.
 *
 * Features and sequences are of the state at the end of the training part and stay there. Its rows enter no history, no
 * count and no training. It has the log's columns and `is_random` = 1, which is an oracle column. Its draws are its own:
 * the log is the same bytes with or without it. Made when asked for, from the log.
 *
 * @throws InputError `randomLog` is 0
 */
export function randomExposure(log: Simulated): RandomExposure {
	const { knobs, seed, intercepts } = log;
	if (knobs.randomLog === 0)
		throw new InputError('knob "randomLog" is 0: there is no random-exposure log; set its rows');
	const world = makeWorld(knobs, seed);
	const rows = exposeAtRandom(knobs, world, seed);
	const odds = oddsOf(knobs, world, rows);
	const behaviour = behave(knobs, odds, intercepts, rows, seed, "random/labels");
	const truths = truthsOf(rows.item.length, oracle(knobs, odds, intercepts));
	const n = rows.item.length;
	const frozen = trainEnd(knobs);
	const before = eventsBefore(log, frozen, rows);
	const at = before.time.length - n;
	const features = featuresBeside(knobs, world, rows, before, frozen, (row) => at + row);
	const schema = simulatedSchema(knobs);
	const fingerprint = createHash("sha256").update(`${log.fingerprint}/random/${knobs.randomLog}`).digest("hex");
	const columns = {
		...{ ...placeOf(rows), ...features, ...outcomesOf(knobs, rows, odds, behaviour, truths) },
		is_random: new Uint8Array(n).fill(1),
	};
	const oracleColumns = [...(schema.oracle ?? []), "is_random"];
	return {
		...logBeside(log, "random exposure", n, { ...schema, oracle: oracleColumns }, columns, fingerprint),
		realised: realisedRates(behaviour, rows.day, world.calendar),
		sequences: sequencesOf(log.sequences.events, { ...rows, before: () => 0 }, frozen),
	};
}

/** The rows of the log from before a second, and behind them those of the random log, which come later and so are not taken in. */
function eventsBefore(log: Simulated, frozen: number, rows: Exposure): Events {
	const acted = actedIn(log);
	let n = 0;
	while (n < acted.time.length && acted.time[n] < frozen) n++;
	const requests = n === 0 ? 0 : acted.request[n - 1] + 1;
	const behind = (first: Int32Array, then: Int32Array): Int32Array => {
		const joined = new Int32Array(n + then.length);
		joined.set(first.subarray(0, n));
		joined.set(then, n);
		return joined;
	};
	const click = new Uint8Array(n + rows.item.length);
	click.set(acted.click.subarray(0, n));
	return {
		request: behind(
			acted.request,
			rows.request.map((request) => requests + request),
		),
		time: behind(acted.time, rows.time),
		user: behind(acted.user, rows.user),
		item: behind(acted.item, rows.item),
		click,
		conversionTime: behind(acted.conversionTime, new Int32Array(rows.item.length).fill(-1)),
	};
}

function exposeAtRandom(knobs: Knobs, { calendar, users, items }: World, seed: number): Exposure {
	const { L, I, d, randomLog: N } = knobs;
	const random = (name: string) => stream(seed, `random/${name}`);
	const from = testDay(knobs);
	const drawDay = weighted(random("day"), calendar.traffic.slice(from));
	const second = random("second");
	const requests = Math.ceil(N / L);
	const times = new Int32Array(requests)
		.map(() => (from + drawDay()) * DAY + secondOfDay(second, knobs.diurnal))
		.sort();
	const drawUser = weighted(random("user"), users.activity);
	const drawDevice = random("device").int;
	const drawItem = random("item").int;
	const drawnIn = new Int32Array(I).fill(-1);
	const rows = emptyExposure(N);
	const perRoot = 1 / Math.sqrt(d);
	for (let request = 0, row = 0; request < requests; request++) {
		const user = drawUser();
		const device = 1 + drawDevice(3);
		for (let position = 1; position <= L && row < N; position++, row++) {
			let item = drawItem(I);
			while (drawnIn[item] === request) item = drawItem(I);
			drawnIn[item] = request;
			rows.request[row] = request;
			rows.time[row] = times[request];
			rows.day[row] = Math.floor(times[request] / DAY);
			rows.user[row] = user;
			rows.item[row] = item;
			rows.position[row] = position;
			rows.device[row] = device;
			rows.clickAffinity[row] = dot(users.clickLatent, user * d, items.clickLatent, item * d, d) * perRoot;
			rows.buyAffinity[row] = dot(users.buyLatent, user * d, items.buyLatent, item * d, d) * perRoot;
		}
	}
	return rows;
}
