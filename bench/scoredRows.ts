import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stream } from "../lib/core/random";

/** Scores, labels and users of as many rows. */
export interface ScoredRows {
	scores: Float32Array;
	labels: Uint8Array;
	user: Int32Array;
}

/** Rows of one user, on average. */
const PER_USER = 20;

/**
 * Draws scored rows and writes them into a folder for our program and the peer's, little-endian: `scores.f32`, of a million values so
 * that most rows tie with another; `labels.u8`, 4 % positives, which score a little higher; `user.i32`, whose rows lie anywhere.
 */
export function writeScoredRows(folder: string, rows: number, seed = 1): void {
	mkdirSync(folder, { recursive: true });
	const random = stream(seed, "scored");
	const users = Math.max(1, Math.round(rows / PER_USER));
	const labels = Uint8Array.from({ length: rows }, () => +(random.uniform() < 0.04));
	const scores = Float32Array.from(labels, (label) => Math.round(1e6 * (0.8 * random.uniform() + 0.2 * label)) / 1e6);
	const user = Int32Array.from({ length: rows }, () => random.int(users));
	for (const [name, values] of Object.entries({ "scores.f32": scores, "labels.u8": labels, "user.i32": user }))
		writeFileSync(join(folder, name), new Uint8Array(values.buffer));
}

/** Reads the rows of a folder. */
export function readScoredRows(folder: string): ScoredRows {
	const buffer = (name: string) => new Uint8Array(readFileSync(join(folder, name))).buffer;
	return {
		scores: new Float32Array(buffer("scores.f32")),
		labels: new Uint8Array(buffer("labels.u8")),
		user: new Int32Array(buffer("user.i32")),
	};
}
