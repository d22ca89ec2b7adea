import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where everything lies in a project folder. */
export function layout(root) {
	const venv = join(root, ".venv");
	const tfjs = join(root, "node_modules", "@tensorflow", "tfjs-node-gpu");
	const requirements = join(root, "lib", "setup", "requirements");
	return {
		root,
		venv,
		python: join(venv, "bin", "python"),
		scratch: join(venv, "tmp"),
		lock: join(root, ".venv", "setup.lock"),
		modules: join(root, "node_modules"),
		packageLock: join(root, "package-lock.json"),
		/** A folder with `tensorflow/libtensorflow_cc.so.2` and, for the GPU, `nvidia/…` beside it. */
		tensorflow: join(venv, "libtensorflow"),
		tfjs,
		addon: join(tfjs, "lib", "napi-v8", "tfjs_binding.node"),
		/** Folders with redis-server, with DuckDB's httpfs, and with LightGBM's and XGBoost's C libraries, where the set-up brought them. */
		redis: join(venv, "redis"),
		trees: join(venv, "trees"),
		httpfs: join(venv, "httpfs"),
		kernelspec: join(venv, "share", "jupyter", "kernels", "tslab", "kernel.json"),
		kernelTemplate: join(root, "lib", "setup", "kernel", "kernel.json"),
		requirements: {
			jupyter: join(requirements, "jupyter.txt"),
			cpu: join(requirements, "tensorflow-cpu.txt"),
			gpu: join(requirements, "tensorflow-gpu.txt"),
			compiler: join(requirements, "compiler.txt"),
			redis: join(requirements, "redis.txt"),
			httpfs: join(requirements, "httpfs.txt"),
			trees: join(requirements, "trees.txt"),
		},
	};
}

/** The project's folder, wherever the command was started. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
