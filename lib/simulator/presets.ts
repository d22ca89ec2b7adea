import { InputError, unknownName } from "../core/problem";

/**
 * Every knob of the simulated world. Names are those of the equations (`rho` is ρ, `kB` is κB, `sigOcc` is σ_occ).
 *
 * Each use of randomness has a stream of its own. So of two runs that differ in one knob, every use that makes the same
 * draws gets the same numbers: sizes (N, U, I, C, d, L, K, T) and the popularity of items change how many draws some uses
 * make, and what comes later in those streams; a strength (an effect, a rate, a spread) changes none. What is made of the
 * draws may still differ further on: another policy shows other items, and the intercepts are solved anew for the targets.
 */
export interface Knobs {
	/** Impressions. Requests are ⌈N/L⌉; the last slate is cut when L does not divide N. */
	N: number;
	/** Users. */
	U: number;
	/** Items. */
	I: number;
	/** Categories. */
	C: number;
	/** Brands; each belongs to one category. */
	B: number;
	/** Shops; each belongs to one category. */
	S: number;
	/** Dimension of the latent vectors. */
	d: number;
	/** Slate length: items shown per request. */
	L: number;
	/** Candidates per request, of which L are shown. */
	K: number;
	/** Days of the log. */
	T: number;
	/** First day of each promotion (three days long, with three days before and three after). */
	promos: number[];

	/** Target of E[click]. */
	ctr: number;
	/** Target of P(conversion | click). */
	cvr: number;
	/** Target of P(cart | click). */
	cart: number;
	/** Target of P(wish | click). */
	wish: number;
	/** Targets of P(action | click) for picture, comments, Q&A, seller chat and cart-control button. */
	micro: number[];

	/**
	 * Similarity of the click and the buy structure, −1…1. The structure knob: near 1 what is learnt from clicks
	 * helps conversion (shared embeddings, click graphs), at 0 it is uninformative, below 0 it misleads.
	 */
	rho: number;
	/** Exponent of item popularity over a random rank. */
	zipfI: number;
	/** Exponent of user activity over a random rank. */
	zipfU: number;
	/** Draw each item's discount anew for every promotion, so that hot items change. Off: one draw for all. */
	promoRedraw: boolean;

	/** Strength of relevance in the exposure policy; 0 shows by popularity alone (no selection by relevance). */
	tau: number;
	/** Noise of the policy's relevance estimate. */
	nu: number;
	/** Weight of item quality in the exposure policy. */
	polQ: number;
	/** Position bias: examination is position^(−eta), a factor of the click probability. 0 turns it off. */
	eta: number;

	/** Click logit per click affinity. */
	wA: number;
	/** Conversion logit per buy affinity. */
	vA: number;
	/** Micro-action logit per buy affinity. */
	mA: number;
	/** Cart and wish logit per buy affinity. */
	cA: number;
	/** Cart logit per micro action (wish: 0.8 of it). 0 removes the path micro → macro. */
	cm: number;
	/** Conversion logit per micro action: a path around cart and wish. */
	dm: number;
	/** Jump of the conversion logit after a cart. */
	dc: number;
	/** Jump of the conversion logit after a wish. */
	dw: number;
	/** Conversion logit per unit of item quality. */
	qB: number;
	/** Conversion logit per unit of the user's buyer propensity. */
	kB: number;
	/** How much clickbait lowers the conversion logit, while it raises clicks. */
	vbait: number;

	/** Size of the level effects of occasions on click, macro actions and conversion. 0 turns them off. */
	occAmp: number;
	/** Standard deviation of the category × occasion effect on the conversion logit. */
	sigOcc: number;
	/** Daily step of each category's random walk in the conversion logit. 0 turns drift off. */
	sigDrift: number;
	/** Traffic of days 45–59 relative to the calendar: below 1 the recent days are sparse. */
	recentShare: number;

	/** Factor on the four hidden-intent effects below. 0: missing conversion labels are random given the features. */
	gammas: number;
	/** Click logit per unit of hidden intent. */
	gammaC: number;
	/** Micro-action logit per unit of hidden intent. */
	gammaM: number;
	/** Cart and wish logit per unit of hidden intent. */
	gammaA: number;
	/** Conversion logit per unit of hidden intent. */
	gammaB: number;

