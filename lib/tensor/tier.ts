import type { Kernels } from "./kernels";
import { engine } from "./native";
import { nativeKernels } from "./nativeKernels";
import { pureJsKernels } from "./pureJsKernels";

let chosen: Kernels | undefined;

/** The kernels of the tier that was loaded: native ones on GPU and CPU, plain tfjs otherwise. */
export function kernels(): Kernels {
	const { native } = engine();
	chosen ??= native ? nativeKernels(native) : pureJsKernels();
	return chosen;
}
