import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeAliCcp } from "../data/aliccp/writer";
import { importFiles } from "../data/files/importFiles";
import { makeFolder } from "../data/prepared/madeFolder";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import type { RunResult } from "../experiment/result";
import { runCommand } from "./runCommand";

const folder = temporaryFolders();
const cache = folder();
process.env.CACHE = cache;
process.env.STORE = folder();
const small = ["--set", "embedding=4", "--set", "mlp=[8]", "--set", "epochs=1", "--set", "batch=256"];
const simulator = ["--model", "esmm", "--data", "simulator", "--preset", "tiny", "--rows", "6000", "--seed", "1"];
const train = (...args: string[]) => runCommand("train", [...args, "--json"]);
/** The one JSON object that a command printed. */
function json(ended: { stdout: string; stderr: string; code: number | null }): RunResult {
	expect(ended.code, ended.stderr).toBe(0);
	expect(ended.stdout.trim().split("\n")).toHaveLength(1);
	return JSON.parse(ended.stdout);
}

describe("train on the simulator", () => {
	it("the same command gives the same metrics bit for bit; the second time from the store, at once", async () => {
		const [one, two] = [folder(), folder()];
		const first = json(await train(...simulator, ...small, "--store", one));
		expect(first).toMatchObject({ cached: false, model: "esmm", seed: 1, part: "valid", epochs: 1 });
		expect(first.data).toMatchObject({ name: "simulator tiny, seed 1", read: 6000, dropped: {} });
		expect(first.hyper).toMatchObject({ embedding: 4, mlp: [8], epochs: 1, lr: 0.001 });
		expect(first.samplesPerSecond).toBeGreaterThan(0);
		const other = json(await train(...simulator, ...small, "--store", two));
		expect(other.metrics).toEqual(first.metrics);
		const again = await train(...simulator, ...small, "--store", one);
		expect(json(again)).toEqual({ ...first, cached: true });
		expect(again.stderr).not.toMatch(/simulating|epoch/);
		expect(readdirSync(one)).toEqual([`${first.run}.json`, `${first.run}.model`]);
	});
	it("--final opens the test part, and does a stored run again that has none", async () => {
		const store = folder();
		const first = json(await train(...simulator, ...small, "--store", store));
		expect(first.test).toBeUndefined();
		const final = json(await train(...simulator, ...small, "--store", store, "--final"));
		expect(final).toMatchObject({ run: first.run, cached: false, metrics: first.metrics });
		expect(final.test?.["auc(click|impression)"].n).toBe(final.data.rows.test);
	});
	it("--days trains on the last days of the training part, and says where there are no more", async () => {
		const all = json(await train(...simulator, ...small, "--store", folder()));
		const last = json(await train(...simulator, ...small, "--store", folder(), "--days", "20"));
		expect(last.days).toBe(20);
		expect(last.data.rows.train).toBeLessThan(all.data.rows.train);
		expect(last.data.rows.valid).toBe(all.data.rows.valid);
		const { stdout } = await runCommand("train", [...simulator, ...small, "--store", folder(), "--days", "999"]);
		expect(stdout).toContain("the training part has no more than 999 days: trained on all of it");
	});
	it("without --json it prints a table with standard errors, and --log-seed fixes the log alone", async () => {
		const store = folder();
		const fixed = [...simulator, ...small, "--store", store, "--log-seed", "7"];
		const { code, stdout } = await runCommand("train", fixed);
		expect(code).toBe(0);
		expect(stdout).toContain("simulator tiny, seed 7: 6000 rows read, dropped: none");
		expect(stdout).toMatch(/auc\(conversion\|click\)/);
		expect(stdout).toContain("s.e.");
	});
});

