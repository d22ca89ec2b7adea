import { type Random, stream } from "../../core/random";

/**
 * The made-up world that a written Ali-CCP comes from: how many ids each field has, what a user and an item are, and how
 * likely a click and a conversion are. Shapes follow the source (elements a row, Zipf popularity with s = 1.26); ids and
 * labels mean nothing.
 *
 * Labels: logit P(click) = bias + w(206) + 0.7 w(101) + 0.5 w(216), and the same with other weights for P(conversion |
 * click); each w(id) is a standard normal that belongs to the id. The biases are set so that the rates are those asked for.
 */
export interface AliCcpWorld {
	/** The elements of common row `index` of a part, and its user. The same call gives the same row. */
	common(part: string, index: number): { user: number; elements: Element[] };
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

/** Profile field → how many ids it has and how often a row has it. */
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

/** History → its mean length in the source, of 613 together. */
const HISTORIES = [
	["109_14", 70],
	["110_14", 252],
	["127_14", 155],
	["150_14", 136],
] as const;

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
	const items = Math.max(40, Math.round(0.073 * rows));
	const categories = Math.min(8581, Math.max(8, Math.round(items / 20)));
	const shops = Math.max(16, Math.round(items / 5));
	const brands = Math.max(12, Math.round(items / 15));
	const intentions = 8 * categories;
	const sizes: Record<string, number> = {
		...{ "508": categories, "509": shops, "702": brands, "853": intentions, "210": intentions },
		...{ "109_14": categories, "110_14": shops, "127_14": brands, "150_14": intentions },
	};
	const first = new Map(RANGES.map((field, index) => [field, 1 + 5_000_000 * index]));
	const element = (field: string, index: number, value = "1.0"): Element => [field, first.get(field)! + index, value];
	const counted = (random: Random, field: string): Element =>
		element(field, zipf(random, sizes[field]), Math.log(2 + zipf(random, 30)).toFixed(5));
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
		const { category, brand } = itemAt(zipf(sample, items));
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

	return {
		common(part, index) {
			const random = stream(seed, `aliccp/common/${part}/${index}`);
			const user = random.int(users);
			const elements: Element[] = [];
			if (random.uniform() < 0.998) elements.push(element("101", user));
			for (const [field, ids, present] of PROFILE) {
				const drawn = mix(seed, user, Number(field));
				if (drawn % 1000 < 1000 * present) elements.push(element(field, (drawn >>> 10) % ids));
			}
			for (const [field, mean] of HISTORIES) {
				const length = (-Math.log(1 - random.uniform()) * Math.max(0, commonElements - 8) * mean) / 613;
				for (let i = Math.min(670, Math.round(length)); i > 0; i--) elements.push(counted(random, field));
			}
			return { user, elements };
		},
		skeleton(random, user) {
			const item = zipf(random, items);
			const { category, shop, brand } = itemAt(item);
			const elements = [
				element("205", item),
				element("206", category),
				element("207", shop),
				element("301", random.int(4)),
			];
			if (brand >= 0) elements.push(element("216", brand));
			for (let i = several(random, 6.1, 30); i > 0; i--) elements.push(element("210", zipf(random, intentions)));
			if (random.uniform() < 0.696) elements.push(counted(random, "508"));
			if (random.uniform() < 0.221) elements.push(counted(random, "509"));
			if (random.uniform() < 0.224) elements.push(counted(random, "702"));
			if (random.uniform() < 0.41)
				for (let i = several(random, 3.4, 12); i > 0; i--) elements.push(counted(random, "853"));
			return {
				elements,
				click: sigmoid(clickBias + taste("click", user, category, brand)),
				conversion: sigmoid(conversionBias + taste("conversion", user, category, brand)),
			};
		},
	};
}

/** 0 … n−1 with P(k) falling roughly as (k + 1)^−1.26: the continuous power law, cut down to whole numbers. */
function zipf(random: Random, n: number): number {
	const s = 1.26;
	return Math.min(n - 1, Math.floor(((n ** (1 - s) - 1) * random.uniform() + 1) ** (1 / (1 - s))) - 1);
}

/** 1 or more, geometric with this mean, at most `most`. */
function several(random: Random, mean: number, most: number): number {
	return Math.min(most, 1 + Math.floor(Math.log(1 - random.uniform()) / Math.log(1 - 1 / mean)));
}

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
