import { createHash } from "node:crypto";

/** A seeded stream of draws. Streams of different names are started from independent hashes. */
export interface Random {
	/** Uniform in [0, 1), 32 bits of resolution. */
	uniform(): number;
	/** Standard normal (polar method, both values of a pair are used). */
	normal(): number;
	/** Whole number in [0, n). */
	int(n: number): number;
	/** In-place Fisher-Yates shuffle; returns its argument. */
	shuffle<A extends Int32Array | unknown[]>(values: A): A;
}

/** Four 32-bit words that belong to a seed and a name, from SHA-256. */
export function words(seed: number, name: string): [number, number, number, number] {
	const hash = createHash("sha256").update(`${seed}/${name}`).digest();
	return [hash.readInt32LE(0), hash.readInt32LE(4), hash.readInt32LE(8), hash.readInt32LE(12)];
}

/**
 * The stream called `name` of a seed. Each use has a stream of its own ("users", "shuffle/3"), so changing
 * how many draws one use makes leaves every other as it was.
 *
 * Generator: sfc32 (C. Doty-Humphrey, PractRand), period at least 2^32, started from SHA-256 of seed and name.
 */
export function stream(seed: number, name: string): Random {
	let [a, b, c, counter] = words(seed, name);
	let spare = Number.NaN;
	const next = (): number => {
		const t = (((a + b) | 0) + counter) | 0;
		counter = (counter + 1) | 0;
		a = b ^ (b >>> 9);
		b = (c + (c << 3)) | 0;
		c = (c << 21) | (c >>> 11);
		c = (c + t) | 0;
		return t >>> 0;
	};
	for (let i = 0; i < 12; i++) next();
	const uniform = (): number => next() / 4294967296;
	const int = (n: number): number => Math.floor(uniform() * n);
	return {
		uniform,
		int,
		normal() {
			if (!Number.isNaN(spare)) {
				const value = spare;
				spare = Number.NaN;
				return value;
			}
			for (;;) {
				const u = 2 * uniform() - 1;
				const v = 2 * uniform() - 1;
				const s = u * u + v * v;
				if (s > 0 && s < 1) {
					const scale = Math.sqrt((-2 * Math.log(s)) / s);
					spare = v * scale;
					return u * scale;
				}
			}
		},
		shuffle(values) {
			for (let i = values.length - 1; i > 0; i--) {
				const j = int(i + 1);
				const held = values[i];
				values[i] = values[j] as never;
				values[j] = held as never;
			}
			return values;
		},
	};
}
