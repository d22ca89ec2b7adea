/** A set of whole numbers, 8 KiB for each run of 65,536 that is touched: 0.13 byte a number when they are consecutive. */
export function numberSet() {
	const pages = new Map<number, Uint8Array>();
	let pageNumber = -1;
	let page: Uint8Array = new Uint8Array(0);
	return {
		/** False when it is there already. Numbers above 2^32 are not kept. */
		add(value: number): boolean {
			if (value > 0xffffffff) return true;
			const wanted = value >>> 16;
			if (wanted !== pageNumber) {
				pageNumber = wanted;
				page = pages.get(wanted) ?? new Uint8Array(8192);
				pages.set(wanted, page);
			}
			const at = (value & 0xffff) >>> 3;
			const bit = 1 << (value & 7);
			if (page[at] & bit) return false;
			page[at] |= bit;
			return true;
		},
	};
}
