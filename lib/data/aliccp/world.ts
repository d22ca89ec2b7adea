import { type Random, stream } from "../../core/random";
import { itemRanks, several, zipfRank } from "./draws";

/**
 * The made-up world that a written Ali-CCP comes from: how many ids each field has, what a user and an item are, and how
 * likely a click and a conversion are. Shapes follow the source: elements a row, shares of rows that have a field, popularity of items, histories
 * that are longer where a user has more rows. Ids and labels mean nothing.
 *
 * Labels: logit P(click) = bias + w(206) + 0.7 w(101) + 0.5 w(216), and the same with other weights for P(conversion |
 * click); each w(id) is a standard normal that belongs to the id. The biases are set so that the rates are those asked for.
 */
export interface AliCcpWorld {
	/**
	 * The elements of common row `index` of a part: its user's, then the histories, which are the longer the more rows it
	 * has (`share`, by the mean). The same call gives the same row.
	 */
	common(part: string, index: number, share: number): Element[];
	/** The user of a common row, and those of its elements that are no history. */
	user(part: string, index: number): { user: number; elements: Element[] };
	/** The elements of a skeleton row, and P(click) and P(conversion | click) when `user` sees it. */
	skeleton(random: Random, user: number): { elements: Element[]; click: number; conversion: number };
}

/** Field, id, and the value as it is written. */
export type Element = readonly [field: string, id: number, value: string];

/** What the world is made of. */
export interface WorldSize {
	seed: number;
	rows: number;
	commonRows: number;
	commonElements: number;
	clickRate: number;
	conversionRate: number;
}

/** Profile field → how many ids it has, and its share of the rows; they are there or missing together, all but two. */
const PROFILE: readonly [field: string, ids: number, present: number][] = [
	["121", 98, 0.87],
	["122", 14, 0.87],
	["124", 3, 0.87],
	["125", 8, 0.87],
	["126", 4, 0.416],
	["127", 4, 0.87],
	["128", 3, 0.87],
	["129", 5, 0.637],
];
const HAS_PROFILE = 0.87;

/** History → its mean length in the source over the rows of the skeleton, of 613 together. */
const HISTORY_LENGTHS = [
	["109_14", 70],
	["110_14", 252],
	["127_14", 155],
	["150_14", 136],
] as const;

/** Elements of a common row that are no history, on average: a user and a profile. */
const USER_ELEMENTS = 0.998 + 6 * 0.87 + 0.416 + 0.637;

/**
 * How much longer histories are where a common row has more rows: 613 elements on average over the rows, 511 over the common
 * rows. With exponential sizes of both, a length of (1 − k + k share) × mean gives the ratio 1 + k.
 */
const LONGER = 0.99 * (613 / (518 - USER_ELEMENTS)) - 1;

/** The longest common row of the source has 2,706 elements: so many times the mean of the histories. */
const LONGEST = 2706 / (518 - USER_ELEMENTS);

/** Fields in the order in which they get their range of ids, 5 million each. */
const RANGES = [
	...["101", "121", "122", "124", "125", "126", "127", "128", "129", "205", "206", "207", "216", "508", "509", "702"],
	...["853", "301", "210", "109_14", "110_14", "127_14", "150_14"],
];

