import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { InputError } from "../core/problem";
import { projectRoot } from "../core/root";

/** A browser that can draw figures: from the variable CHROME, one of the system's, or the one that npm brought. */
export interface BrowserProgram {
	kind: "CHROME" | "system" | "npm";
	/** The program; for "npm" the packed program, which is unpacked at first use. */
	path: string;
}

/** Programs of Chrome, Chromium and Edge by operating system, in the order they are tried. */
const USUAL: Record<string, string[]> = {
	linux: [
		"/usr/bin/google-chrome",
		"/usr/bin/google-chrome-stable",
		"/opt/google/chrome/chrome",
		"/usr/bin/chromium",
		"/usr/bin/chromium-browser",
		"/snap/bin/chromium",
		"/usr/bin/microsoft-edge",
		"/usr/bin/microsoft-edge-stable",
	],
	darwin: [
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
		"/Applications/Chromium.app/Contents/MacOS/Chromium",
		"/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
	],
	win32: [
		"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
		"C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
		"C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
		"C:\\Program Files\\Microsoft\\Edge\\Application\\msedge.exe",
	],
};

/** The machine as `browserFound` sees it; a test gives its own. */
export interface BrowserPlaces {
	env: Record<string, string | undefined>;
	platform: string;
	arch: string;
	exists: (path: string) => boolean;
	/** Where `@sparticuz/chromium` is packed, undefined where it is not installed. */
	packed: () => string | undefined;
}

/**
 * The browser that figures are drawn with, or null where there is none. Starts and unpacks nothing.
 *
 * Throws an `InputError` where the variable CHROME names a file that does not exist.
 */
export function browserFound(places: BrowserPlaces = thisMachine): BrowserProgram | null {
	const wanted = places.env.CHROME;
	if (wanted) {
		if (places.exists(wanted)) return { kind: "CHROME", path: wanted };
		throw new InputError(`CHROME=${wanted}: there is no such program; correct the variable or remove it`);
	}
	const system = (USUAL[places.platform] ?? []).find(places.exists);
	if (system) return { kind: "system", path: system };
	const packed = places.platform === "linux" && places.arch === "x64" ? places.packed() : undefined;
	return packed ? { kind: "npm", path: packed } : null;
}

/** The folder of the package that npm brought, with `chromium.br` and `fonts.tar.br` in its `bin`. */
export function packageFolder(name: string): string {
	const resolve = createRequire(join(projectRoot(), "package.json")).resolve;
	for (let at = dirname(resolve(name)); dirname(at) !== at; at = dirname(at))
		if (existsSync(join(at, "package.json")) && existsSync(join(at, "bin"))) return at;
	throw new Error(`${name} has no folder "bin"`);
}

const thisMachine: BrowserPlaces = {
	env: process.env,
	platform: process.platform,
	arch: process.arch,
	exists: existsSync,
	packed: () => {
		try {
			const file = join(packageFolder("@sparticuz/chromium"), "bin", "chromium.br");
			return existsSync(file) ? file : undefined;
		} catch {
			return undefined;
		}
	},
};

/** What to do where no browser is found or none starts. */
export const NO_BROWSER =
	"no browser to draw the figure's SVG, PNG or PDF: install Google Chrome or Chromium " +
	"(for example: apt-get install chromium), or set CHROME to a browser's program";
