import { resized } from "../readers/growing";

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

/** The four histories of a user: categories, shops, brands and intentions, each id with a log count. */
export const HISTORIES = ["109_14", "110_14", "127_14", "150_14"] as const;

/** All fields of Ali-CCP. A field's place here is its number below. */
export const FIELDS = [...CSTWA_FIELDS, "210", ...HISTORIES] as const;

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
	value: "value is not a 32-bit number",
	count: "element count differs from feature_num",
	contradiction: "click=0 and conversion=1",
	unknownMd5: "unknown md5",
	duplicateSample: "duplicate sampleID",
	duplicateMd5: "duplicate md5, the first is kept",
} as const;

/** One of the reasons in {@link FAULTS}. */
export type Fault = (typeof FAULTS)[keyof typeof FAULTS];

/** Ids and their values, in the order in which they stand in a line. Only the first `length` count. */
export interface Elements {
	ids: Int32Array;
	/** As 32-bit numbers, which is what is kept of them. */
	values: Float32Array;
	length: number;
}

/** What one feature list holds. */
export interface FeatureList {
	/** The last id of each of {@link FIELDS}, 0 where there is none. */
	readonly lasts: Int32Array;
	/** How many ids of each there are. */
	readonly counts: Int32Array;
	/** All ids of those fields that are wanted as lists. */
	readonly lists: readonly (Elements | undefined)[];
}

/** An empty list, in which the elements of `wanted` fields are kept. */
export const featureList = (wanted: readonly string[]): FeatureList => ({
	lasts: new Int32Array(FIELDS.length),
	counts: new Int32Array(FIELDS.length),
	lists: FIELDS.map((field) =>
		wanted.includes(field) ? { ids: new Int32Array(64), values: new Float32Array(64), length: 0 } : undefined,
	),
});

const UNKNOWN = -1;

/** Number → place in FIELDS or UNKNOWN: of plain fields, and of those that end in "_14". */
const PLAIN = new Int8Array(1000).fill(UNKNOWN);
const HISTORY = new Int8Array(1000).fill(UNKNOWN);
FIELDS.forEach((field, place) => {
	const [number, suffix] = field.split("_");
	(suffix === undefined ? PLAIN : HISTORY)[Number(number)] = place;
});

const [ZERO, ONE, FOUR, UNDERSCORE, DOT, MINUS, PLUS] = [48, 49, 52, 95, 46, 45, 43];
const isDigit = (byte: number): boolean => (byte - ZERO) >>> 0 < 10;

/** Where the digits that start at `at` end. Stops at the line's end, which is no digit. */
export function afterDigits(bytes: Uint8Array, at: number): number {
	let p = at;
	while ((bytes[p] - ZERO) >>> 0 < 10) p++;
	return p;
}

/**
 * Reads a feature list, `field 0x02 id 0x03 value` joined by 0x01, over what `into` held. Every element is checked, of
 * fields that nobody wants too. `bytes[end]` must be a line end.
 *
 * @returns what is wrong with the first bad element, or that there are not `expected` of them; undefined when all is well
 */
export function readElements(
	bytes: Uint8Array,
	start: number,
	end: number,
	expected: number,
	into: FeatureList,
): Fault | undefined {
	const { lasts, counts, lists } = into;
	lasts.fill(0);
	counts.fill(0);
	for (const list of lists) if (list) list.length = 0;
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
		let place = p - element === 3 ? PLAIN[field] : UNKNOWN;
		if (byte === UNDERSCORE && bytes[p + 1] === ONE && bytes[p + 2] === FOUR) {
			place = p - element === 3 ? HISTORY[field] : UNKNOWN;
			p += 3;
			byte = bytes[p];
		}
		if (byte !== 2 || place === UNKNOWN) return faultOf(bytes, element, end, FAULTS.field);

		const idStart = ++p;
		let id = 0;
		byte = bytes[p];
		while ((byte - ZERO) >>> 0 < 10) {
			id = id * 10 + byte - ZERO;
			byte = bytes[++p];
		}
		if (byte !== 3 || p === idStart || id < 1 || id > 0x7fffffff) return faultOf(bytes, element, end, FAULTS.id);

		const value = ++p;
		p = afterNumber(bytes, value);
		if (p === -1) return faultOf(bytes, element, end, FAULTS.value);
		found++;
		lasts[place] = id;
		counts[place]++;
		const list = lists[place];
		if (list !== undefined) push(list, id, numberAt(bytes, value, p));
		if (p === end) return found === expected ? undefined : FAULTS.count;
		if (bytes[p] !== 1) return faultOf(bytes, element, end, FAULTS.value);
		p++;
	}
}

function push(list: Elements, id: number, value: number): void {
	if (list.length === list.ids.length) {
		list.ids = resized(list.ids, 2 * list.length);
		list.values = resized(list.values, 2 * list.length);
	}
	list.ids[list.length] = id;
	list.values[list.length++] = value;
}

/** Where the decimal number that starts at `at` ends, or -1 when there is none, or none that 32 bits can hold. */
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
		return Number.isFinite(Math.fround(spelled(bytes, at, p))) ? p : -1;
	}
	return p - at < 38 || Number.isFinite(Math.fround(spelled(bytes, at, p))) ? p : -1;
}

const spelled = (bytes: Uint8Array, start: number, end: number): number =>
	Number(Buffer.from(bytes.subarray(start, end)).toString("latin1"));

/** 1, 10, … 10^15, which are exact, as is a whole number of 15 digits: their quotient is the nearest number to a decimal. */
const POWERS = Float64Array.from({ length: 16 }, (_, digits) => 10 ** digits);

/** The value of the decimal number `[start, end)`, exactly as Number() reads it. */
function numberAt(bytes: Uint8Array, start: number, end: number): number {
	let whole = 0;
	let fraction = 0;
	let dots = 0;
	const first = bytes[start] === MINUS ? start + 1 : start;
	if (end - first > 16) return spelled(bytes, start, end);
	for (let p = first; p < end; p++) {
		const byte = bytes[p];
		if (byte === DOT) dots = 1;
		else if (isDigit(byte)) {
			whole = whole * 10 + byte - ZERO;
			fraction += dots;
		} else return spelled(bytes, start, end);
	}
	if (end - first - dots > 15) return spelled(bytes, start, end);
	const value = whole / POWERS[fraction];
	return bytes[start] === MINUS ? -value : value;
}

/** An element without exactly one 0x02 and, after it, one 0x03 is malformed; otherwise `fault` is what is wrong with it. */
function faultOf(bytes: Uint8Array, start: number, end: number, fault: Fault): Fault {
	let marks = "";
	for (let p = start; p < end && bytes[p] !== 1; p++) if (bytes[p] === 2 || bytes[p] === 3) marks += bytes[p];
	return marks === "23" ? fault : FAULTS.element;
}
