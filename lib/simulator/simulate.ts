import { createHash } from "node:crypto";
import type { Column, Log } from "../data/log";
import type { Schema } from "../data/schema";
import { type Behaviour, behave, type Intercepts, microActions, type Odds, oddsOf } from "./behaviour";
import { type Calendar, DAY, layCalendar } from "./calendar";
import { calibrate } from "./calibrate";
import { type Categories, type Items, makeCategories, makeItems, makeUsers, type Users } from "./entities";
import { type Exposure, expose } from "./exposure";
import { featureKinds, observe } from "./features";
import { history } from "./history";
import { oracle, truthColumns } from "./oracle";
import { chooseKnobs, type Knobs, type PresetName } from "./presets";
import { type Realised, realisedRates } from "./realised";
import { eventLog, firstRows, type Sequences, sequencesOf } from "./sequence";

/** Raised whenever the same options give other numbers. */
export const simulatorVersion = 1;

/** What to simulate. */
export interface SimulateOptions {
	preset: PresetName;
	/** Same options and seed, same bytes. */
	seed: number;
	/** Impressions instead of the preset's; users and items stay. */
	rows?: number;
	/** Knobs set otherwise than the preset does. */
	knobs?: Partial<Knobs>;
	/** Called now and then with rows' worth of work done, of `total`. */
	progress?: (done: number, total: number) => void;
}

/** A simulated log: a `Log` whose oracle columns tell the truth, with what it was made from. */
export interface Simulated extends Log {
	/** All knobs, also those the preset set. */
	knobs: Knobs;
	seed: number;
	/** Solved by calibration. */
	intercepts: Intercepts;
	/** Rates that came out. */
	realised: Realised;
	/** The users' event log, and for each row the last clicked items before its request. */
	sequences: Sequences;
}

/** Calendar and entities of a world: everything that exists before the first request. */
export interface World {
	calendar: Calendar;
	categories: Categories;
	items: Items;
	users: Users;
}

/** The world of some knobs and a seed. */
export function makeWorld(knobs: Knobs, seed: number): World {
	const categories = makeCategories(knobs, seed);
	return {
		calendar: layCalendar(knobs),
		categories,
		items: makeItems(knobs, categories, seed),
		users: makeUsers(knobs, seed),
	};
}

const latentColumns = ["h", "drift", "g", "affinity_click", "affinity_buy", "exam"];
/** Seen only after the click, but neither 0/1 events nor truths: listed with the oracle so that no model reads them. */
const laterColumns = ["dwell", "conversionTime"];

/** Which oracle column is the truth of which probability; `oAction` and `oMicro` are the clicks without the action. */
const truthOf = {
	"click|impression": "pctr",
	"conversion|click": "pcvr_obs",
	"conversion|do(click)": "pcvr_do",
	"conversion|impression": "pctcvr",
	"micro|click": "pmi_obs",
	"dAction|click": "pma_obs",
	"conversion|dAction": "p_buy_given_a",
	"conversion|oAction": "p_buy_given_oa",
	"dAction|micro": "p_ma_given_mi",
	"dAction|oMicro": "p_ma_given_omi",
};

/** The truth of P(conversion | impression) where some convert without a click: pctcvr + (1 − pctr)·pDirect. */
const withDirect = "p_conversion";

/** The schema of a simulated log. With `pDirect` above 0 a conversion implies no click, and `p_conversion` is its truth. */
export function simulatedSchema({ pDirect }: Pick<Knobs, "pDirect"> = { pDirect: 0 }): Schema {
	const after = ["micro", "cart", "wish", "dAction", "conversion", ...microActions];
	const needClick = pDirect > 0 ? after.filter((event) => event !== "conversion") : after;
	const oracle = [...truthColumns, ...latentColumns, ...laterColumns];
	return {
		user: "user",
		time: "time",
		events: Object.fromEntries(["click", ...after].map((event) => [event, event])),
		implies: Object.fromEntries(needClick.map((event) => [event, "click"])),
		features: featureKinds(),
		oracle: pDirect > 0 ? [...oracle, withDirect] : oracle,
		truth: pDirect > 0 ? { ...truthOf, "conversion|impression": withDirect } : truthOf,
	};
}

/**
 * Simulates a log of user behaviour with known truth.
 *
 * Users, items and a calendar with promotions; a relevance-dependent exposure policy; clicks under hidden intent; micro
 * actions, cart, wish, conversion. It encodes no model: the identities of ESMM, ESM² and HM³ hold as total probability,
 * no method has the functional form right. Besides features and events the columns are `request`, `day` (from 0), `time`
 * (seconds since the start) and the oracle's (`truthColumns`, hidden intent `h`, `drift`, `g`, affinities, `exam`).
 * Sequences lie beside the columns. From a finished log `randomExposure`, `replayTable` and `exposurePropensity` make what
 * few need, from random streams of their own.
 *
 * @throws InputError an unknown preset or knob, a value out of range, a target that cannot be reached
 */
export function simulate(options: SimulateOptions): Simulated {
	const work = steps(options);
	for (;;) {
		const { done, value } = work.next();
		if (done) return value;
	}
}

/** As `simulate`, but between its steps the rest of the process has its turn, so that a request to stop is heard. */
export async function simulateInTurns(options: SimulateOptions): Promise<Simulated> {
	const work = steps(options);
	for (;;) {
		const { done, value } = work.next();
		if (done) return value;
		await new Promise(setImmediate);
	}
}