/** The world of a size: the same size, the same world. */
export function aliCcpWorld({
	seed,
	rows,
	commonRows,
	commonElements,
	clickRate,
	conversionRate,
}: WorldSize): AliCcpWorld {
	const users = Math.max(4, Math.round(0.4 * commonRows));
	const { items, rank: drawItem } = itemRanks(rows);
	const categories = Math.min(8581, Math.max(8, Math.round(items / 32)));
	const shops = Math.max(16, Math.round(items / 8));
	const brands = Math.max(12, Math.round(items / 24));
	const intentions = 8 * categories;
	const [ofCategory, ofShop, ofBrand, ofIntention] = [categories, shops, brands, intentions].map((n) => zipfRank(n));
	const draws: Record<string, (random: Random) => number> = {
		...{ "508": ofCategory, "509": ofShop, "702": ofBrand, "853": ofIntention, "210": ofIntention },
		...{ "109_14": ofCategory, "110_14": ofShop, "127_14": ofBrand, "150_14": ofIntention },
	};
	const first = new Map(RANGES.map((field, index) => [field, 1 + 5_000_000 * index]));
	const element = (field: string, index: number, value = "1.0"): Element => [field, first.get(field)! + index, value];
	const counted = (random: Random, field: string): Element =>
		element(field, draws[field](random), LOG_COUNTS[drawCount(random)]);
	const weight = (what: string, field: string, index: number): number =>
		normal(mix(seed, index, first.get(field)! + what.length));

	const itemAt = (item: number) => ({
		category: mix(seed, item, 206) % categories,
		shop: mix(seed, item, 207) % shops,
		brand: mix(seed, item, 216) % 1000 < 712 ? mix(seed, item, 217) % brands : -1,
	});
	const taste = (what: string, user: number, category: number, brand: number): number =>
		weight(what, "206", category) +
		0.7 * weight(what, "101", user) +
		(brand < 0 ? 0 : 0.5 * weight(what, "216", brand));

	const sample = stream(seed, "aliccp/calibration");
	const pairs = Array.from({ length: 4000 }, () => {
		const { category, brand } = itemAt(drawItem(sample));
		const user = sample.int(users);
		return { click: taste("click", user, category, brand), conversion: taste("conversion", user, category, brand) };
	});
	const clickBias = biasFor(
		clickRate,
		pairs.map(({ click }) => click),
		pairs.map(() => 1),
	);
	const conversionBias = biasFor(
		conversionRate,
		pairs.map(({ conversion }) => conversion),
		pairs.map(({ click }) => sigmoid(click + clickBias)),
	);

	const userOf = (random: Random) => {
		const user = random.int(users);
		const elements: Element[] = [];
		if (random.uniform() < 0.998) elements.push(element("101", user));
		if (mix(seed, user, 101) % 1000 < 1000 * HAS_PROFILE)
			for (const [field, ids, present] of PROFILE) {
				const drawn = mix(seed, user, Number(field));
				if (drawn % 1000 < (1000 * present) / HAS_PROFILE) elements.push(element(field, (drawn >>> 10) % ids));
			}
		return { user, elements };
	};
	const streamOf = (part: string, index: number) => stream(seed, `aliccp/common/${part}/${index}`);
	const history = Math.max(0, commonElements - USER_ELEMENTS);

	return {
		user: (part, index) => userOf(streamOf(part, index)),
		common(part, index, share) {
			const random = streamOf(part, index);
			const { user, elements } = userOf(random);
			const drawn = -Math.log(1 - random.uniform()) * (1 - LONGER + LONGER * share);
			const longest = Math.round(LONGEST * history);
			const length = history * Math.min(LONGEST, drawn);
			for (const [field, mean] of HISTORY_LENGTHS)
				for (let i = Math.round((length * mean * (0.5 + random.uniform())) / 613); i > 0; i--)
					if (elements.length < longest) elements.push(counted(random, field));
			if (elements.length === 0) elements.push(element("101", user));
			return elements;
		},
		skeleton(random, user) {
			const item = drawItem(random);
			const { category, shop, brand } = itemAt(item);
			const elements = [
				element("205", item),
				element("206", category),
				element("207", shop),
				element("301", random.int(4)),
			];
			if (brand >= 0) elements.push(element("216", brand));
			for (let i = several(random, 6.1, 28); i > 0; i--) elements.push(element("210", ofIntention(random)));
			if (random.uniform() < 0.696) elements.push(counted(random, "508"));
			if (random.uniform() < 0.221) elements.push(counted(random, "509"));
			if (random.uniform() < 0.224) elements.push(counted(random, "702"));
			if (random.uniform() < 0.41)
				for (let i = several(random, 3.4, 14); i > 0; i--) elements.push(counted(random, "853"));
			return {
				elements,
				click: sigmoid(clickBias + taste("click", user, category, brand)),
				conversion: sigmoid(conversionBias + taste("conversion", user, category, brand)),
			};
		},
	};
}

/** Log counts as the source writes them: ln 2, ln 3, …, small ones the most frequent. */
const LOG_COUNTS = Array.from({ length: 30 }, (_, i) => Math.log(2 + i).toFixed(5));
const drawCount = zipfRank(LOG_COUNTS.length);

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** 32 bits that belong to three whole numbers. */
function mix(a: number, b: number, c: number): number {
	let h = 0x9e3779b9;
	for (const value of [a, b, c]) {
		h = Math.imul(h ^ value, 0x85ebca6b);
		h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
		h ^= h >>> 16;
	}
	return h >>> 0;
}

/** Roughly a standard normal from 32 bits: the sum of the four bytes. */
const normal = (bits: number): number =>
	((bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24) - 510) / 147.8;

/** The bias with which the weighted mean of sigmoid(bias + logit) is the rate. */
function biasFor(rate: number, logits: readonly number[], weights: readonly number[]): number {
	const total = weights.reduce((sum, weight) => sum + weight, 0);
	let [low, high] = [-30, 30];
	for (let i = 0; i < 50; i++) {
		const bias = (low + high) / 2;
		const mean = logits.reduce((sum, logit, k) => sum + weights[k] * sigmoid(bias + logit), 0) / total;
		if (mean < rate) low = bias;
		else high = bias;
	}
	return (low + high) / 2;
}
