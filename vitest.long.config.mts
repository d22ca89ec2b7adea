import { defineConfig } from "vitest/config";

/** `npm run test:long`: what takes more than a few minutes. */
export default defineConfig({
	test: {
		include: ["lib/**/*.long.test.ts"],
		pool: "forks",
		maxWorkers: 1,
		testTimeout: 3_600_000,
		hookTimeout: 3_600_000,
	},
});
