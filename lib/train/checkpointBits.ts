import { readSafetensors } from "../tensor/safetensors";
import type { Position } from "./position";

/** For tests: every bit of a checkpoint's arrays, and its position without seconds. */
export async function bitsOf(path: string) {
	const { arrays, metadata } = await readSafetensors(path);
	const { position, ...rest } = JSON.parse(metadata.state) as { position: Position };
	const { spent, ...where } = position;
	return {
		where: { ...where, rows: spent.rows },
		rest,
		arrays: [...arrays].map(([name, { values }]) => [name, Buffer.from(values.buffer).toString("base64")]),
	};
}