describe("train on Ali-CCP", () => {
	it("raw files: rows read and dropped exactly as written, metrics with standard errors", async () => {
		const raw = folder();
		const written = await writeAliCcp(raw, {
			rows: 6000,
			testRows: 1500,
			seed: 3,
			clickRate: 0.2,
			conversionRate: 0.3,
			commonElements: 12,
			faults: { commas: 2, label: 3, contradiction: 4, duplicateSample: 1, element: 2 },
			commonFaults: { featureNum: 1 },
		});
		const args = ["--model", "esmm", "--data", "aliccp", "--raw", raw, "--seed", "1", ...small, "--store", folder()];
		const ended = await train(...args, "--final");
		const { data, metrics, test } = json(ended);
		expect(data.read).toBe(written.read);
		expect(data.dropped).toEqual(Object.fromEntries(written.dropped.map(({ reason, count }) => [reason, count])));
		expect(data.rows.train + data.rows.valid).toBe(written.rows.train);
		expect(data.rows.test).toBe(written.rows.test);
		expect(test?.["auc(click|impression)"]).toMatchObject({ n: written.rows.test, positives: written.clicks.test });
		expect(test?.["auc(conversion|click)"]).toMatchObject({
			n: written.clicks.test,
			positives: written.conversions.test,
		});
		for (const name of ["auc(click|impression)", "auc(conversion|click)", "auc(conversion|impression)"])
			expect(metrics[name].se, name).toBeGreaterThan(0);
		for (const { reason, count, first } of written.dropped)
			expect(ended.stderr).toContain(`dropped ${count}: ${reason} (first: ${first})\n`);

		// Prepared once: neither the same command nor one on the prepared folder reads raw files again.
		const again = await train(...args, "--final");
		expect(json(again)).toMatchObject({ run: json(ended).run, cached: true, data: { card: { name: "aliccp cstwa" } } });
		expect(again.stderr).not.toMatch(/reading|encoding/);
		const [prepared] = readdirSync(cache);
		const onFolder = await train("--model", "base", "--data", join(cache, prepared), "--seed", "1", ...small);
		expect(json(onFolder).data).toEqual(data);
		expect(onFolder.stderr).not.toMatch(/reading|encoding/);
		const words = await runCommand("train", args);
		expect(words.stdout).toMatch(/^Protocol card of aliccp cstwa \([0-9a-f]{12}; reader aliccp \d+\)\n/);
		expect(words.stdout).toContain(`sample_skeleton_train.csv sha256 ${data.card?.files["sample_skeleton_train.csv"]}`);
	});

	/** Encoded rows in the format that other projects share; SAMPLES names a folder with theirs. */
	function encodedFolder(): { at: string; what: string } {
		const samples = process.env.SAMPLES;
		if (samples) return { at: join(samples, "aliccp-encoded"), what: "the sample files" };
		const at = folder();
		const line = (i: number) => `${+(i % 3 === 0)},${+(i % 9 === 0)},${1 + (i % 5)},${1 + (i % 7)},${(i % 11) / 11}`;
		for (const [part, rows] of [
			["train", 900],
			["val", 300],
			["test", 300],
		] as const)
			writeFileSync(
				join(at, `ali_ccp_${part}_sample.csv`),
				`click,purchase,101,205,D508\n${Array.from({ length: rows }, (_, i) => line(i)).join("\n")}\n`,
			);
		return { at, what: "a written file" };
	}
	const { at: encoded, what } = encodedFolder();
	it(`a folder of encoded rows (${what}), without rows that the reader left out`, async () => {
		const ended = await train("--model", "base", "--data", encoded, "--seed", "1", ...small, "--store", folder());
		const { data, metrics } = json(ended);
		const dropped = Object.values(data.dropped).reduce((sum, count) => sum + count, 0);
		expect(data.rows.train + data.rows.valid + data.rows.test + dropped).toBe(data.read);
		expect(data.rows.valid).toBeGreaterThan(0);
		expect(metrics["auc(click|impression)"].se).toBeGreaterThan(0);
	});
});

