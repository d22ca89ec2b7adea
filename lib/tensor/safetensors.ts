import { createHash } from "node:crypto";
import { type FileHandle, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isAlive } from "../core/alive";
import { InputError } from "../core/problem";

/** A float32 array with its shape. `read` gives its values when their turn comes, so that not all need lie in memory at once. */
export interface Stored {
	readonly name: string;
	readonly shape: readonly number[];
	read(): Float32Array;
}

/** What a file held. */
export interface Loaded {
	metadata: Record<string, string>;
	arrays: Map<string, { shape: number[]; values: Float32Array }>;
}

interface Entry {
	dtype: "F32";
	shape: readonly number[];
	data_offsets: [number, number];
}

/** Key of the metadata with the SHA-256 of all else: the other metadata, names, shapes and values. */
const HASH = "sha256";
const MOST_HEADER = 100_000_000;

/**
 * Writes float32 arrays as a safetensors file (format of huggingface/safetensors: 8 bytes of header length, a JSON header,
 * then the bytes), whole: under a temporary name, flushed to the disk, then renamed. The metadata gets a SHA-256.
 */
export async function writeSafetensors(
	path: string,
	arrays: readonly Stored[],
	metadata: Readonly<Record<string, string>>,
): Promise<void> {
	let at = 0;
	const entries: Record<string, Entry> = {};
	for (const { name, shape } of arrays) {
		const bytes = 4 * shape.reduce((n, size) => n * size, 1);
		entries[name] = { dtype: "F32", shape, data_offsets: [at, at + bytes] };
		at += bytes;
	}
	const header = (hash: string) => {
		const text = JSON.stringify({ __metadata__: { ...metadata, [HASH]: hash }, ...entries });
		return Buffer.from(text + " ".repeat((8 - (Buffer.byteLength(text) % 8)) % 8));
	};
	const blank = header("0".repeat(64));
	const hash = createHash("sha256").update(blank);
	const temporary = `${path}.${process.pid}.part`;
	const file = await open(temporary, "w");
	try {
		const length = Buffer.alloc(8);
		length.writeBigUInt64LE(BigInt(blank.length));
		await put(file, length);
		await put(file, blank);
		for (const { name, shape, read } of arrays) {
			const values = read();
			if (4 * values.length !== entries[name].data_offsets[1] - entries[name].data_offsets[0])
				throw new Error(`${name} has ${values.length} values, not [${shape}]`);
			const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
			hash.update(bytes);
			await put(file, bytes);
		}
		await file.write(header(hash.digest("hex")), 0, blank.length, 8);
		await file.sync();
		await file.close();
		await rename(temporary, path);
		await removeLeftovers(path);
	} catch (problem) {
		await file.close().catch(() => {});
		await rm(temporary, { force: true });
		throw problem;
	}
}

/** Removes what processes that were killed while writing the file left beside it. */
async function removeLeftovers(path: string): Promise<void> {
	for (const name of await readdir(dirname(path))) {
		const pid = name.startsWith(`${basename(path)}.`) ? /\.(\d+)\.part$/.exec(name)?.[1] : undefined;
		if (pid !== undefined && !isAlive(Number(pid))) await rm(join(dirname(path), name), { force: true });
	}
}

/**
 * Reads a file of `writeSafetensors` and checks its SHA-256.
 *
 * @throws InputError it is no such file, was cut, or its content is not what was written
 */
export async function readSafetensors(path: string): Promise<Loaded> {
	const refuse = (why: string): never => {
		throw new InputError(`${path} ${why}: remove it, or put the right file in its place`);
	};
	const file = await open(path).catch((cause: NodeJS.ErrnoException) => refuse(`cannot be read (${cause.code})`));
	try {
		const { size } = await file.stat();
		const start = await take(file, 0, 8);
		const length = start ? Number(start.readBigUInt64LE()) : MOST_HEADER;
		if (length >= MOST_HEADER || length + 8 > size) refuse("is no safetensors file, or was cut");
		const header = (await take(file, 8, length)) as Buffer;
		const parsed = parse(header.toString("utf8")) ?? refuse("has a damaged header");
		const { __metadata__: metadata = {}, ...entries } = parsed;
		const said = metadata[HASH];
		const at = header.indexOf(`"${HASH}":"${said}"`);
		if (!/^[0-9a-f]{64}$/.test(said ?? "") || at < 0) refuse("has no checksum");
		header.fill("0", at + HASH.length + 4, at + HASH.length + 68);
		const hash = createHash("sha256").update(header);
		const arrays: Loaded["arrays"] = new Map();
		if (!fits(Object.values(entries), size - 8 - length)) refuse("has a header that does not fit its length");
		for (const [name, { shape, data_offsets }] of Object.entries(entries)) {
			const values = new Float32Array((data_offsets[1] - data_offsets[0]) / 4);
			const bytes = (await take(file, 8 + length + data_offsets[0], values.byteLength)) as Buffer;
			new Uint8Array(values.buffer).set(bytes);
			hash.update(bytes);
			arrays.set(name, { shape: [...shape], values });
		}
		if (hash.digest("hex") !== said) refuse("is damaged: its checksum is not that of its content");
		const { [HASH]: _, ...rest } = metadata;
		return { metadata: rest, arrays };
	} finally {
		await file.close();
	}
}

function parse(text: string): ({ __metadata__?: Record<string, string> } & Record<string, Entry>) | undefined {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** Whether the arrays lie one after the other and fill the bytes after the header, each as long as its shape says. */
function fits(entries: readonly Entry[], bytes: number): boolean {
	let at = 0;
	for (const { dtype, shape, data_offsets } of entries) {
		if (dtype !== "F32" || !Array.isArray(shape) || !Array.isArray(data_offsets)) return false;
		const end = at + 4 * shape.reduce((n, size) => n * size, 1);
		if (data_offsets[0] !== at || data_offsets[1] !== end || !(end <= bytes)) return false;
		at = end;
	}
	return at === bytes;
}

/** Most bytes of one call: the system takes no more than 2 GiB. */
const PIECE = 1 << 28;

async function put(file: FileHandle, bytes: Uint8Array): Promise<void> {
	for (let from = 0; from < bytes.length; ) {
		const { bytesWritten } = await file.write(bytes, from, Math.min(PIECE, bytes.length - from));
		from += bytesWritten;
	}
}

async function take(file: FileHandle, position: number, length: number): Promise<Buffer | undefined> {
	const bytes = Buffer.allocUnsafe(length);
	for (let filled = 0; filled < length; ) {
		const { bytesRead } = await file.read(bytes, filled, Math.min(PIECE, length - filled), position + filled);
		if (bytesRead === 0) return undefined;
		filled += bytesRead;
	}
	return bytes;
}
