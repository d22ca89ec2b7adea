import { defineConfig } from "vitest/config";

/** The tests that the mutation test runs: those of the mutated files' folders. */
export default defineConfig({
	test: {
		include: ["lib/core/*.test.ts", "lib/metrics/*.test.ts", "lib/tensor/losses.test.ts"],
		setupFiles: ["lib/mutation.setup.mts"],
	},
});
