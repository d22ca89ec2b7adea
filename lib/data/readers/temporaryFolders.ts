import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** For tests: makes empty folders that are removed when the test file is done. */
export function temporaryFolders(): () => string {
	const made: string[] = [];
	afterAll(() => {
		for (const folder of made) rmSync(folder, { recursive: true, force: true });
	});
	return () => {
		const folder = mkdtempSync(join(tmpdir(), "entire-space-"));
		made.push(folder);
		return folder;
	};
}
