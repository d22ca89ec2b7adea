/** A box of a drawing in layers. */
export interface Box {
	/** Unique in its drawing. */
	readonly id: string;
	/** Its text; the first line is its name. */
	readonly lines: readonly string[];
	/** From 0; arrows run from lower layers to higher ones. */
	readonly layer: number;
	readonly colour: string;
}

/** An arrow between boxes, with words beside it. */
export interface Arrow {
	readonly from: string;
	readonly to: string;
	readonly label?: readonly string[];
	readonly dashed?: boolean;
}

/** Which way layers follow each other. */
export type Direction = "right" | "up";

/** A point in pixels, from the upper left corner. */
export type Point = readonly [x: number, y: number];

/** A drawing whose boxes and arrows have places, in pixels. */
export interface Placed {
	readonly width: number;
	readonly height: number;
	readonly boxes: readonly { box: Box; x: number; y: number; width: number; height: number }[];
	/** The corners of each arrow's line, from its box to the other. */
	readonly arrows: readonly { arrow: Arrow; points: readonly Point[] }[];
}

/** Pixels of a letter and a line in the drawing's font. */
export const LETTER = 7;
export const LINE = 17;
const MARGIN = 20;

/** Width and height of lines of text. */
export const sizeOfText = (lines: readonly string[]): [number, number] => [
	LETTER * Math.max(...lines.map((line) => line.length)),
	LINE * lines.length,
];

/** A place in a layer: of a box, or of an arrow that passes through to a farther layer. */
interface Slot {
	readonly key: string;
	/** Pixels across the layer, without the space between. */
	readonly size: number;
	readonly box?: Box;
	/** Slots of the layers beside that it is joined with. */
	readonly near: Slot[];
	/** Its middle across the layer. */
	at: number;
}

/**
 * Finds places: layers one after another, in each its boxes in an order with few crossings, each as near as can be to what it is joined
 * with. Boxes of a layer are as thick as its thickest, and an arrow that goes farther than the next layer has a place of its own in
 * every layer between, so no arrow runs over a box.
 *
 * @throws Error an arrow to or from no box, or one that does not run to a higher layer
 */
export function place(boxes: readonly Box[], arrows: readonly Arrow[], direction: Direction): Placed {
	const along = direction === "right" ? 0 : 1;
	const sizes = new Map(
		boxes.map((box) => [box.id, sizeOfText(box.lines).map((pixels) => pixels + 16) as [number, number]]),
	);
	const { layers, ways } = slotsOf(boxes, arrows, (box) => (sizes.get(box.id) as [number, number])[1 - along]);
	const space = direction === "right" ? 74 : 18;
	arrange(layers, space);
	const thick = layers.map((slots) =>
		Math.max(...slots.map(({ box }) => (box ? (sizes.get(box.id) as [number, number])[along] : 0))),
	);
	const gaps = layers.map((_, layer) => gapAfter(layer, arrows, boxes, direction));
	const begins = thick.map((_, layer) => MARGIN + sum(thick.slice(0, layer)) + sum(gaps.slice(0, layer)));
	const least = Math.min(...layers.flat().map(({ at, size }) => at - size / 2));
	const most = Math.max(...layers.flat().map(({ at, size }) => at + size / 2));
	const [length, breadth] = [2 * MARGIN + sum(thick) + sum(gaps.slice(0, -1)), 2 * MARGIN + most - least];
	const across = (at: number) => MARGIN + at - least;
	const point = (a: number, c: number): Point => (direction === "right" ? [a, across(c)] : [across(c), length - a]);
	const placed = layers.flatMap((slots, layer) =>
		slots.flatMap(({ box, at, size }) => {
			if (!box) return [];
			const corner =
				direction === "right"
					? point(begins[layer], at - size / 2)
					: point(begins[layer] + thick[layer], at - size / 2);
			const [width, height] = direction === "right" ? [thick[layer], size] : [size, thick[layer]];
			return { box, x: corner[0], y: corner[1], width, height };
		}),
	);
	const drawn = ways.map(({ arrow, slots, layer }) => ({
		arrow,
		points: slots.flatMap((slot, i) => {
			const [from, to] = [begins[layer + i], begins[layer + i] + thick[layer + i]];
			const leave = () => point(to, port(slot, slots[i + 1], ways, "leave"));
			const enter = () => point(from, port(slot, slots[i - 1], ways, "enter"));
			return [...(i > 0 ? [enter()] : []), ...(i < slots.length - 1 ? [leave()] : [])];
		}),
	}));
	const [width, height] = direction === "right" ? [length, breadth] : [breadth, length];
	return { width, height, boxes: placed, arrows: drawn };
}

type Way = { arrow: Arrow; layer: number; slots: Slot[] };

