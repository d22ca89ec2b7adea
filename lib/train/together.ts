import type { FitListener } from "./listener";

/** One listener that tells several, in order: a progress display and TensorBoard. */
export function together(...listeners: readonly FitListener[]): FitListener {
	const all: FitListener = (event) => {
		for (const hear of listeners) hear(event);
	};
	return Object.assign(all, {
		epoch: (record) => {
			for (const { epoch } of listeners) epoch?.(record);
		},
		found: (line) => {
			for (const { found } of listeners) found?.(line);
		},
		end: (finished) => {
			for (const { end } of listeners) end?.(finished);
		},
	} satisfies Partial<FitListener>);
}