describe("train on a log of one's own", () => {
	const features = { cat: { kind: "id" }, brand: { kind: "id" } } as const;
	/** Imports rows; part, click and conversion of each by its number. */
	async function imported(has: (row: number) => { part: string; click: number; conversion?: number }): Promise<string> {
		const out = folder();
		const rows = Array.from({ length: 900 }, (_, row) => ({ cat: 1 + (row % 5), brand: 1 + (row % 7), ...has(row) }));
		const file = join(folder(), "mine.csv");
		const names = Object.keys(rows[0]);
		writeFileSync(file, `${[names, ...rows.map((row) => Object.values(row))].join("\n")}\n`);
		const events = Object.fromEntries(names.slice(3).map((name) => [name, name]));
		const implies: Record<string, string> = names.includes("conversion") ? { conversion: "click" } : {};
		const schema = {
			name: "mine",
			schema: { events, implies, features },
			split: { by: "column", column: "part" },
		} as const;
		await importFiles({ files: [file], schema: { ...schema, text: new Set() }, out, minFrequency: 1 });
		return out;
	}
	const part = (row: number) => ["train", "train", "valid", "test"][Math.floor(row / 3) % 4];
	const [click, conversion] = [(row: number) => +(row % 2 === 0), (row: number) => +(row % 8 === 0)];
	const on = (model: string, data: string, ...more: string[]) =>
		train("--model", model, "--data", data, "--seed", "1", ...small, "--store", join(folder(), "store"), ...more);

	it.each([
		["base", "without conversions at all", 'needs the event "conversion", but the log import mine.csv has only click'],
		["base", "without clicks", 'base learns from the event "click", but none of the 450 training rows'],
		[
			"esmm",
			"without a conversion in training",
			'esmm learns from the event "conversion", but none of the 450 training',
		],
	])("%s %s: refused before training with one line, exit 2", async (model, what, message) => {
		const folder = await imported((row) => ({
			part: part(row),
			click: what === "without clicks" ? 0 : click(row),
			...(what === "without conversions at all"
				? {}
				: { conversion: what === "without clicks" || part(row) === "train" ? 0 : conversion(row) }),
		}));
		const { code, stdout, stderr, last } = await on(model, folder);
		expect([code, stdout]).toEqual([2, ""]);
		expect(last).toContain(message);
		expect(stderr).not.toContain("epoch");
	});
	it("without validation rows or conversions there: metrics have no value, and say why", async () => {
		const none = folder();
		await makeFolder(none, { train: 3000, valid: 0, test: 1000 }, true);
		const { metrics, test } = json(await on("esmm", none, "--final"));
		for (const [name, metric] of Object.entries(metrics))
			expect(metric, name).toMatchObject({
				value: null,
				n: 0,
				reason: expect.stringMatching(/ the 0 rows|^0 of 0 users/),
			});
		expect(Object.keys(metrics)).toContain("truth.rmse(conversion|click)");
		expect(test?.["auc(conversion|click)"].value).toBeGreaterThan(0);
		const few = await imported((row) => ({
			part: part(row),
			click: click(row),
			conversion: part(row) === "valid" ? 0 : conversion(row),
		}));
		const found = json(await on("base", few)).metrics;
		expect(found["auc(click|impression)"].value).toBeGreaterThan(0);
		expect(found["auc(conversion|click)"]).toMatchObject({ value: null, positives: 0 });
		expect(found["auc(conversion|click)"].reason).toMatch(/^no conversion among the \d+ rows of the space$/);
	});
});

