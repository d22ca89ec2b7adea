import { resized } from "./growing";

/** Byte strings → 0, 1, 2 … in the order they were added, without a JavaScript string for any of them. */
export interface Keys {
	/** The index of the new key `bytes[start, end)`, or -1 when it is there already. */
	add(bytes: Uint8Array, start: number, end: number): number;
	/** The index of a key, or -1. */
	find(bytes: Uint8Array, start: number, end: number): number;
}

/** An empty set of keys: open addressing over one array of bytes, about 40 bytes a key of 16. */
export function keys(): Keys {
	let count = 0;
	let found = -1;
	let bytesUsed = 0;
	let content: Uint8Array = new Uint8Array(1 << 14);
	let ends: Int32Array = new Int32Array(1 << 10);
	let hashes: Int32Array = new Int32Array(1 << 10);
	let slots = new Int32Array(1 << 11).fill(-1);

	const same = (index: number, bytes: Uint8Array, start: number, end: number): boolean => {
		const from = index === 0 ? 0 : ends[index - 1];
		if (ends[index] - from !== end - start) return false;
		for (let i = start, j = from; i < end; i++, j++) if (bytes[i] !== content[j]) return false;
		return true;
	};
	/** Where the key is, or the empty slot where it would be. */
	const slotOf = (hash: number, bytes: Uint8Array, start: number, end: number): number => {
		const mask = slots.length - 1;
		let slot = hash & mask;
		for (;;) {
			const index = slots[slot];
			if (index === -1 || (hashes[index] === hash && same(index, bytes, start, end))) return slot;
			slot = (slot + 1) & mask;
		}
	};
	const grow = () => {
		ends = resized(ends, 2 * count);
		hashes = resized(hashes, 2 * count);
		slots = new Int32Array(2 * slots.length).fill(-1);
		const mask = slots.length - 1;
		for (let index = 0; index < count; index++) {
			let slot = hashes[index] & mask;
			while (slots[slot] !== -1) slot = (slot + 1) & mask;
			slots[slot] = index;
		}
	};

	return {
		add(bytes, start, end) {
			const hash = fnv1a(bytes, start, end);
			if (slots[slotOf(hash, bytes, start, end)] !== -1) return -1;
			if (count === ends.length) grow();
			const length = end - start;
			if (bytesUsed + length > content.length) content = resized(content, 2 * (bytesUsed + length));
			for (let i = 0; i < length; i++) content[bytesUsed + i] = bytes[start + i];
			bytesUsed += length;
			ends[count] = bytesUsed;
			hashes[count] = hash;
			slots[slotOf(hash, bytes, start, end)] = count;
			return count++;
		},
		find(bytes, start, end) {
			// Rows stand in groups of one key.
			if (found === -1 || !same(found, bytes, start, end))
				found = slots[slotOf(fnv1a(bytes, start, end), bytes, start, end)];
			return found;
		},
	};
}

function fnv1a(bytes: Uint8Array, start: number, end: number): number {
	let hash = 0x811c9dc5;
	for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
	return hash ^ (hash >>> 15);
}