	/** Mean hours from click to conversion, exponentially distributed; 0: at once. */
	delay: number;
	/**
	 * Conversions after the end of the log are recorded as none. The oracle stays uncensored: its truths are of the eventual
	 * conversion, so with a delay they lie above the recorded rates.
	 */
	censor: boolean;
	/** First day whose events no longer enter counts, rates to date and sequences; 0: they always do. */
	freezeAt: number;

	/**
	 * P(conversion | impression without click): conversions that ESMM's assumption "no conversion without a click" does not
	 * know. They enter no count and no sequence. 0: none, and `conversion` implies `click`.
	 */
	pDirect: number;
	/** Diurnal curve: requests by second of the day have density 1 + diurnal·cos(2π(hour − 21)/24), 0…1. 0: uniform. */
	diurnal: number;
	/**
	 * Rows of the random-exposure log (`randomExposure`), 0 for none; whole slates of L. Drawn after and apart from the log
	 * itself, which is the same for every value.
	 */
	randomLog: number;
	/** Requests of the replay table (`replayTable`), at most all of the test days. Touches no other number. */
	replayRequests: number;
}

const demo: Knobs = {
	N: 200_000,
	U: 4000,
	I: 3000,
	C: 40,
	B: 200,
	S: 200,
	d: 8,
	L: 10,
	K: 60,
	T: 76,
	promos: [10, 26, 37, 58, 66],
	ctr: 0.08,
	cvr: 0.05,
	cart: 0.12,
	wish: 0.05,
	micro: [0.2, 0.1, 0.08, 0.04, 0.03],
	rho: 0.6,
	zipfI: 1,
	zipfU: 0.8,
	promoRedraw: true,
	tau: 1,
	nu: 0.5,
	polQ: 0.3,
	eta: 0.45,
	wA: 0.9,
	vA: 0.9,
	mA: 0.5,
	cA: 0.7,
	cm: 0.8,
	dm: 0.1,
	dc: 2.2,
	dw: 3.2,
	qB: 0.5,
	kB: 0.5,
	vbait: 0.25,
	occAmp: 1,
	sigOcc: 0.5,
	sigDrift: 0.03,
	recentShare: 1,
	gammas: 1,
	gammaC: 0.4,
	gammaM: 0.6,
	gammaA: 0.5,
	gammaB: 0.5,
	delay: 0,
	censor: false,
	freezeAt: 0,
	pDirect: 0,
	diurnal: 0,
	randomLog: 200_000,
	replayRequests: 5000,
};

const bench: Knobs = { ...demo, N: 1_000_000, I: 1500, C: 30, d: 4, rho: 0.8, wA: 1.2, vA: 1.2 };

/** Names of the presets. */
export type PresetName = "tiny" | "demo" | "bench" | "esm2" | "funnel" | "aliccp" | "small_scene";

/**
 * The worlds that are ready to use.
 *
 * `tiny` for tests; `demo` to show mechanics; `bench` and `funnel` for any claim about an ordering; `esm2` and `aliccp`
 * have the rates of ESM² (Table 1) and of the public Ali-CCP log; `small_scene` has strong occasions (MetaCVR).
 */
export const presets: Record<PresetName, Knobs> = {
	tiny: { ...bench, N: 20_000, U: 400, I: 300, C: 10, randomLog: 20_000, replayRequests: 200 },
	demo,
	bench,
	esm2: { ...demo, N: 600_000, ctr: 0.0632, cvr: 0.011, cart: 0.1, wish: 0.028, dc: 2 },
	funnel: {
		...demo,
		...{ N: 600_000, U: 2500, I: 900, C: 30, d: 4, cvr: 0.02, dc: 3, dw: 4 },
		...{ cA: 1.3, mA: 1, qB: 0.3, kB: 0.3, rho: 0.8, wA: 1.2, vA: 0.8 },
	},
	aliccp: {
		...demo,
		...{ N: 1_000_000, U: 20_000, I: 60_000, C: 120, B: 2000, S: 2000 },
		...{ ctr: 0.0389, cvr: 0.0053, cart: 0.06, wish: 0.02, dc: 2, zipfI: 1.05 },
	},
	small_scene: { ...demo, N: 1_000_000, U: 3000, I: 1200, occAmp: 1.5, sigOcc: 0.8 },
};

