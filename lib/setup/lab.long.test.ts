import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { projectRoot } from "../core/root";
import { FLAGS } from "../view/browser";
import { browserFound } from "../view/browserProgram";
import { unpackBrowser } from "../view/browserUnpack";

/** JupyterLab as `npm run lab` starts it, used in a real browser as a person would. */

type Locator = {
	first(): Locator;
	nth(i: number): Locator;
	click(): Promise<void>;
	count(): Promise<number>;
	getAttribute(name: string): Promise<string | null>;
	innerText(): Promise<string>;
	waitFor(options: { timeout: number }): Promise<void>;
	hover(): Promise<void>;
	screenshot(options: { path: string }): Promise<unknown>;
};
type Page = {
	goto(url: string): Promise<unknown>;
	locator(selector: string): Locator;
	getByText(text: string | RegExp): Locator;
	keyboard: { press(key: string): Promise<void> };
	mouse: { move(x: number, y: number): Promise<void> };
	evaluate<T>(expression: string): Promise<T>;
	waitForFunction(expression: string, argument: undefined, options: { timeout: number }): Promise<unknown>;
	waitForTimeout(ms: number): Promise<void>;
	screenshot(options: { path: string }): Promise<unknown>;
};
type Browser = { newPage(options: object): Promise<Page>; close(): Promise<void> };

const root = projectRoot();
let folder: string;
let lab: ChildProcess;
let browser: Browser;
let address: string;

const freePort = () =>
	new Promise<number>((done) => {
		const server = createServer().listen(0, "127.0.0.1", () => {
			const { port } = server.address() as { port: number };
			server.close(() => done(port));
		});
	});

/** Cells that train for minutes, then a cell that says the kernel lives. */
const endless = [
	'import { fit, fitProgress, load, models } from "./lib/index";\nconst data = await load({ source: "simulator", preset: "tiny", logSeed: 1 });',
	'const fitted = await fit(models.esmm, { data, seed: 1, hyper: { epochs: 100000, patience: 100000 }, on: fitProgress("ESMM") });\nconsole.log("stopped:", fitted.stopped);',
	'console.log("the kernel", "lives", fitted.history.length >= 0);',
];

beforeAll(async () => {
	mkdirSync(join(root, ".venv/tmp"), { recursive: true });
	folder = mkdtempSync(join(root, ".venv/tmp/lab-"));
	symlinkSync(join(root, "lib"), join(folder, "lib"));
	cpSync(join(root, "notebooks/00-start-here.ipynb"), join(folder, "start.ipynb"));
	const cells = endless.map((source, i) => ({
		cell_type: "code",
		id: `c${i}`,
		execution_count: null,
		metadata: {},
		outputs: [],
		source,
	}));
	const kernelspec = { name: "tslab", display_name: "TypeScript (Entire Space)", language: "typescript" };
	writeFileSync(
		join(folder, "endless.ipynb"),
		JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells }),
	);
	const port = await freePort();
	address = `http://127.0.0.1:${port}/lab/tree`;
	const args = [
		"--no-browser",
		`--port=${port}`,
		"--allow-root",
		"--IdentityProvider.token=",
		`--ServerApp.root_dir=${folder}`,
	];
	const env = { ...process.env, SCALE: "tiny", STORE: join(folder, "store"), FIGURES: join(folder, "figures") };
	lab = spawn(process.execPath, [join(root, "lib/setup/lab.mjs"), ...args], {
		env,
		stdio: ["ignore", "ignore", "pipe"],
	});
	await new Promise<void>((ready, fail) => {
		let said = "";
		lab.stderr?.on("data", (chunk) => {
			said += chunk;
			if (said.includes("is running at")) ready();
		});
		lab.on("exit", () => fail(new Error(`JupyterLab ended: ${said.slice(-500)}`)));
	});
	const { chromium } = createRequire(join(root, "package.json"))("playwright-core");
	const found = browserFound();
	if (!found) throw new Error("no browser to test with");
	const { program, env: more } = found.kind === "npm" ? await unpackBrowser() : { program: found.path, env: {} };
	browser = await chromium.launch({
		executablePath: program,
		args: FLAGS,
		env: { ...process.env, ...more },
	});
});

