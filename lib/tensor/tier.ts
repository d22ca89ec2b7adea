import type { Kernels } from "./kernels";
import { nativeKernels } from "./nativeKernels";
import { pureJsKernels } from "./pureJsKernels";
import { engine } from "./native";

let chosen: Kernels | undefined;

/** The kernels of the tier that was loaded: native ones on GPU and CPU, plain tfjs otherwise. */
export function kernels(): Kernels {
	const { native } = engine();
	chosen ??= native ? nativeKernels(native) : pureJsKernels();
	return chosen;
}
