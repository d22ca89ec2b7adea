import type { Column, Dropped, Log } from "../log";
import { CSTWA_FIELDS } from "./aliccpElements";
import { aliCcpProtocol, aliCcpProtocols, aliCcpSchema } from "./aliccpProtocol";
import { type AliCcpScan, readerVersion, scanAliCcp } from "./aliccpScan";
import { fingerprintOf } from "./folder";
import { resized } from "./growing";

/** Ali-CCP as read from its raw files into memory. */
export interface AliCcpLog extends Log, Pick<AliCcpScan, "files" | "readCommon" | "commonRows"> {
	/** Common rows that were not kept. */
	droppedCommon: Dropped[];
}

/** Reads Ali-CCP's raw files into memory, in the protocol `cstwa`: 79 bytes a row. `part` is 0 for train and 1 for test. */
export async function readAliCcp({
	folder,
	protocol = "cstwa",
	progress,
}: {
	folder: string;
	protocol?: "cstwa";
	progress?: (doneBytes: number, totalBytes: number) => void;
}): Promise<AliCcpLog> {
	const fields = aliCcpProtocols[aliCcpProtocol(protocol)];
	let room = 1 << 12;
	let count = 0;
	const bytes = [0, 1, 2].map(() => new Uint8Array(room));
	const whole = [...CSTWA_FIELDS, "common"].map(() => new Int32Array(room));
	const resize = (length: number) => {
		room = length;
		bytes.forEach((values, i) => {
			bytes[i] = resized(values, length);
		});
		whole.forEach((values, i) => {
			whole[i] = resized(values, length);
		});
	};
	const { files, read, dropped, readCommon, commonRows, droppedCommon } = await scanAliCcp({
		folder,
		lists: fields,
		progress,
		sink: {
			common: () => undefined,
			row({ part, click, conversion, common, ids }) {
				if (count === room) resize(2 * room);
				bytes[0][count] = click;
				bytes[1][count] = conversion;
				bytes[2][count] = part;
				for (let field = 0; field < ids.length; field++) whole[field][count] = ids[field];
				whole[ids.length][count] = common;
				count++;
			},
		},
	});
	resize(count);
	const columns: Record<string, Column> = { click: bytes[0], conversion: bytes[1] };
	[...CSTWA_FIELDS, "common"].forEach((name, i) => {
		columns[name] = whole[i];
	});
	return {
		name: `aliccp, ${folder}`,
		rows: count,
		schema: aliCcpSchema(fields),
		...{ columns, part: bytes[2], read, dropped, files, readCommon, commonRows, droppedCommon },
		fingerprint: fingerprintOf({ reader: "aliccp", readerVersion, protocol }, files),
	};
}
