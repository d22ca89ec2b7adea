import { join } from "node:path";
import { projectRoot } from "../lib/core/root";
import { child } from "./child";

/** The Python of an environment of the benchmarks, made at the first call: `pandas` is small, `torch` brings PyTorch. */
export async function peerPython(
	which: "pandas" | "torch",
	signal: AbortSignal,
	say: (line: string) => void,
): Promise<string> {
	const program = [process.execPath, join(projectRoot(), "lib/setup/bench.mjs"), which];
	return JSON.parse(await child(program, { signal, say })).python;
}
