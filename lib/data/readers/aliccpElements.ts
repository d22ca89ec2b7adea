/**
 * The 18 single-valued fields of the CSTWA protocol (and of AITM's preparation, which it follows), in their order there.
 * 853 has 3.4 ids a row in the source; its last one counts, as in AITM.
 */
export const CSTWA_FIELDS = [
	"101",
	"121",
	"122",
	"124",
	"125",
	"126",
	"127",
	"128",
	"129",
	"205",
	"206",
	"207",
	"216",
	"508",
	"509",
	"702",
	"853",
	"301",
] as const;

/** The fields of Ali-CCP that no protocol here reads: intentions, and the histories with their log counts. */
export const OTHER_FIELDS = ["210", "109_14", "110_14", "127_14", "150_14"] as const;

/** Why a row of the raw files is left out. */
export const FAULTS = {
	empty: "empty line",
	tooLong: "line longer than 1 MiB",
	nul: "NUL byte",
	bytes: "byte that is not plain ASCII text",
	commas: "wrong number of comma-separated fields",
	sample: "sampleID is not a whole number",
	label: "click or conversion is not 0 or 1",
	md5: "md5 is not 1 to 32 hexadecimal digits",
	featureNum: "feature_num is not a whole number",
	element: "malformed element",
	field: "unknown field",
	id: "id is not a whole number from 1 to 2147483647",
	value: "value is not a number",
	count: "element count differs from feature_num",
	contradiction: "click=0 and conversion=1",
	unknownMd5: "unknown md5",
	duplicateSample: "duplicate sampleID",
	duplicateMd5: "duplicate md5, the first is kept",
} as const;

/** One of the reasons in {@link FAULTS}. */
export type Fault = (typeof FAULTS)[keyof typeof FAULTS];

const UNKNOWN = -2;
const UNUSED = -1;

/** Field number → column in CSTWA_FIELDS, UNUSED or UNKNOWN: plain fields, and those that end in "_14". */
const PLAIN = new Int8Array(1000).fill(UNKNOWN);
const HISTORY = new Int8Array(1000).fill(UNKNOWN);
CSTWA_FIELDS.forEach((field, column) => {
	PLAIN[Number(field)] = column;
});
for (const field of OTHER_FIELDS) {
	const [number, suffix] = field.split("_");
	(suffix === undefined ? PLAIN : HISTORY)[Number(number)] = UNUSED;
}

const [ZERO, ONE, FOUR, UNDERSCORE, DOT, MINUS, PLUS] = [48, 49, 52, 95, 46, 45, 43];
const isDigit = (byte: number): boolean => (byte - ZERO) >>> 0 < 10;

/** Where the digits that start at `at` end. Stops at the line's end, which is no digit. */
export function afterDigits(bytes: Uint8Array, at: number): number {
	let p = at;
	while ((bytes[p] - ZERO) >>> 0 < 10) p++;
	return p;
}

/**
 * Reads a feature list, `field 0x02 id 0x03 value` joined by 0x01, into `ids` (a column of CSTWA_FIELDS each; a field that
 * repeats leaves its last id, one that is not there leaves what was there before).
 *
 * Every element is checked, of fields that are not read too. `bytes[end]` must be a line end.
 *
 * @returns what is wrong with the first bad element, or that there are not `expected` of them; undefined when all is well
 */
export function readElements(
	bytes: Uint8Array,
	start: number,
	end: number,
	expected: number,
	ids: Int32Array,
): Fault | undefined {
	if (start === end) return expected === 0 ? undefined : FAULTS.count;
	let found = 0;
	let p = start;
	for (;;) {
		const element = p;
		let field = 0;
		let byte = bytes[p];
		while ((byte - ZERO) >>> 0 < 10) {
			field = field * 10 + byte - ZERO;
			byte = bytes[++p];
		}
		let column = p - element === 3 ? PLAIN[field] : UNKNOWN;
		if (byte === UNDERSCORE && bytes[p + 1] === ONE && bytes[p + 2] === FOUR) {
			column = p - element === 3 ? HISTORY[field] : UNKNOWN;
			p += 3;
			byte = bytes[p];
		}
		if (byte !== 2 || column === UNKNOWN) return faultOf(bytes, element, end, FAULTS.field);

		const idStart = ++p;
		let id = 0;
		byte = bytes[p];
		while ((byte - ZERO) >>> 0 < 10) {
			id = id * 10 + byte - ZERO;
			byte = bytes[++p];
		}
		if (byte !== 3 || p === idStart || id < 1 || id > 0x7fffffff) return faultOf(bytes, element, end, FAULTS.id);

		p = afterNumber(bytes, p + 1);
		if (p === -1) return faultOf(bytes, element, end, FAULTS.value);
		found++;
		if (column >= 0) ids[column] = id;
		if (p === end) return found === expected ? undefined : FAULTS.count;
		if (bytes[p] !== 1) return faultOf(bytes, element, end, FAULTS.value);
		p++;
	}
}

/** Where the decimal number that starts at `at` ends, or -1 when there is none. */
function afterNumber(bytes: Uint8Array, at: number): number {
	let p = bytes[at] === MINUS ? at + 1 : at;
	if (!isDigit(bytes[p])) return -1;
	p = afterDigits(bytes, p);
	if (bytes[p] === DOT) {
		if (!isDigit(bytes[p + 1])) return -1;
		p = afterDigits(bytes, p + 1);
	}
	if ((bytes[p] | 32) === 101) {
		p++;
		if (bytes[p] === MINUS || bytes[p] === PLUS) p++;
		if (!isDigit(bytes[p])) return -1;
		p = afterDigits(bytes, p);
	}
	return p;
}

/** An element without exactly one 0x02 and, after it, one 0x03 is malformed; otherwise `fault` is what is wrong with it. */
function faultOf(bytes: Uint8Array, start: number, end: number, fault: Fault): Fault {
	let marks = "";
	for (let p = start; p < end && bytes[p] !== 1; p++) if (bytes[p] === 2 || bytes[p] === 3) marks += bytes[p];
	return marks === "23" ? fault : FAULTS.element;
}
