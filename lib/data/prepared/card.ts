import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../core/problem";
import type { Dropped } from "../log";
import type { Group, Schema } from "../schema";

/** A number for each part of a split. */
export type PerPart = Record<"train" | "valid" | "test", number>;

/** A feature as it lies in a prepared folder. */
export type CardField =
	/** A code a row; `size` counts the 0, "unknown". Of a number in quantile buckets, where the buckets 2, 3, … begin. */
	(
		| { name: string; kind: "id"; size: number; edges?: readonly number[] }
		/** A list of codes a row, or a common row, with or without weights. */
		| { name: string; kind: "ids"; size: number; of: "row" | "common"; weights: boolean }
		/** tanh((v − mean) / deviation). */
		| { name: string; kind: "number"; mean: number; deviation: number }
	) & {
		/** What it tells of, where the schema says so. */
		group?: Group;
	};

/**
 * What a prepared folder was made from and how: what a number needs beside it to be comparable with another. No seconds, no
 * paths: the same input gives the same card.
 */
export interface Card {
	format: 1;
	/** For people: "aliccp cstwa". */
	name: string;
	/** SHA-256 over reader, versions, the files' hashes, minimum frequency, split and schema. */
	fingerprint: string;
	reader: { name: string; version: number; protocol?: string };
	/** File name → SHA-256 of its bytes. */
	files: Record<string, string>;
	/** Rows seen in the source: `read = Σ rows + Σ dropped.count`. */
	read: number;
	rows: PerPart;
	/** Event → how often it happened. */
	events: Record<string, PerPart>;
	dropped: Dropped[];
	remarks: Dropped[];
	/** How rows were divided. */
	split: object;
	/** Ids in fewer training rows are 0, "unknown". */
	minFrequency: number;
	schema: Schema;
	fields: CardField[];
	/** Field → share of the values that are there, but whose id is unknown. */
	unknown: Record<string, PerPart>;
	/** Users in all parts, where the schema has a user. */
	users?: number;
	/** Whether the files tell the time of each row. */
	timed?: true;
	/** Rows of common.parquet, where there is one. */
	commonRows?: number;
}

/** The parts in the order in which they are told. */
export const parts = ["train", "valid", "test"] as const satisfies readonly (keyof PerPart)[];

/** Column with the number of the user in the files of a prepared folder: from 1, and 0 where a row has none. */
export const USER = "user.number";

/** Column with the time of the row: seconds since 1970 (UTC) of a date, a number as the log has it. */
export const TIME = "time.number";

/** Name of the card's file in its folder. It is written last: a folder with a card is whole. */
export const CARD = "card.json";

/**
 * The card of a prepared folder.
 *
 * @throws InputError there is no such folder, it is not prepared, or its preparation never ended
 */
export async function readCard(folder: string): Promise<Card> {
	const path = join(folder, CARD);
	const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
		throw new InputError(
			cause.code === "ENOENT"
				? `${folder} is no prepared log: it has no ${CARD}. Make one with "npm run data -- aliccp" or "npm run data -- import"; one that was stopped must be made again`
				: `${path} cannot be read (${cause.code}): check that it is a file you may read`,
		);
	});
	const card = parsed(text, path);
	if (card.format !== 1)
		throw new InputError(`${path} has format ${card.format}, this program reads 1: prepare the log again`);
	return card;
}

function parsed(text: string, path: string): Card {
	try {
		return JSON.parse(text) as Card;
	} catch {
		throw new InputError(`${path} is not JSON: prepare the log again`);
	}
}

/** Buckets of a number that was cut at quantiles; undefined of any other field. Code 0, a missing value, is in none. */
export const bucketsIn = (field: CardField): number | undefined =>
	field.kind === "id" && field.edges ? field.edges.length + 1 : undefined;

/** The card in a few lines, to stand beside every number of its log. */
export function cardText(card: Card): string {
	const { name, reader, rows, dropped, remarks, fields, split, minFrequency, files, fingerprint } = card;
	const counts = (of: PerPart) => parts.map((part) => `${part} ${of[part]}`).join(", ");
	const reasons = (of: readonly Dropped[]) => of.map(({ reason, count }) => `${count} ${reason}`).join(", ") || "none";
	const sizes = fields.map((field) => {
		if (field.kind === "number") return field.name;
		const edges = bucketsIn(field);
		return edges === undefined ? `${field.name} ${field.size - 1}` : `${field.name} (number, ${edges} buckets)`;
	});
	return [
		`Protocol card of ${name} (${fingerprint.slice(0, 12)}; reader ${reader.name} ${reader.version})`,
		`rows: ${counts(rows)}`,
		...Object.entries(card.events).map(([event, of]) => `${event}: ${counts(of)}`),
		`dropped of ${card.read} read: ${reasons(dropped)}`,
		...(remarks.length > 0 ? [`also: ${reasons(remarks)}`] : []),
		`split: ${JSON.stringify(split)}`,
		`vocabulary from the training part, ids in at least ${minFrequency} rows: ${sizes.join(", ")}`,
		...Object.entries(files).map(([file, hash]) => `${file} sha256 ${hash}`),
	].join("\n");
}
