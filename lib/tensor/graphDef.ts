import type { OpAttribute } from "./native";

/** A node of a TensorFlow graph. */
export interface GraphNode {
	readonly name: string;
	readonly op: string;
	/** "node" or "node:output"; "^node" must only be over before. */
	readonly inputs: readonly string[];
	readonly attributes: readonly OpAttribute[];
	/** The value of a Const. */
	readonly value?: { readonly dtype: number; readonly shape: readonly number[]; readonly bytes: Uint8Array };
	/** Types that an attribute T lists, where it is a list. */
	readonly types?: readonly number[];
}

/** Kinds of attributes, as TensorFlow's C API numbers them (TF_AttrType). */
const KIND = { string: 0, int: 1, float: 2, bool: 3, type: 4, shape: 5 } as const;

/** The version of graphs that this is written for: every operation that is used here is as it was then. */
const PRODUCER = 1000;

/**
 * A graph as TensorFlow reads it: a GraphDef in the wire format of protocol buffers (tensorflow/core/framework/graph.proto).
 *
 * @throws Error an attribute of a kind that is not written here
 */
export function graphDef(nodes: readonly GraphNode[]): Uint8Array {
	return Buffer.concat([...nodes.map((node) => message(1, nodeDef(node))), message(4, whole(1, PRODUCER))]);
}

function nodeDef({ name, op, inputs, attributes, value, types }: GraphNode): Buffer {
	const attribute = (key: string, of: Buffer) => message(5, Buffer.concat([text(1, key), message(2, of)]));
	return Buffer.concat([
		text(1, name),
		text(2, op),
		...inputs.map((input) => text(3, input)),
		...attributes.map(({ name, type, value }) => attribute(name, attrValue(name, type, value))),
		...(types ? [attribute("T", message(1, Buffer.concat(types.map((type) => whole(6, type)))))] : []),
		...(value ? [attribute("dtype", whole(6, value.dtype)), attribute("value", message(8, tensorProto(value)))] : []),
	]);
}

function attrValue(name: string, kind: number, value: unknown): Buffer {
	if (kind === KIND.string && typeof value === "string") return text(2, value);
	if (kind === KIND.int && typeof value === "number") return whole(3, value);
	if (kind === KIND.int && Array.isArray(value)) return message(1, Buffer.concat(value.map((one) => whole(3, one))));
	if (kind === KIND.float && typeof value === "number") return float(4, value);
	if (kind === KIND.bool) return whole(5, value ? 1 : 0);
	if (kind === KIND.type && typeof value === "number") return whole(6, value);
	if (kind === KIND.shape && Array.isArray(value)) return message(7, shapeProto(value));
	throw new Error(`the attribute "${name}" (${kind}: ${JSON.stringify(value)}) has no place in a graph`);
}

const tensorProto = ({ dtype, shape, bytes }: NonNullable<GraphNode["value"]>): Buffer =>
	Buffer.concat([whole(1, dtype), message(2, shapeProto(shape)), message(4, Buffer.from(bytes))]);

const shapeProto = (shape: readonly number[]): Buffer => Buffer.concat(shape.map((size) => message(2, whole(1, size))));

/** A whole number in groups of 7 bits, the lowest first; negative ones as 64 bits. */
function varint(value: number): Buffer {
	const bytes: number[] = [];
	let rest = BigInt.asUintN(64, BigInt(value));
	while (rest >= 128n) {
		bytes.push(Number(rest & 127n) | 128);
		rest >>= 7n;
	}
	return Buffer.from([...bytes, Number(rest)]);
}

const whole = (field: number, value: number): Buffer => Buffer.concat([varint(field << 3), varint(value)]);
const message = (field: number, of: Buffer): Buffer => Buffer.concat([varint((field << 3) | 2), varint(of.length), of]);
const text = (field: number, value: string): Buffer => message(field, Buffer.from(value));
function float(field: number, value: number): Buffer {
	const bytes = Buffer.alloc(4);
	bytes.writeFloatLE(value);
	return Buffer.concat([varint((field << 3) | 5), bytes]);
}
