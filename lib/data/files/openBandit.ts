import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError } from "../../core/problem";
import { sqlText } from "../duckdb";
import type { Card } from "../prepared/card";
import type { Feature } from "../schema";
import { readRecords } from "./csvRecords";
import { type ImportFiles, importFiles } from "./importFiles";
import { csvHead } from "./raw";
import type { SchemaFile } from "./schemaFile";
import type { RawColumn } from "./types";

/** Raised when a change alters what the same files give. */
export const openBanditVersion = 1;

const AFFINITY = "user-item_affinity";
const PROPENSITY = "propensity_score";

const features: Record<string, Feature> = {
	position: { kind: "id" },
	item_id: { kind: "id" },
	user_feature_0: { kind: "id" },
	user_feature_1: { kind: "id" },
	user_feature_2: { kind: "id" },
	user_feature_3: { kind: "id" },
	[AFFINITY]: { kind: "number" },
	item_feature_0: { kind: "number" },
	item_feature_1: { kind: "id" },
	item_feature_2: { kind: "id" },
	item_feature_3: { kind: "id" },
};

/**
 * The schema of the Open Bandit Dataset (Saito et al., arXiv:2008.07146): impressions and clicks of a fashion shop under a
 * uniformly random policy or Thompson sampling (bts). There are no conversions, so `click` is the only event.
 *
 * `user-item_affinity` is the one of the shown item: past clicks between the user and it. `propensity_score`, the policy's
 * probability of showing the item in its position, is an oracle column: it belongs to the policy and is no feature. Items are
 * numbered from 0, so ids are text. The log names no user.
 */
export const openBandit: SchemaFile = {
	name: "openBandit",
	schema: { time: "timestamp", events: { click: "click" }, implies: {}, features, oracle: [PROPENSITY] },
	split: { by: "time", valid: 0.1, test: 0.2 },
	text: new Set(Object.keys(features).filter((name) => features[name].kind === "id")),
};

/** What item_context.csv says: a row an item, in the order of item_id. */
interface Items {
	path: string;
	/** `item_feature_0` … `item_feature_3` → a value an item. */
	values: Record<string, string[]>;
	count: number;
}

/**
 * Imports one file of the Open Bandit Dataset, as `random/men/men.csv`, with the item_context.csv beside it
 * (for a file `random_men.csv`, `random_men_item_context.csv`).
 *
 * Only one: each campaign numbers its items from 0, and each policy's item features are hashed in their own way.
 *
 * @throws InputError several files; no item context, or one that does not fit
 */
export async function importOpenBandit(options: Omit<ImportFiles, "schema" | "reader">): Promise<Card> {
	const [path, ...others] = options.files;
	if (path === undefined || others.length > 0)
		throw new InputError(
			`the Open Bandit reader takes one file, as random/men/men.csv, not ${options.files.length}: campaigns number their items alike, and policies hash item features differently`,
		);
	const items = await readItems(path);
	const { columns } = await csvHead(path, ["item_id", "click"]);
	const shown = columns.filter((name) => name.startsWith(`${AFFINITY}_`)).length;
	if (shown === 0 || shown > items.count)
		throw new InputError(
			`${path} has ${AFFINITY} columns of ${shown} items, but ${items.path} names ${items.count}: get both again`,
		);
	const affinities = Array.from({ length: shown }, (_, item) => `${AFFINITY}_${item}`);
	const item = (at: (column: string) => string) => `TRY_CAST(${at("item_id")} AS INTEGER) + 1`;
	const computed: RawColumn[] = [
		{ name: AFFINITY, use: "number", sql: (at) => `[${affinities.map(at).join(", ")}][${item(at)}]` },
		...Object.entries(items.values).map(
			([name, values]): RawColumn => ({
				...{ name, use: features[name].kind as "id" | "number" },
				sql: (at) => `[${values.map(sqlText).join(", ")}][${item(at)}]`,
			}),
		),
	];
	const needed = ["item_id", PROPENSITY, ...affinities];
	const reader = { name: "openBandit", version: openBanditVersion };
	return importFiles({ ...options, schema: openBandit, reader, computed, needed, beside: [items.path] });
}

async function readItems(log: string): Promise<Items> {
	const own = join(dirname(log), `${basename(log).replace(/\.csv(\.gz)?$/, "")}_item_context.csv`);
	const isOwn = await readFile(own).then(
		() => true,
		() => false,
	);
	const path = isOwn ? own : join(dirname(log), "item_context.csv");
	const names = Object.keys(features).filter((name) => name.startsWith("item_feature"));
	const values: Record<string, string[]> = Object.fromEntries(names.map((name) => [name, []]));
	let header: readonly string[] = [];
	let count = 0;
	await readRecords(
		path,
		",",
		(fields) => {
			header = fields;
			const missing = ["item_id", ...names].find((name) => !fields.includes(name));
			if (missing !== undefined) throw new InputError(`${path}:1 has no column "${missing}": get the file again`);
			return fields.length;
		},
		{
			record(bytes, start, end, line, parsed) {
				const cells = parsed ?? bytes.toString("utf8", start, end).replaceAll('"', "").split(",");
				const item = cells[header.indexOf("item_id")];
				if (item !== String(count))
					throw new InputError(`${path}:${line} is of item ${item}, not ${count}: sort the file`);
				for (const name of names) values[name].push(cells[header.indexOf(name)]);
				count++;
			},
			bad(reason, line) {
				throw new InputError(`${path}:${line}: ${reason}. Get the file again`);
			},
			piece: async () => {},
		},
	);
	if (count === 0) throw new InputError(`${path} holds no items: get the file again`);
	return { path, values, count };
}

/** Clicks of a log with the probability at which its policy showed what it showed. */
export interface Propensities {
	click: Uint8Array;
	/** In (0, 1]. */
	propensity: Float64Array;
	/** How many items the policy chooses from. */
	items: number;
}

/**
 * Reads clicks and propensities of one file of the Open Bandit Dataset, for checks of the policy.
 *
 * @throws InputError a row without them, named by its line
 */
export async function readPropensities(path: string): Promise<Propensities> {
	const clicks: number[] = [];
	const propensity: number[] = [];
	let [clickAt, propensityAt, items] = [-1, -1, 0];
	const wrong = (line: number, what: string): never => {
		throw new InputError(`${path}:${line}: ${what}. Get the file again`);
	};
	await readRecords(
		path,
		",",
		(fields) => {
			[clickAt, propensityAt] = [fields.indexOf("click"), fields.indexOf(PROPENSITY)];
			if (clickAt === -1 || propensityAt === -1) wrong(1, `the columns click and ${PROPENSITY} are not there`);
			items = fields.filter((name) => name.startsWith(`${AFFINITY}_`)).length;
			return fields.length;
		},
		{
			record(bytes, start, end, line, parsed) {
				const cells = parsed ?? bytes.toString("utf8", start, end).replaceAll('"', "").split(",");
				if (!/^[01]$/.test(cells[clickAt])) wrong(line, `click is ${cells[clickAt]}, not 0 or 1`);
				const chance = Number(cells[propensityAt]);
				if (!(chance > 0 && chance <= 1))
					wrong(line, `${PROPENSITY} is ${cells[propensityAt]}, not a probability above 0`);
				clicks.push(Number(cells[clickAt]));
				propensity.push(chance);
			},
			bad: (reason, line) => wrong(line, reason),
			piece: async () => {},
		},
	);
	return { click: Uint8Array.from(clicks), propensity: Float64Array.from(propensity), items };
}
