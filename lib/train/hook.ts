import type { Tensor } from "@tensorflow/tfjs-core";
import type { EpochHook, HookField, HookRows } from "../core/epochHook";
import type { Dataset, Field } from "../data/dataset";
import { freeing, tf } from "../tensor/native";
import type { Feed } from "./feed";
import { forward, type Network } from "./step";

/** Rows that go through the network at a time. */
const CHUNK = 8192;

/** What a stage's hook sees before an epoch: the network's weights and the stage's training rows. */
export function hookFor(network: Network, feed: Feed, space: string, stage: number, epoch: number): EpochHook {
	const { weights, seed } = network;
	const weightOf = (name: string) => {
		const found = weights.get(name);
		if (!found) throw new Error(`no weight "${name}": there are ${[...weights.keys()].join(", ")}`);
		return found;
	};
	const values = (tensor: () => Tensor) => freeing(() => tensor().dataSync().slice() as Float32Array);
	const idsOf = (ids: Int32Array) => tf.tensor1d(ids, "int32");
	return {
		...{ stage, epoch, seed, fields: tableFields(feed.data.fields) },
		async *pieces() {
			for await (const { data, at } of feed.pieces(space)) yield rowsFor(network, data, at);
		},
		names: () => [...weights.keys()],
		read(name) {
			const { value } = weightOf(name);
			return { shape: value.shape, values: values(() => value.read()) };
		},
		assign(name, given) {
			const { value } = weightOf(name);
			tf.tidy(() => value.assign(tf.tensor(given, value.shape)));
		},
		readRows: (name, ids) => values(() => weightOf(name).value.rows(idsOf(ids))),
		assignRows(name, ids, given) {
			const { value } = weightOf(name);
			if (new Set(ids).size !== ids.length) throw new Error(`rows of "${name}" are assigned twice: name each once`);
			tf.tidy(() => value.assignRows(idsOf(ids), tf.tensor(given, [ids.length, ...value.shape.slice(1)])));
		},
	};
}

function rowsFor(network: Network, data: Dataset, rows: Int32Array): HookRows {
	return {
		rows,
		events: data.events,
		ids(name) {
			const field = data.fields.find((one) => one.name === name);
			if (field?.kind !== "id") throw new Error(`${data.name} has no id field "${name}"`);
			return field.ids;
		},
		forward(at, layer) {
			let all: Float32Array | undefined;
			for (let from = 0; from < at.length; from += CHUNK) {
				const part = at.subarray(from, from + CHUNK);
				const values = forward(network, { data, at: part }, layer);
				all ??= new Float32Array((values.length / part.length) * at.length);
				all.set(values, (values.length / part.length) * from);
			}
			return all ?? new Float32Array(0);
		},
	};
}

/** The fields, each with its rows of the table that all of them share. */
function tableFields(fields: readonly Field[]): HookField[] {
	let from = 0;
	return fields.map((field) => {
		const { name, kind } = field;
		const size = field.kind === "number" ? 0 : field.size;
		from += size;
		return { name, kind, from: from - size, size };
	});
}