/** The steps of a simulation; each tells the progress how much of the work is done, and yields. */
function* steps(options: SimulateOptions): Generator<void, Simulated> {
	const { preset, seed } = options;
	const knobs = knobsOf(options);
	const { N } = knobs;
	const report = (share: number) => options.progress?.(Math.round(share * N), N);
	yield report(0);
	const world = makeWorld(knobs, seed);
	const rows = expose(knobs, world.calendar, world.users, world.items, seed);
	yield report(0.15);
	const odds = oddsOf(knobs, world, rows);
	yield report(0.2);
	const intercepts = calibrate(knobs, odds, (share) => report(0.2 + 0.5 * share));
	yield report(0.7);
	const behaviour = behave(knobs, odds, intercepts, rows, seed);
	yield report(0.75);
	const truths = truthsOf(N, oracle(knobs, odds, intercepts));
	yield report(0.9);
	const columns = { ...placeOf(rows), ...observe(knobs, world, rows), ...historyOf(knobs, world, rows, behaviour) };
	const sequences = sequencesOfLog(knobs, world, rows, behaviour);
	yield report(1);
	return {
		name: `simulator ${preset}, seed ${seed}`,
		rows: N,
		schema: simulatedSchema(knobs),
		columns: { ...columns, ...outcomesOf(knobs, rows, odds, behaviour, truths) },
		read: N,
		dropped: [],
		fingerprint: fingerprintOf(options),
		knobs,
		seed,
		intercepts,
		realised: realisedRates(behaviour, rows.day, world.calendar),
		sequences,
	};
}

/** Where and when: `request`, `day` and `time`. */
export const placeOf = ({ request, day, time }: Exposure): Record<string, Int32Array> => ({ request, day, time });

/** Counts and rates to date. Conversions without a click count nowhere: they have no click to be a rate of. */
function historyOf(knobs: Knobs, world: World, rows: Exposure, { click, conversionTime }: Behaviour) {
	const { category, brand, shop } = world.items;
	const clicked = conversionTime.map((time, row) => (click[row] ? time : -1));
	return history(
		{ ...rows, click, conversionTime: clicked },
		[category, brand, shop],
		{ users: knobs.U, items: knobs.I },
		knobs.freezeAt * DAY,
	);
}

function sequencesOfLog(knobs: Knobs, world: World, rows: Exposure, behaviour: Behaviour): Sequences {
	const events = eventLog({ ...rows, ...behaviour }, world.items, knobs.U);
	const first = firstRows(rows.request);
	return sequencesOf(events, { ...rows, before: (row) => first[row] }, knobs.freezeAt * DAY);
}

/** What happened after each impression, and what the oracle says of it: no column of these is a feature. */
export function outcomesOf(
	knobs: Knobs,
	rows: Exposure,
	odds: Odds,
	behaviour: Behaviour,
	truths: Record<string, Float32Array>,
): Record<string, Column> {
	const { click, micro, cart, wish, dAction, conversion, dwell, conversionTime } = behaviour;
	return {
		...{ click, micro, cart, wish, dAction, conversion },
		...Object.fromEntries(microActions.map((action, k) => [action, behaviour.actions[k]])),
		...{ dwell, conversionTime },
		...truths,
		...(knobs.pDirect > 0 && {
			[withDirect]: truths.pctcvr.map((p, row) => p + (1 - truths.pctr[row]) * knobs.pDirect),
		}),
		...{ h: behaviour.intent, drift: Float32Array.from(odds.drift), g: Float32Array.from(odds.g) },
		affinity_click: Float32Array.from(rows.clickAffinity),
		affinity_buy: Float32Array.from(rows.buyAffinity),
		exam: Float32Array.from(odds.exam),
	};
}

/** The truths of every row, stored in float32. */
export function truthsOf(N: number, truthAt: ReturnType<typeof oracle>): Record<string, Float32Array> {
	const stored = truthColumns.map(() => new Float32Array(N));
	const truth = new Float64Array(truthColumns.length);
	for (let row = 0; row < N; row++) {
		truthAt(row, truth);
		for (let k = 0; k < stored.length; k++) stored[k][row] = truth[k];
	}
	return Object.fromEntries(truthColumns.map((name, k) => [name, stored[k]]));
}

/** Knobs of the tables beside the log, which change nothing in it. */
const apart: readonly string[] = ["randomLog", "replayRequests"];
/** Knobs that came later than the first logs: at 0 a log is what it was without them. */
const silentAtZero: readonly string[] = ["pDirect", "diurnal"];

/**
 * The fingerprint of a log without simulating it: SHA-256 of knobs, rows, seed and version as JSON with sorted keys.
 * Knobs that change nothing in the log itself are left out.
 *
 * @throws InputError as `simulate`
 */
export function fingerprintOf(options: SimulateOptions): string {
	const knobs = knobsOf(options);
	const named = Object.entries(knobs).filter(
		([name, value]) => !apart.includes(name) && !(silentAtZero.includes(name) && value === 0),
	);
	const sorted = Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
	const content = { knobs: sorted, rows: knobs.N, seed: options.seed, simulatorVersion };
	return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}

const knobsOf = ({ preset, rows, knobs }: SimulateOptions): Knobs =>
	chooseKnobs(preset, rows === undefined ? knobs : { ...knobs, N: rows });