/** The slots of each layer, and those that each arrow goes through. */
function slotsOf(
	boxes: readonly Box[],
	arrows: readonly Arrow[],
	sizeOf: (box: Box) => number,
): { layers: Slot[][]; ways: Way[] } {
	const layers: Slot[][] = Array.from({ length: Math.max(...boxes.map(({ layer }) => layer)) + 1 }, () => []);
	const byId = new Map<string, Slot>();
	for (const box of boxes) {
		const slot: Slot = { key: box.id, size: sizeOf(box), box, near: [], at: 0 };
		byId.set(box.id, slot);
		layers[box.layer].push(slot);
	}
	const ways = arrows.map((arrow): Way => {
		const [from, to] = [byId.get(arrow.from), byId.get(arrow.to)];
		if (!from?.box || !to?.box) throw new Error(`an arrow from "${arrow.from}" to "${arrow.to}": there is no such box`);
		const [first, last] = [from.box.layer, to.box.layer];
		if (first >= last)
			throw new Error(`the arrow from "${arrow.from}" to "${arrow.to}" does not run to a higher layer`);
		const between = Array.from({ length: last - first - 1 }, (_, i): Slot => {
			const slot: Slot = { key: `${arrow.from} → ${arrow.to} ${i}`, size: 8, near: [], at: 0 };
			layers[first + 1 + i].push(slot);
			return slot;
		});
		const slots = [from, ...between, to];
		slots.slice(1).forEach((slot, i) => {
			slot.near.push(slots[i]);
			slots[i].near.push(slot);
		});
		return { arrow, layer: first, slots };
	});
	return { layers, ways };
}

/** Orders each layer by the middle of what its slots are joined with, forth and back, then moves slots there as far as there is room. */
function arrange(layers: Slot[][], space: number): void {
	for (const slots of layers) settle(slots, space, () => 0);
	const middle = (slot: Slot, of: readonly Slot[]) => {
		const near = slot.near.filter((other) => of.includes(other));
		return near.length > 0 ? sum(near.map(({ at }) => at)) / near.length : slot.at;
	};
	for (let round = 0; round < 8; round++) {
		const forth = round % 2 === 0;
		const order = layers.map((_, i) => (forth ? i : layers.length - 1 - i));
		for (const [k, i] of order.entries()) {
			if (k === 0) continue;
			const beside = layers[order[k - 1]];
			const wanted = new Map(layers[i].map((slot) => [slot, middle(slot, beside)]));
			layers[i].sort((a, b) => (wanted.get(a) as number) - (wanted.get(b) as number));
			settle(layers[i], space, (slot) => wanted.get(slot) as number);
		}
	}
	for (let round = 0; round < 40; round++)
		for (const slots of round % 2 === 0 ? layers : [...layers].reverse())
			settle(slots, space, (slot) => middle(slot, slot.near));
}

/** Places slots in their order, none nearer than `space`, with the least sum of squares to where they would be (pool adjacent violators). */
function settle(slots: Slot[], space: number, wanted: (slot: Slot) => number): void {
	const offsets = slots.map((_, i) =>
		sum(slots.slice(1, i + 1).map((slot, j) => (slot.size + slots[j].size) / 2 + space)),
	);
	const blocks: { total: number; n: number }[] = [];
	slots.forEach((slot, i) => {
		blocks.push({ total: wanted(slot) - offsets[i], n: 1 });
		for (let last = blocks.length - 1; last > 0; last--) {
			const [a, b] = [blocks[last - 1], blocks[last]];
			if (a.total / a.n <= b.total / b.n) break;
			blocks.splice(last - 1, 2, { total: a.total + b.total, n: a.n + b.n });
		}
	});
	const level = blocks.flatMap(({ total, n }) => Array<number>(n).fill(total / n));
	slots.forEach((slot, i) => {
		slot.at = level[i] + offsets[i];
	});
}

/** Where an arrow leaves or enters a slot: arrows side by side in the order of where they come from or go to. */
function port(slot: Slot, other: Slot, ways: readonly Way[], how: "leave" | "enter"): number {
	const step = how === "leave" ? 1 : -1;
	const others = ways.flatMap(({ slots }) => {
		const i = slots.indexOf(slot);
		return i >= 0 && slots[i + step] ? [slots[i + step]] : [];
	});
	others.sort((a, b) => a.at - b.at);
	const spread = Math.min(14, (0.7 * slot.size) / others.length);
	return slot.at + spread * (others.indexOf(other) - (others.length - 1) / 2);
}

/** Room after a layer: for the words of the arrows that leave it, and more where many arrows turn. */
function gapAfter(layer: number, arrows: readonly Arrow[], boxes: readonly Box[], direction: Direction): number {
	const inLayer = new Set(boxes.filter((box) => box.layer === layer).map(({ id }) => id));
	const labels = arrows.flatMap(({ from, label }) => (label && inLayer.has(from) ? [sizeOfText(label)] : []));
	if (direction === "up") return 46;
	return Math.max(70, ...labels.map(([width]) => width + 80));
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
