import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** For tests: file name → SHA-256 of its bytes, in the order of the names. */
export const folderHashes = (at: string): Record<string, string> =>
	Object.fromEntries(
		readdirSync(at)
			.sort()
			.map((name) => [
				name,
				createHash("sha256")
					.update(readFileSync(join(at, name)))
					.digest("hex"),
			]),
	);
