import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";

const top = mkdtempSync(join(tmpdir(), "entire-space-root-"));
const [project, inside, other] = ["project", "project/a/b", "project/a"].map((name) => join(top, name));
mkdirSync(inside, { recursive: true });
writeFileSync(join(project, "package.json"), '{"name": "entire-space"}');
writeFileSync(join(other, "package.json"), '{"name": "other"}');
afterAll(() => rmSync(top, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

/** The project's folder as a process finds it that begins in a folder. */
async function rootFrom(folder: string): Promise<{ root: string; again: () => string }> {
	vi.resetModules();
	const cwd = vi.spyOn(process, "cwd").mockReturnValue(folder);
	const { projectRoot } = await import("./root");
	const root = projectRoot();
	cwd.mockReturnValue("/");
	return { root, again: projectRoot };
}

describe("projectRoot", () => {
	it("is the nearest folder at or above the working folder that is this project's, past other packages", async () => {
		expect((await rootFrom(project)).root).toBe(project);
		expect((await rootFrom(inside)).root).toBe(project);
	});
	it("stays the same when the working folder changes later", async () => {
		expect((await rootFrom(inside)).again()).toBe(project);
	});
	it("says where it looked when there is none", async () => {
		await expect(rootFrom(top)).rejects.toThrow(`run this inside the entire-space folder: none is at or above ${top}`);
	});
});
