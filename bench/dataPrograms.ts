import { rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../lib/core/root";
import { type Card, readCard } from "../lib/data/prepared/card";
import { type ChildOptions, type Measured, measured } from "./child";
import type { RawAliCcp } from "./rawAliCcp";
import { differences } from "./sameTables";
import { validRows } from "./validRows";

/** Where the two programs run, and with what. */
export interface Place extends ChildOptions {
	/** Folder for what they make. */
	folder: string;
	/** Python with pandas. */
	python: string;
	/** `--memory` of ours. */
	memory: string;
}

/** What the peer says of itself. */
export interface PeerAnswer {
	rows: { train: number; valid: number; test: number };
	clicks: PeerAnswer["rows"];
	conversions: PeerAnswer["rows"];
	dropped: number;
	vocabulary: Record<string, number>;
	/** Seconds of each step. */
	seconds: Record<string, number>;
	versions: Record<string, string>;
}

/** Our preparation as people start it: `npm run data -- aliccp`, protocol cstwa. */
export async function runOurs(raw: RawAliCcp, place: Place): Promise<Measured & { out: string; card: Card }> {
	const out = join(place.folder, "ours");
	rmSync(out, { recursive: true, force: true });
	const run = join(projectRoot(), "lib/setup/run.mjs");
	const what = ["data", "aliccp", "--raw", raw.folder, "--out", out];
	const how = ["--protocol", "cstwa", "--memory", place.memory, "--json"];
	const took = await measured([process.execPath, run, ...what, ...how], join(place.folder, "took.json"), place);
	return { ...took, out, card: await readCard(out) };
}

/** The peer's preparation of the same files, with the validation rows of our card. */
export async function runPeer(
	raw: RawAliCcp,
	card: Card,
	place: Place,
): Promise<Measured & { out: string; answer: PeerAnswer }> {
	const out = join(place.folder, "peer");
	rmSync(out, { recursive: true, force: true });
	const valid = join(place.folder, "valid.bytes");
	await writeFile(valid, validRows(card.rows.train + card.rows.valid, card.split));
	const program = [place.python, join(projectRoot(), "bench/peers/pandas_aliccp.py"), raw.folder, out, valid];
	const took = await measured(program, join(place.folder, "took.json"), place);
	return { ...took, out, answer: JSON.parse(took.stdout) };
}

/**
 * Makes sure that both programs did the same work: rows, labels, dropped rows, vocabulary sizes, and every id of every row.
 *
 * @throws Error they did not: a comparison of their times would be worth nothing
 */
export async function mustAgree(
	ours: { out: string; card: Card },
	peer: { out: string; answer: PeerAnswer },
	written: RawAliCcp["written"],
	work: string,
): Promise<void> {
	const { card } = ours;
	const dropped = card.dropped.reduce((sum, { count }) => sum + count, 0);
	const expected = written.dropped.reduce((sum, { count }) => sum + count, 0);
	const sizes = Object.fromEntries(
		card.fields.map((field) => [field.name, field.kind === "number" ? 0 : field.size - 1]),
	);
	const told: [what: string, ours: unknown, theirs: unknown][] = [
		["rows", card.rows, peer.answer.rows],
		["clicks", card.events.click, peer.answer.clicks],
		["conversions", card.events.conversion, peer.answer.conversions],
		["dropped rows", dropped, peer.answer.dropped],
		["dropped rows (theirs: what the writer put in)", dropped, expected],
		["vocabulary sizes", sizes, peer.answer.vocabulary],
	];
	const wrong = told
		.filter(([, a, b]) => sorted(a) !== sorted(b))
		.map(([what, a, b]) => `${what}: ours ${sorted(a)}, theirs ${sorted(b)}`);
	if (wrong.length === 0) wrong.push(...(await differences(ours.out, peer.out, work)));
	if (wrong.length > 0) throw new Error(`the two programs did different work, so no figures: ${wrong.join("; ")}`);
}

/** A value as JSON with its names in order. */
const sorted = (value: unknown): string =>
	JSON.stringify(value, (_, inner) =>
		typeof inner === "object" && inner !== null
			? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
			: inner,
	);
