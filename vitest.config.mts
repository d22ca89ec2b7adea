import { defineConfig } from "vitest/config";

/** `npm test`: every test but the long ones. TensorFlow lives in the process, so each file gets a process of its own. */
export default defineConfig({
	test: {
		include: ["lib/**/*.test.ts"],
		exclude: ["lib/**/*.long.test.ts"],
		pool: "forks",
		maxWorkers: 2,
		testTimeout: 120_000,
		hookTimeout: 300_000,
	},
});
