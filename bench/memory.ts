import { join } from "node:path";
import { projectRoot } from "../lib/core/root";
import { child } from "./child";
import { type Bench, type BenchResult, figure } from "./figures";
import { firstStepSeconds } from "./firstStep";
import { busy, commit, machine, today } from "./machine";
import { oursAs } from "./train";
import { workFolder } from "./workFolder";

/** What `npm run bench -- memory` may be told. */
export interface BenchMemory extends Bench {
	/** Training steps; growth is measured from a twentieth of them on. */
	steps: number;
	/** Kernels started for the time to the first step. */
	repeats: number;
}

/**
 * What training leaves behind: tensors and resident memory over many steps; and how long a notebook takes to its first training step.
 *
 * @throws Error a program failed, or it was stopped
 */
export async function benchMemory({ steps, repeats, signal, say }: BenchMemory): Promise<BenchResult> {
	const work = workFolder(join(projectRoot(), "data/cache/bench"));
	try {
		const notes = busy();
		for (const line of notes) say(line);
		const seconds: number[] = [];
		for (let i = 0; i < repeats; i++) {
			seconds.push(await firstStepSeconds(work.folder, { signal }));
			say(`first training step of a notebook ${i + 1}/${repeats}: ${seconds[i].toFixed(2)} s`);
		}
		say(`${steps.toLocaleString("en")} training steps`);
		const program = [...oursAs("bench/memoryProgram.ts", "--expose-gc"), work.folder, String(steps)];
		const { tensors, bytes, steps: done } = JSON.parse(await child(program, { signal }));
		return {
			bench: "memory",
			machine: machine(),
			versions: { node: process.versions.node },
			commit: commit(),
			date: today(),
			figures: {
				memory_tensors: figure([tensors]),
				memory_mb: figure([bytes / 1e6]),
				notebook_first_step_s: figure(seconds),
				"memory.steps": figure([done]),
			},
			notes: [
				...notes,
				`memory_tensors and memory_mb: growth of the number of tensors and of the resident memory (10^6 bytes) from step ${Math.round(steps / 20)} to step ${done} of training ESMM (6 fields, embedding 8, towers 64-32, batch 64), 25 epochs with validation.`,
				`notebook_first_step_s: from the start of the kernel's process to the first training step of a notebook that imports the library, simulates the log "tiny" and trains ESMM; notebooks: ${repeats}.`,
			],
		};
	} finally {
		work.remove();
	}
}
