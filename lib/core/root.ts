import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

let found: string | undefined;

/** The project's folder: the nearest one at or above the working folder whose package.json is entire-space's. */
export function projectRoot(): string {
	if (found) return found;
	for (let at = process.cwd(); ; at = dirname(at)) {
		const file = join(at, "package.json");
		if (existsSync(file) && JSON.parse(readFileSync(file, "utf8")).name === "entire-space") {
			found = at;
			return at;
		}
		if (dirname(at) === at)
			throw new Error(`run this inside the entire-space folder: none is at or above ${process.cwd()}`);
	}
}
