import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../core/problem";
import { stream } from "../../core/random";
import { commonLine, skeletonLine } from "../../data/aliccp/row";
import { split, splits } from "../../data/split";
import { makeWorld, type Simulated } from "../../simulator/simulate";

type Element = readonly [field: string, id: number, value: string];

/** Rows, clicks and conversions of a part. */
interface Written {
	rows: number;
	clicks: number;
	conversions: number;
	commonRows: number;
}

/** What was written, by part. */
export interface WrittenSimulatedAliCcp {
	train: Written;
	test: Written;
	files: string[];
}

/**
 * Writes a simulated log as Ali-CCP's raw files: sample_skeleton_{train,test}.csv and common_features_{train,test}.csv.
 *
 * The first half of the days is train, the rest test (ESMM's split). `sampleID` is the impression's row + 1. A common row is
 * one user's on one day, and the rows that share it lie together, as in the source. Its fields, all of before the user's
 * first request of that day: 101 user; 121 and 122 profile (power, age and gender; power and gender); 124 gender, 125 age,
 * 126 and 127 consumption levels (power, and in steps of two); 128 occupation (says nothing), 129 city in four parts;
 * 109_14, 110_14, 127_14 and 150_14 categories, shops, brands and intentions of the user's last 100 acts, each with
 * ln(1 + how often). Of the row: 205 item, 206 category, 207 shop, 216 brand, 210 two intentions of the item (category and
 * price, category and quality), 301 position, and 508, 509, 702, 853: category, shop, brand and intentions where they are
 * among the last acts before the request, with the same value. Discount, occasion, hour and device have no field there.
 *
 * The same log, the same bytes. Each file is written whole.
 *
 * @throws InputError `pDirect` above 0: Ali-CCP has no conversion without a click; a log without train or test days
 */
export async function writeSimulatedAliCcp(
	log: Simulated,
	folder: string,
	{ progress, signal }: { progress?: (done: number, total: number) => void; signal?: AbortSignal } = {},
): Promise<WrittenSimulatedAliCcp> {
	if (log.knobs.pDirect > 0)
		throw new InputError(
			'knob "pDirect" above 0: Ali-CCP has no conversion without a click. Set it to 0, or write parquet',
		);
	const { train, valid, test } = split(log, splits.esmm);
	const write = lineWriter(log);
	await mkdir(folder, { recursive: true });
	let done = 0;
	const advance = (rows: number) => {
		if (signal?.aborted) throw new Error("stopped while writing: give the same command again");
		done += rows;
		progress?.(done, log.rows);
	};
	const files: string[] = [];
	const part = async (name: string, rows: Int32Array): Promise<Written> => {
		const groups = byCommonRow(log, rows);
		const [common, skeleton] = [`common_features_${name}.csv`, `sample_skeleton_${name}.csv`];
		await writeLines(
			join(folder, common),
			groups,
			(group) => write.common(group[0]),
			() => {},
		);
		await writeLines(join(folder, skeleton), groups, (group) => group.map(write.skeleton).join(""), advance);
		files.push(skeleton, common);
		const count = (event: string) => rows.reduce((sum, row) => sum + (log.columns[event] as Uint8Array)[row], 0);
		return { rows: rows.length, clicks: count("click"), conversions: count("conversion"), commonRows: groups.length };
	};
	const first = await part("train", joined(train, valid));
	return { train: first, test: await part("test", test), files };
}

function joined(a: Int32Array, b: Int32Array): Int32Array {
	const both = new Int32Array(a.length + b.length);
	both.set(a);
	both.set(b, a.length);
	return both.sort();
}

/** Rows of one user and day together, in the order of their first one. */
function byCommonRow({ columns, knobs }: Simulated, rows: Int32Array): number[][] {
	const { user, day } = columns as Record<string, Int32Array>;
	const groups = new Map<number, number[]>();
	for (const row of rows) {
		const key = user[row] * knobs.T + day[row];
		const group = groups.get(key);
		if (group) group.push(row);
		else groups.set(key, [row]);
	}
	return [...groups.values()];
}

