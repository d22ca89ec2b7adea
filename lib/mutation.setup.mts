import Module from "node:module";

// Stryker runs tests in threads, one after another in one process, and native TensorFlow does not survive its second thread. The
// mutated file of lib/tensor is a formula over tfjs's operations, so plain tfjs judges it as well.
const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
const load = loader._load;
loader._load = (request, ...rest) => {
	if (request === "@tensorflow/tfjs-node-gpu") throw new Error("not in a thread");
	return load(request, ...rest);
};
