import type { EventEmitter } from "node:events";

declare global {
	/** Set by the notebook kernel: emits "interrupt" when its stop button is pressed. */
	var __entireSpaceInterrupts: EventEmitter | undefined;
}

/** Tells a loop when to stop. */
export interface Stop {
	/** Whether it should stop now. */
	now(): boolean;
	/** Stops listening. */
	release(): void;
}

/** Listens to a signal, and in a notebook to the kernel's stop button, until released. */
export function interrupted(signal?: AbortSignal): Stop {
	let stopped = signal?.aborted ?? false;
	const hear = () => {
		stopped = true;
	};
	signal?.addEventListener("abort", hear);
	globalThis.__entireSpaceInterrupts?.on("interrupt", hear);
	return {
		now: () => stopped,
		release() {
			signal?.removeEventListener("abort", hear);
			globalThis.__entireSpaceInterrupts?.off("interrupt", hear);
		},
	};
}