/** The lines of a row and of its common row. */
function lineWriter({ columns, knobs, seed, sequences }: Simulated) {
	const c = columns as Record<string, Int32Array>;
	const { items } = makeWorld(knobs, seed);
	const { int } = stream(seed, "aliccp/occupation");
	const occupation = new Int32Array(knobs.U).map(() => 1 + int(3));
	const { events, start, length } = sequences;
	const intentions = (item: number): [number, number] => {
		const category = items.category[item - 1];
		return [
			1 + category * 6 + items.priceBucket[item - 1] - 1,
			1 + knobs.C * 6 + category * 5 + items.qualityBucket[item - 1] - 1,
		];
	};
	/** How often each category, shop, brand and intention is among what a row may see. */
	const countPast = (row: number): Past => {
		const past: Past = { category: new Map(), shop: new Map(), brand: new Map(), intention: new Map() };
		const add = (counts: Map<number, number>, id: number) => counts.set(id, (counts.get(id) ?? 0) + 1);
		for (let at = start[row]; at < start[row] + length[row]; at++) {
			add(past.category, events.category[at]);
			add(past.shop, items.shop[events.item[at] - 1] + 1);
			add(past.brand, events.brand[at]);
			for (const intention of intentions(events.item[at])) add(past.intention, intention);
		}
		return past;
	};
	// Rows of one request have the same past.
	let [request, kept] = [-1, {} as Past];
	const pastOf = (row: number): Past => {
		if (c.request[row] !== request) [request, kept] = [c.request[row], countPast(row)];
		return kept;
	};
	const log1p = (count: number) => Math.log1p(count).toFixed(5);
	const one = (field: string, id: number): Element => [field, id, "1.0"];
	const keyOf = (row: number) => hex(c.user[row]) + hex(c.day[row] + 1);

	return {
		common(row: number): string {
			const past = pastOf(row);
			const [user, power, gender, age] = [c.user[row], c.power[row], c.gender[row], c.age[row]];
			const profile = [
				one("101", user),
				one("121", ((power - 1) * 8 + age - 1) * 2 + gender),
				one("122", (power - 1) * 2 + gender),
				...[one("124", gender), one("125", age), one("126", power), one("127", Math.ceil(power / 2))],
				...[one("128", occupation[user - 1]), one("129", Math.ceil(c.city[row] / 5))],
			];
			const histories = pasts.flatMap((name, k) =>
				[...past[name]].map(([id, count]): Element => [histories14[k], id, log1p(count)]),
			);
			return commonLine({ md5: keyOf(row), elements: [...profile, ...histories] });
		},
		skeleton(row: number): string {
			const past = pastOf(row);
			const [item, category, shop, brand] = [c.item[row], c.category[row], c.shop[row], c.brand[row]];
			const own = { category: [category], shop: [shop], brand: [brand], intention: intentions(item) };
			const crossed = pasts.flatMap((name, k) =>
				own[name]
					.filter((id) => past[name].has(id))
					.map((id): Element => [crosses[k], id, log1p(past[name].get(id) ?? 0)]),
			);
			return skeletonLine({
				sample: row + 1,
				click: c.click[row],
				conversion: c.conversion[row],
				md5: keyOf(row),
				elements: [
					...[one("205", item), one("206", category), one("207", shop)],
					...own.intention.map((id) => one("210", id)),
					...[one("216", brand), one("301", c.position[row]), ...crossed],
				],
			});
		},
	};
}

const pasts = ["category", "shop", "brand", "intention"] as const;
type Past = Record<(typeof pasts)[number], Map<number, number>>;
const histories14 = ["109_14", "110_14", "127_14", "150_14"];
const crosses = ["508", "509", "702", "853"];

const hex = (value: number): string => value.toString(16).padStart(8, "0");

async function writeLines(
	path: string,
	groups: readonly number[][],
	line: (group: number[]) => string,
	written: (rows: number) => void,
): Promise<void> {
	const half = `${path}.part-${process.pid}`;
	const file = await open(half, "w");
	try {
		let piece = "";
		let rows = 0;
		const flush = async () => {
			await file.write(piece, null, "latin1");
			written(rows);
			piece = "";
			rows = 0;
		};
		for (const group of groups) {
			piece += line(group);
			rows += group.length;
			if (piece.length > 1 << 20) await flush();
		}
		await flush();
		await file.close();
		await rename(half, path);
	} catch (problem) {
		await file.close().catch(() => {});
		await rm(half, { force: true });
		throw problem;
	}
}
