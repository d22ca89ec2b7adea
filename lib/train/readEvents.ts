/** A value of TensorBoard's file of events. */
export interface SummaryEvent {
	step: number;
	tag: string;
	/** A scalar's number. */
	value?: number;
	/** A text, and the plugin that shows it. */
	text?: string;
	plugin?: string;
}

type Message = Map<number, (number | Buffer)[]>;

/**
 * For tests: reads a file of events back. Records are length (8 bytes), its checksum (4), data, its checksum (4); data is
 * Event{step = 2, summary = 5{value = 1{tag = 1, simple_value = 2, tensor = 8{string_val = 8}, metadata = 9}}} as a protocol buffer.
 */
export function readEvents(file: Buffer): SummaryEvent[] {
	const found: SummaryEvent[] = [];
	for (let at = 0; at < file.length; ) {
		const length = Number(file.readBigUInt64LE(at));
		const event = message(file.subarray(at + 12, at + 12 + length));
		at += 12 + length + 4;
		const step = (event.get(2)?.[0] as number) ?? 0;
		for (const summary of event.get(5) ?? [])
			for (const one of message(summary as Buffer).get(1) ?? []) {
				const value = message(one as Buffer);
				const [tag, simple, tensor, metadata] = [1, 2, 8, 9].map((field) => value.get(field)?.[0]);
				const text = tensor && bytesOf(tensor as Buffer, 8).toString();
				const plugin = metadata && bytesOf(bytesOf(metadata as Buffer, 1), 1).toString();
				const number = simple === undefined ? undefined : (simple as Buffer).readFloatLE(0);
				found.push({
					...{ step, tag: String(tag) },
					...(number === undefined ? {} : { value: number }),
					...(text ? { text, plugin: String(plugin) } : {}),
				});
			}
	}
	return found;
}

/** The bytes of a field of a protocol buffer; none where it is not there. */
const bytesOf = (of: Buffer, field: number): Buffer =>
	(message(of).get(field)?.[0] as Buffer | undefined) ?? Buffer.of();

/** The fields of a protocol buffer: whole numbers, or bytes. */
function message(bytes: Buffer): Message {
	const fields: Message = new Map();
	let at = 0;
	const varint = () => {
		let [value, factor] = [0, 1];
		for (;;) {
			const byte = bytes[at++];
			value += (byte & 127) * factor;
			factor *= 128;
			if (byte < 128) return value;
		}
	};
	while (at < bytes.length) {
		const key = varint();
		const kind = key & 7;
		let value: number | Buffer;
		if (kind === 0) value = varint();
		else {
			const length = kind === 1 ? 8 : kind === 5 ? 4 : varint();
			value = bytes.subarray(at, at + length);
			at += length;
		}
		fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), value]);
	}
	return fields;
}