describe("bad arguments and bad input: exit 2, one line that says what to do, nothing on stdout", () => {
	const esmm = ["--model", "esmm", "--seed", "1"];
	it.each([
		["an unknown model", ["--model", "esnm", "--data", "simulator", "--seed", "1"], 'did you mean "esmm"?'],
		["an unknown hyperparameter", [...esmm, "--data", "simulator", "--set", "learning=1"], "unknown hyperparameter"],
		["a hyperparameter without a value", [...esmm, "--data", "simulator", "--set", "lr"], "--set takes name=value"],
		["a hyperparameter of another type", [...esmm, "--data", "simulator", "--set", "lr=fast"], "must be a number"],
		[
			"an option that the model refuses",
			["--model", "esm2", "--seed", "1", "--data", "simulator", "--set", "dAction=carts"],
			'unknown dAction of esm2 "carts": did you mean "cart"?',
		],
		["days that are none", [...esmm, "--data", "simulator", "--days", "0"], "--days"],
		["an unknown flag", [...esmm, "--data", "simulator", "--sed", "2"], "unknown option '--sed'"],
		["no seed", ["--model", "esmm", "--data", "simulator"], "--seed"],
		["a seed that is no number", ["--model", "esmm", "--data", "simulator", "--seed", "x"], "--seed must be a whole"],
		["an unknown preset", [...esmm, "--data", "simulator", "--preset", "tinny"], 'did you mean "tiny"?'],
		["aliccp without --raw", [...esmm, "--data", "aliccp"], "--data aliccp needs --raw DIR"],
		["aliccp with --preset", [...esmm, "--data", "aliccp", "--raw", "x", "--preset", "tiny"], "--preset belongs to"],
		["simulator with --raw", [...esmm, "--data", "simulator", "--raw", "x"], "--raw belongs to --data aliccp"],
		["an unknown protocol", [...esmm, "--data", "aliccp", "--raw", "x", "--protocol", "cstw"], '"cstwa"?'],
		["a folder that is not there", [...esmm, "--data", "no/such/folder"], "there is no such folder"],
		["a raw folder that is not there", [...esmm, "--data", "aliccp", "--raw", "no/such/folder"], "no folder"],
		["a folder that holds something else", [...esmm, "--data", "lib"], "lib is no prepared log: it has no card.json"],
		[
			"a file of rows",
			[...esmm, "--data", "package.json"],
			"npm run data -- import --schema S.json --out DIR package.json",
		],
		["an unknown device", [...esmm, "--data", "simulator", "--device", "tpu"], "unknown device"],
	] as [string, string[], string][])("%s", async (_, args, message) => {
		const store = join(folder(), "store");
		const { code, stdout, stderr } = await train(...args, "--store", store);
		expect(stderr).toContain(message);
		expect(stderr.trimEnd().split("\n")).toHaveLength(1);
		expect([code, stdout]).toEqual([2, ""]);
		expect(existsSync(store)).toBe(false);
	});
	it("--debug adds the stack, --help ends with 0", async () => {
		const { code, stderr } = await train("--model", "esm", "--data", "simulator", "--seed", "1", "--debug");
		expect([code, stderr]).toEqual([2, expect.stringMatching(/\n\s+at /)]);
		const help = await runCommand("train", ["--help"]);
		expect([help.code, help.stderr, help.stdout]).toEqual([0, "", expect.stringContaining("--log-seed <n>")]);
	});
});

describe("interrupt", () => {
	it.each(["SIGINT", "SIGTERM"] as const)(
		"%s ends training within seconds with exit 1 and one line that says how to go on; that command goes on from there",
		async (signal) => {
			const store = join(folder(), "a store");
			const begun = [...simulator, "--set", "mlp=[8]", "--set", "epochs=2"];
			const long = [...begun, "--set", "batch=16", "--store", store, "--json"];
			const stopped = await runCommand("train", long, "epoch 1/", signal);
			expect([stopped.code, stopped.stdout]).toEqual([1, ""]);
			const words = long.map((arg) => (/[[ ]/.test(arg) ? `'${arg}'` : arg)).join(" ");
			expect(stopped.last).toBe(`esmm, seed 1: stopped; the same command goes on from here: npm run train -- ${words}`);
			expect(stopped.seconds).toBeLessThan(60);
			expect(readdirSync(store)).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.checkpoint$/)]);
			const whole = json(await train(...long.slice(0, -3), "--store", folder()));
			const rest = json(await runCommand("train", long));
			expect(rest.metrics).toEqual(whole.metrics);
			expect(readdirSync(store).some((name) => name.endsWith(".checkpoint"))).toBe(false);
		},
		200_000,
	);
	it("Ctrl-C ends the reading of raw files within seconds too", async () => {
		const raw = folder();
		await writeAliCcp(raw, { rows: 40_000, seed: 3, commonRows: 10_000, commonElements: 200 });
		const store = join(folder(), "store");
		const args = ["--model", "esmm", "--data", "aliccp", "--raw", raw, "--seed", "1", "--store", store, "--json"];
		const { code, stdout, stderr, last } = await runCommand("train", args, "reading");
		expect([code, stdout, last]).toEqual([1, "", "stopped; nothing was written"]);
		expect(stderr).not.toContain("epoch");
		expect(existsSync(store)).toBe(false);
	});
});