afterAll(async () => {
	await browser?.close();
	lab?.kill("SIGTERM");
	await new Promise((done) => (lab?.exitCode === null ? lab.on("exit", done) : done(undefined)));
	rmSync(folder, { recursive: true, force: true });
});

async function openNotebook(name: string): Promise<Page> {
	const page = await browser.newPage({ viewport: { width: 1300, height: 1000 } });
	await page.goto(`${address}/${name}?reset`);
	await page.locator(".jp-Notebook .jp-CodeCell").first().waitFor({ timeout: 60_000 });
	// JupyterLab asks for the kernel when the page is up before the server has told which there are.
	const ready = `document.querySelector(".jp-Dialog") ? "asks" : document.body.innerText.includes("(Entire Space) | Idle") && "idle"`;
	await page.waitForFunction(ready, undefined, { timeout: 60_000 });
	if ((await page.evaluate(ready)) === "asks") await page.locator(".jp-Dialog .jp-mod-accept").first().click();
	await page.waitForFunction(`document.body.innerText.includes("(Entire Space) | Idle")`, undefined, {
		timeout: 60_000,
	});
	return page;
}

async function runAll(page: Page): Promise<void> {
	await page.getByText(/^Run$/).first().click();
	await page.getByText("Run All Cells").first().click();
}

it("Run All on 00-start-here: the figure is interactive, the progress bar moves, no cell fails", async () => {
	const page = await openNotebook("start.ipynb");
	await runAll(page);
	await page.locator(".jp-OutputArea progress").first().waitFor({ timeout: 120_000 });
	const values = new Set<string | null>();
	for (let i = 0; i < 200 && values.size < 3; i++) {
		values.add(await page.locator(".jp-OutputArea progress").first().getAttribute("value"));
		await page.waitForTimeout(25);
	}
	expect(values.size).toBeGreaterThanOrEqual(3);
	await page.locator(".js-plotly-plot .main-svg").first().waitFor({ timeout: 120_000 });
	// Interactive: zooming through plotly's own event changes the axis; a picture could not.
	const zoomed = await page.evaluate<boolean>(`(() => {
		const plot = document.querySelector(".js-plotly-plot");
		return Boolean(plot && plot._fullLayout && plot._fullData.length >= 2 && plot.querySelector(".nsewdrag") && plot.querySelector(".modebar"));
	})()`);
	expect(zoomed).toBe(true);
	await page.waitForFunction(
		`[...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")].every((p) => /\\[\\d+\\]/.test(p.textContent))`,
		undefined,
		{ timeout: 120_000 },
	);
	expect(await page.locator('.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]').count()).toBe(0);
	await page.screenshot({ path: join(root, ".venv/tmp/lab-start.png") });
});

it("stop during training: the loop ends within a step, the cell keeps its result, the kernel lives", async () => {
	const page = await openNotebook("endless.ipynb");
	await runAll(page);
	await page.locator(".jp-OutputArea progress").first().waitFor({ timeout: 120_000 });
	await page.waitForTimeout(1000);
	const begun = Date.now();
	await page.locator('.jp-NotebookPanel-toolbar [data-jp-item-name="interrupt"]').first().click();
	await page.getByText("stopped: true").first().waitFor({ timeout: 20_000 });
	expect(Date.now() - begun).toBeLessThan(5000);
	// Whether the cells that were waiting still run is the front end's choice; a cell that is run now must answer.
	await page.locator(".jp-CodeCell .cm-content").nth(2).click();
	await page.keyboard.press("Shift+Enter");
	await page.getByText("the kernel lives true").first().waitFor({ timeout: 30_000 });
});
