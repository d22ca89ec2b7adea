import { mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../core/problem";
import { stream } from "../../core/random";
import type { Dropped } from "../log";
import { tally } from "../readers/tally";
import { CSTWA_FIELDS, FAULTS } from "./elements";
import { damagedCommon, damagedSkeleton, type Faults, plantFaults } from "./faults";
import { commonLine, skeletonLine } from "./row";
import { type AliCcpWorld, aliCcpWorld } from "./world";

/** What to write. */
export interface WriteAliCcp {
	/** Lines of the train skeleton. */
	rows: number;
	/** Lines of the test skeleton; 0, the default, writes no test part. */
	testRows?: number;
	seed: number;
	/** Common rows of the train part; the test part has as many a row. Default: one for 57.9 rows, as in the source. */
	commonRows?: number;
	/** Elements of a common row on average. Default 40; 518 in the source. */
	commonElements?: number;
	/** P(click). Default 0.0389. */
	clickRate?: number;
	/** P(conversion | click). Default 0.0054: a file of 10,000 rows then has 2 conversions. */
	conversionRate?: number;
	/** Rows of the train skeleton to spoil, by fault. Never its first row. */
	faults?: Faults;
	/** Rows of the train part's common file to spoil, by fault; a duplicate md5 adds a row. */
	commonFaults?: Faults;
}

/** What a reader must find, exactly. Counts are of rows without a fault, whose common row has none either. */
export interface WrittenAliCcp {
	rows: { train: number; test: number };
	clicks: { train: number; test: number };
	conversions: { train: number; test: number };
	/** Lines of the skeletons: rows + Σ dropped. */
	read: number;
	dropped: Dropped[];
	droppedCommon: Dropped[];
	/** Ids of each field of the `cstwa` protocol in the rows that count (train and test together). */
	vocabulary: Record<string, number>;
}

/**
 * Writes files in the exact format of Ali-CCP's raw files, for tests and demonstrations: fields in any order,
 * multi-valued ones repeated, rows grouped by common row, labels that depend on 206, 101 and 216 ({@link AliCcpWorld}).
 * The same options write the same bytes. Each file is written under a temporary name and renamed.
 *
 * @throws InputError more faults than rows to spoil
 */
export async function writeAliCcp(folder: string, options: WriteAliCcp): Promise<WrittenAliCcp> {
	const { rows, testRows = 0, seed } = options;
	const { commonElements = 40, clickRate = 0.0389, conversionRate = 0.0054, faults = {}, commonFaults = {} } = options;
	const commonRows = options.commonRows ?? Math.max(1, Math.round(rows / 57.9));
	if (rows < 1 || commonRows < 1) throw new InputError("rows and commonRows must be at least 1");
	const world = aliCcpWorld({ seed, rows, commonRows, commonElements, clickRate, conversionRate });
	const vocabulary = new Map<string, Set<number>>(CSTWA_FIELDS.map((field) => [field, new Set()]));
	await mkdir(folder, { recursive: true });
	const testCommonRows = Math.max(1, Math.round((commonRows * testRows) / rows));
	const train = await writePart(folder, "train", world, seed, rows, commonRows, faults, commonFaults, vocabulary);
	const test =
		testRows > 0
			? await writePart(folder, "test", world, seed, testRows, testCommonRows, {}, {}, vocabulary)
			: { rows: 0, clicks: 0, conversions: 0 };
	return {
		rows: { train: train.rows, test: test.rows },
		clicks: { train: train.clicks, test: test.clicks },
		conversions: { train: train.conversions, test: test.conversions },
		read: rows + testRows,
		dropped: train.dropped,
		droppedCommon: train.droppedCommon,
		vocabulary: Object.fromEntries([...vocabulary].map(([field, ids]) => [field, ids.size])),
	};
}

async function writePart(
	folder: string,
	part: string,
	world: AliCcpWorld,
	seed: number,
	rows: number,
	commonRows: number,
	faults: Faults,
	commonFaults: Faults,
	vocabulary: Map<string, Set<number>>,
) {
	const random = stream(seed, `aliccp/rows/${part}`);
	const place = stream(seed, `aliccp/faults/${part}`);
	const ends = groupEnds(rows, commonRows, stream(seed, `aliccp/groups/${part}`));
	const firstGroup = ends.findIndex((end) => end > 0);
	const md5 = (index: number) => {
		const high = (Math.imul(index + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, "0");
		return (
			high + ((Math.imul(seed, 0x85ebca6b) ^ (part === "train" ? 0 : 0x5bd1e995)) >>> 0).toString(16).padStart(8, "0")
		);
	};

	const commonPlan = plantFaults(commonFaults, commonRows, place, (index) => index !== firstGroup);
	const lost = new Set<number>();
	const commonName = `common_features_${part}.csv`;
	const droppedCommon = tally(commonName);
	await writeWhole(join(folder, commonName), function* () {
		for (let index = 0, line = 1; index < commonRows; index++, line++) {
			const share = ((ends[index] - (ends[index - 1] ?? 0)) * commonRows) / rows;
			const row = { md5: md5(index), elements: random.shuffle(world.common(part, index, share)) };
			const fault = commonPlan.get(index);
			if (fault === undefined) {
				yield commonLine(row);
				continue;
			}
			if (fault === "duplicateMd5") {
				yield commonLine(row);
				line++;
			} else lost.add(index);
			droppedCommon.add(FAULTS[fault], line);
			yield damagedCommon(row, fault);
		}
	});

	let group = firstGroup;
	const groupOf = (row: number) => {
		while (row >= ends[group]) group++;
		return group;
	};
	const isSound = new Uint8Array(rows);
	for (let row = 0; row < rows; row++) isSound[row] = lost.has(groupOf(row)) ? 0 : 1;
	group = firstGroup;
	const plan = plantFaults(faults, rows, place, (row) => row > 0 && isSound[row] === 1);
	const skeletonName = `sample_skeleton_${part}.csv`;
	const dropped = tally(skeletonName);
	const kept = { rows: 0, clicks: 0, conversions: 0 };
	await writeWhole(join(folder, skeletonName), function* () {
		let current = { index: -1, isUsed: false, ...world.user(part, 0) };
		let lastKept = 0;
		for (let index = 0; index < rows; index++) {
			const of = groupOf(index);
			if (current.index !== of) current = { index: of, isUsed: false, ...world.user(part, of) };
			const drawn = world.skeleton(random, current.user);
			const elements = random.shuffle(drawn.elements);
			const click = random.uniform() < drawn.click ? 1 : 0;
			const conversion = random.uniform() < drawn.conversion ? click : 0;
			const row = { sample: index + 1, click, conversion, md5: md5(of), elements };
			const fault = plan.get(index) ?? (lost.has(of) ? "unknownMd5" : undefined);
			if (fault !== undefined) {
				dropped.add(FAULTS[fault], index + 1);
				yield plan.has(index) ? damagedSkeleton(row, fault, lastKept) : skeletonLine(row);
				continue;
			}
			lastKept = row.sample;
			kept.rows++;
			kept.clicks += click;
			kept.conversions += conversion;
			const lasts = elements.filter(
				([field], at) => field !== "853" || !elements.slice(at + 1).some(([f]) => f === field),
			);
			for (const [field, id] of current.isUsed ? lasts : [...lasts, ...current.elements])
				vocabulary.get(field)?.add(id);
			current.isUsed = true;
			yield skeletonLine(row);
		}
	});
	return { ...kept, dropped: dropped.list(), droppedCommon: droppedCommon.list() };
}

/** Where each group of rows with one common row ends: sizes are exponential with mean rows / groups; some groups are empty. */
function groupEnds(rows: number, groups: number, random: ReturnType<typeof stream>): Float64Array {
	const ends = new Float64Array(groups);
	let sum = 0;
	for (let i = 0; i < groups; i++) {
		sum -= Math.log(1 - random.uniform());
		ends[i] = sum;
	}
	for (let i = 0; i < groups; i++) ends[i] = i === groups - 1 ? rows : Math.floor((rows * ends[i]) / sum);
	return ends;
}

/** Writes lines of bytes under a temporary name, then renames. */
async function writeWhole(path: string, lines: () => Generator<string>): Promise<void> {
	const out = await open(`${path}.part`, "w");
	let room = Buffer.allocUnsafe(1 << 22);
	let used = 0;
	try {
		for (const line of lines()) {
			if (used + line.length > room.length) {
				await out.write(room, 0, used);
				used = 0;
				if (line.length > room.length) room = Buffer.allocUnsafe(line.length);
			}
			used += room.write(line, used, "latin1");
		}
		await out.write(room, 0, used);
	} finally {
		await out.close();
	}
	await rename(`${path}.part`, path);
}
