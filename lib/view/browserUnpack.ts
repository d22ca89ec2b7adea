import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliDecompressSync } from "node:zlib";
import { projectRoot } from "../core/root";
import { packageFolder } from "./browserProgram";

const PACKAGE = "@sparticuz/chromium";

/** The npm browser, unpacked: its program and the environment it needs. */
export interface Unpacked {
	program: string;
	env: Record<string, string>;
}

/**
 * Unpacks the browser of `@sparticuz/chromium` into data/cache, once per version, and answers how to start it.
 *
 * With it come the libraries that a bare Linux lacks (nss, nspr, expat), named in LD_LIBRARY_PATH, and a font, named
 * in a fontconfig file, so that nothing of the system's is needed. The package itself unpacks into the system's
 * temporary folder under fixed names, where two processes would meet; so a child process runs it in a folder of its
 * own, which is then renamed into place.
 */
export async function unpackBrowser(): Promise<Unpacked> {
	const version = JSON.parse(readFileSync(join(packageFolder(PACKAGE), "package.json"), "utf8")).version as string;
	const cache = join(projectRoot(), "data", "cache");
	const folder = join(cache, `chromium-${version}`);
	if (!existsSync(join(folder, "chromium"))) {
		mkdirSync(cache, { recursive: true });
		const staging = mkdtempSync(join(cache, "chromium-"));
		const script = `const m = require(${JSON.stringify(PACKAGE)}); (m.default ?? m).executablePath()`;
		// The package adds the libraries where it believes to be in a cloud function.
		const env = { ...process.env, TMPDIR: staging, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x" };
		await promisify(execFile)(process.execPath, ["-e", script], { cwd: projectRoot(), env });
		try {
			renameSync(staging, folder);
		} catch (problem) {
			rmSync(staging, { recursive: true, force: true });
			if (!existsSync(join(folder, "chromium"))) throw problem;
		}
	}
	const fontsFile = join(folder, "fonts.conf");
	writeFileSync(fontsFile, fontconfig(folder));
	const libraries = [join(folder, "al2023", "lib"), process.env.LD_LIBRARY_PATH].filter(Boolean).join(":");
	return { program: join(folder, "chromium"), env: { LD_LIBRARY_PATH: libraries, FONTCONFIG_FILE: fontsFile } };
}

const fontconfig = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${join(folder, "fonts")}</dir><cachedir>${join(folder, "fonts-cache")}</cachedir></fontconfig>
`;

/**
 * Style rules that bring the figures' font (Open Sans, regular and bold) into a page, so that every browser measures
 * and draws text alike. Read from the packed fonts of the npm browser.
 */
export function fontRules(): string {
	const files = untar(brotliDecompressSync(readFileSync(join(packageFolder(PACKAGE), "bin", "fonts.tar.br"))));
	const rule = (file: string, weight: number) => {
		const entry = files.find(({ name }) => name.endsWith(file));
		if (!entry) throw new Error(`${PACKAGE} packs no ${file}`);
		const data = entry.content.toString("base64");
		return `@font-face{font-family:"Open Sans";font-weight:${weight};src:url(data:font/ttf;base64,${data})}`;
	};
	return rule("OpenSans-Regular.ttf", 400) + rule("OpenSans-Bold.ttf", 700);
}

/** The plain files of a tar archive: 512-byte heads with the name at 0 and the size in octal at 124. */
function untar(archive: Buffer): { name: string; content: Buffer }[] {
	const files: { name: string; content: Buffer }[] = [];
	for (let at = 0; at + 512 <= archive.length && archive[at] !== 0; ) {
		const text = (from: number, to: number) => archive.toString("latin1", at + from, at + to).replace(/\0.*$/s, "");
		const size = Number.parseInt(text(124, 136), 8) || 0;
		files.push({ name: text(0, 100), content: archive.subarray(at + 512, at + 512 + size) });
		at += 512 + Math.ceil(size / 512) * 512;
	}
	return files;
}
