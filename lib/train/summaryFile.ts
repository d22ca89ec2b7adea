import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Tensor } from "@tensorflow/tfjs-core";
import { InputError } from "../core/problem";
import { projectRoot } from "../core/root";
import { checkWritable } from "../data/writable";
import { type Engine, engine, type NativeBackend, tf } from "../tensor/native";

/** Values of a training as TensorBoard reads them, in a file of events. */
export interface SummaryFile {
	/** A number at an update. */
	scalar(tag: string, value: number, update: number): void;
	/** Markdown at an update. */
	text(tag: string, markdown: string, update: number): void;
	/** Writes what is still in memory. */
	flush(): void;
}

/** What tfjs-node's writer is; its handle serves for the texts, for which it has no word. */
interface Writer {
	readonly resourceHandle: Tensor;
	scalar(tag: string, value: number, step: number): void;
	flush(): void;
}

type Node = { readonly node: { summaryFileWriter(folder: string, queue: number, flushMillis: number): Writer } };
type Int64 = new (value: number) => Tensor;

/** Events that wait in memory, and the milliseconds after which they are written. */
const [QUEUE, MILLISECONDS] = [100, 5000];

/** SummaryMetadata{plugin_data{plugin_name: "text"}} as a protocol buffer: TensorBoard shows the value as Markdown. */
const TEXT = Uint8Array.from([0x0a, 6, 0x0a, 4, ...Buffer.from("text")]);

/**
 * Opens a file of events `events.out.tfevents.*` in a folder, which is made. The same folder again in the same process goes on in
 * the same file; it costs one tensor until the process ends.
 *
 * @throws InputError TensorFlow is not the native one, or the folder cannot be written to
 */
export function summaryFile(folder: string): SummaryFile {
	const { native, tf: loaded } = checkSummaries(folder);
	let opened: Writer | undefined;
	tf.tidy(() => {
		opened = (loaded as unknown as Node).node.summaryFileWriter(folder, QUEUE, MILLISECONDS);
		tf.keep(opened.resourceHandle);
	});
	const writer = opened as unknown as Writer;
	return {
		scalar: (tag, value, update) => writer.scalar(tag, value, update),
		text: (tag, markdown, update) => writeText(native, writer, tag, markdown, update),
		flush: () => writer.flush(),
	};
}

/**
 * Whether events can be written into a folder, which is made: asked before anything is computed for them.
 *
 * @throws InputError TensorFlow is not the native one; the folder cannot be made, or not be written to
 */
export function checkSummaries(folder: string, loaded: Engine = engine()): Engine & { native: NativeBackend } {
	const { native } = loaded;
	if (!native)
		throw new InputError(
			"--tensorboard needs native TensorFlow, and this is the one in pure JavaScript: `npm run setup` builds it",
		);
	const refusal = (why: string) =>
		`--tensorboard cannot write to "${folder}" (${why}): give a folder that can be made and written to`;
	checkWritable(folder, refusal);
	try {
		mkdirSync(folder, { recursive: true });
	} catch (problem) {
		throw new InputError(refusal((problem as Error).message.split(",")[0]));
	}
	return { ...loaded, native };
}

function writeText(native: NativeBackend, writer: Writer, tag: string, markdown: string, update: number): void {
	const require = createRequire(join(projectRoot(), "package.json"));
	const { Int64Scalar } = require("@tensorflow/tfjs-node-gpu/dist/int64_tensors") as { Int64Scalar: Int64 };
	const { binding } = native as NativeBackend & { binding: { deleteTensor(id: number): void } };
	tf.tidy(() => {
		const bytes = (value: string | Uint8Array) => tf.scalar(Buffer.from(value) as never, "string");
		const inputs = [writer.resourceHandle, new Int64Scalar(update), bytes(markdown), bytes(tag), bytes(TEXT)];
		const ids = native.getInputTensorIds(inputs);
		const type = { name: "T", type: binding.TF_ATTR_TYPE as number, value: binding.TF_STRING };
		binding.executeOp("WriteSummary", [type], ids, 0);
		binding.deleteTensor(ids[1]);
	});
}