const sizes = ["N", "U", "I", "C", "B", "S", "L", "K", "T"] as const;
const rates = ["ctr", "cvr", "cart", "wish"] as const;
const atLeastZero = ["tau", "nu", "recentShare", "sigOcc", "sigDrift", "zipfI", "zipfU", "delay", "freezeAt"] as const;
const wholeFromZero = ["freezeAt", "randomLog", "replayRequests"] as const;

/**
 * The knobs of a preset with some of them set otherwise.
 *
 * @throws InputError an unknown preset or knob (with the nearest name), a value of the wrong type or out of range
 */
export function chooseKnobs(preset: string, changes: Partial<Knobs> = {}): Knobs {
	const names = Object.keys(presets);
	if (!names.includes(preset)) throw unknownName("preset", preset, names);
	const start = presets[preset as PresetName];
	for (const [name, value] of Object.entries(changes)) {
		if (!Object.keys(start).includes(name)) throw unknownName("knob", name, Object.keys(start));
		checkType(name, value, start[name as keyof Knobs]);
	}
	const knobs: Knobs = { ...start, ...changes };
	knobs.promos = [...knobs.promos];
	knobs.micro = [...knobs.micro];
	checkRange(knobs);
	return knobs;
}

const finite = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);

function checkType(name: string, value: unknown, like: Knobs[keyof Knobs]): void {
	if (Array.isArray(like) && !(Array.isArray(value) && value.every(finite)))
		throw new InputError(`knob "${name}" is a list of numbers, for example ${JSON.stringify(like)}`);
	if (typeof like === "number" && !finite(value))
		throw new InputError(`knob "${name}" is a number, for example ${like}, not ${JSON.stringify(value)}`);
	if (typeof like === "boolean" && typeof value !== "boolean")
		throw new InputError(`knob "${name}" is true or false, not ${JSON.stringify(value)}`);
}

function checkRange(knobs: Knobs): void {
	const refuse = (name: string, what: string) => {
		throw new InputError(`knob "${name}" = ${JSON.stringify(knobs[name as keyof Knobs])}: must be ${what}`);
	};
	for (const name of sizes)
		if (!Number.isInteger(knobs[name]) || knobs[name] < 1) refuse(name, "a whole number of at least 1");
	for (const name of rates) if (knobs[name] <= 0 || knobs[name] >= 1) refuse(name, "between 0 and 1, both excluded");
	for (const name of atLeastZero) if (knobs[name] < 0) refuse(name, "at least 0");
	if (knobs.micro.length !== 5 || knobs.micro.some((rate) => rate <= 0 || rate >= 1))
		refuse("micro", "five rates between 0 and 1");
	if (knobs.promos.some((day) => !Number.isInteger(day) || day < 0)) refuse("promos", "whole days, from 0");
	if (!Number.isInteger(knobs.d) || knobs.d < 2) refuse("d", "a whole number of at least 2");
	if (Math.abs(knobs.rho) > 1) refuse("rho", "between -1 and 1");
	if (knobs.K < knobs.L) refuse("K", `at least L = ${knobs.L}`);
	if (knobs.I < knobs.K) refuse("I", `at least K = ${knobs.K}`);
	if (knobs.B < knobs.C) refuse("B", `at least C = ${knobs.C}: each category has a brand`);
	if (knobs.S < knobs.C) refuse("S", `at least C = ${knobs.C}: each category has a shop`);
	for (const name of wholeFromZero)
		if (!Number.isInteger(knobs[name]) || knobs[name] < 0) refuse(name, "a whole number from 0");
	if (knobs.pDirect < 0 || knobs.pDirect >= 1) refuse("pDirect", "at least 0 and below 1");
	if (knobs.diurnal < 0 || knobs.diurnal > 1) refuse("diurnal", "between 0 and 1");
}
