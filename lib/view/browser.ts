import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { InputError } from "../core/problem";
import { projectRoot } from "../core/root";
import { browserFound, NO_BROWSER } from "./browserProgram";
import { fontRules, unpackBrowser } from "./browserUnpack";

/** The part of a Playwright page that figures need. (Its own types slow down every cell that imports this.) */
export interface Page {
	setContent(html: string): Promise<void>;
	addScriptTag(script: { content: string }): Promise<unknown>;
	evaluate<T>(expression: string): Promise<T>;
	setViewportSize(size: { width: number; height: number }): Promise<void>;
	screenshot(options: { type: "png" }): Promise<Buffer>;
	pdf(options: { width: string; height: string; printBackground: boolean; pageRanges: string }): Promise<Buffer>;
}

interface Browser {
	newContext(options: { deviceScaleFactor: number; offline: boolean }): Promise<{ newPage(): Promise<Page> }>;
	isConnected(): boolean;
	close(): Promise<void>;
}

/** An open browser: a page with plotly.js that makes SVG, and an empty sheet that is photographed or printed. */
export interface Studio {
	plot: Page;
	sheet: Page;
}

/** How the browser is started: alone, without a GPU or sandbox, and with text drawn alike everywhere. */
export const FLAGS = [
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
	"--font-render-hinting=none",
	"--disable-lcd-text",
	"--force-color-profile=srgb",
];

const IDLE_MS = 2000;

let opening: Promise<{ browser: Browser; studio: Studio }> | undefined;
let queue: Promise<unknown> = Promise.resolve();
let waiting = 0;
let idle: NodeJS.Timeout | undefined;

/**
 * Runs `work` in the browser, one piece after another. The browser opens at the first use, stays open for the next
 * and closes after two idle seconds, so it keeps no process alive.
 *
 * Throws an `InputError` that says what to install where there is no browser or it does not start.
 */
export function inBrowser<T>(work: (studio: Studio) => Promise<T>): Promise<T> {
	waiting++;
	clearTimeout(idle);
	const result = queue.then(async () => work(await opened()));
	queue = result
		.catch(() => undefined)
		.then(() => {
			if (--waiting === 0) idle = setTimeout(closeBrowser, IDLE_MS);
		});
	return result;
}

/** Closes the browser now. Commands may call it when the last figure is written. */
export async function closeBrowser(): Promise<void> {
	clearTimeout(idle);
	const was = opening;
	opening = undefined;
	const one = await was?.catch(() => undefined);
	await one?.browser.close();
}

async function opened(): Promise<Studio> {
	if (opening && !(await opening).browser.isConnected()) opening = undefined;
	opening ??= open().catch((problem) => {
		opening = undefined;
		throw problem;
	});
	return (await opening).studio;
}

async function open(): Promise<{ browser: Browser; studio: Studio }> {
	const found = browserFound();
	if (!found) throw new InputError(NO_BROWSER);
	const load = createRequire(join(projectRoot(), "package.json"));
	const { chromium } = load("playwright-core") as { chromium: { launch(options: object): Promise<Browser> } };
	let browser: Browser;
	try {
		const { program, env } = found.kind === "npm" ? await unpackBrowser() : { program: found.path, env: {} };
		browser = await chromium.launch({
			executablePath: program,
			args: FLAGS,
			env: { ...process.env, ...env },
			headless: true,
			// An interrupt belongs to the notebook's cell or to the command, not to the browser.
			handleSIGINT: false,
			handleSIGTERM: false,
			handleSIGHUP: false,
		});
	} catch (problem) {
		const why =
			String(problem)
				.split("\n")
				.find((line) => /error|cannot|ENO|EACC/i.test(line)) ?? String(problem);
		throw new InputError(`${NO_BROWSER} (${found.path} did not start: ${why.trim().slice(0, 200)})`);
	}
	const context = await browser.newContext({ deviceScaleFactor: 2, offline: true });
	const [plot, sheet] = [await context.newPage(), await context.newPage()];
	const style = `<style>${fontRules()}body{margin:0}svg{display:block}</style>`;
	for (const page of [plot, sheet]) {
		await page.setContent(`<!doctype html><html><head>${style}</head><body></body></html>`);
		await page.evaluate(`Promise.all(["13px", "bold 13px"].map((f) => document.fonts.load(f + " 'Open Sans'")))`);
	}
	await plot.addScriptTag({ content: readFileSync(load.resolve("plotly.js-dist-min"), "utf8") });
	return { browser, studio: { plot, sheet } };
}
