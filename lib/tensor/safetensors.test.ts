import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { readSafetensors, writeSafetensors } from "./safetensors";

const folder = temporaryFolders();
const values = Float32Array.of(1.5, -0, Number.NaN, 3e-45, 2, 7);
const arrays = [
	{ name: "a/w", shape: [2, 3], read: () => values },
	{ name: "empty", shape: [0, 4], read: () => new Float32Array(0) },
	{ name: "scalar", shape: [], read: () => Float32Array.of(-1) },
];

async function written(): Promise<string> {
	const path = join(folder(), "w.safetensors");
	await writeSafetensors(path, arrays, { what: 'weights of "é"' });
	return path;
}

describe("safetensors", () => {
	it("gives back bits, shapes and metadata, and leaves no temporary file", async () => {
		const path = await written();
		const { metadata, arrays: read } = await readSafetensors(path);
		expect(metadata).toEqual({ what: 'weights of "é"' });
		expect([...read.keys()]).toEqual(["a/w", "empty", "scalar"]);
		expect(read.get("a/w")?.shape).toEqual([2, 3]);
		expect(Buffer.from(read.get("a/w")!.values.buffer)).toEqual(Buffer.from(values.buffer));
		expect(read.get("scalar")).toEqual({ shape: [], values: Float32Array.of(-1) });
		expect(readdirSync(join(path, ".."))).toEqual(["w.safetensors"]);
	});

	it("has the layout that other readers expect", async () => {
		const bytes = readFileSync(await written());
		const length = Number(bytes.readBigUInt64LE());
		expect((8 + length) % 8).toBe(0);
		const header = JSON.parse(bytes.subarray(8, 8 + length).toString());
		expect(header["a/w"]).toEqual({ dtype: "F32", shape: [2, 3], data_offsets: [0, 24] });
		expect(bytes.length).toBe(8 + length + 28);
		expect(bytes.readFloatLE(8 + length)).toBe(1.5);
	});

	it("is refused by name at every byte that is changed and every length that is cut", async () => {
		const path = await written();
		const whole = readFileSync(path);
		for (let at = 0; at < whole.length; at++) {
			const damaged = Buffer.from(whole);
			damaged[at] ^= 1;
			writeFileSync(path, damaged);
			await expect(readSafetensors(path), `byte ${at}`).rejects.toThrow(path);
			writeFileSync(path, whole.subarray(0, at));
			await expect(readSafetensors(path), `cut at ${at}`).rejects.toThrow(path);
		}
	});

	it("clears up what killed writers left, and nothing else", async () => {
		const path = await written();
		const there = [`${path}.999999999.part`, `${path}.${process.ppid}.part`, `${path}.note`, join(path, "../x.1.part")];
		for (const name of there) writeFileSync(name, "half");
		await writeSafetensors(path, arrays, {});
		expect(there.map((name) => existsSync(name))).toEqual([false, true, true, true]);
	});

	it("a write that fails leaves the earlier file as it was", async () => {
		const path = await written();
		const before = readFileSync(path);
		const broken = [{ name: "a", shape: [3], read: () => Float32Array.of(1) }];
		await expect(writeSafetensors(path, broken, {})).rejects.toThrow("a has 1 values, not [3]");
		expect(readFileSync(path)).toEqual(before);
		expect(readdirSync(join(path, ".."))).toEqual(["w.safetensors"]);
	});
});
