import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { child, measured } from "../../bench/child";
import { rawAliCcp } from "../../bench/rawAliCcp";
import { validRows } from "../../bench/validRows";
import { projectRoot } from "../core/root";
import { CSTWA_FIELDS } from "../data/aliccp/elements";
import { prepareAliCcp } from "../data/aliccp/prepare";
import { writeAliCcp } from "../data/aliccp/writer";
import { readCard } from "../data/prepared/card";
import { readPrepared } from "../data/prepared/read";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { runCommand } from "./runCommand";

const root = projectRoot();
const folder = temporaryFolders();
const python = join(root, ".venv/bin/python");

describe("a measured program", () => {
	it("tells its seconds, its processor time and its largest memory, of processes that it starts too", async () => {
		const report = join(folder(), "took.json");
		const grow = "b = bytearray(300_000_000)";
		const inner = `import subprocess, sys; subprocess.run([sys.executable, "-c", "${grow}"], check=True); print("done")`;
		const busy = `import time\nend = time.process_time() + 0.5\nwhile time.process_time() < end: pass\n${inner}`;
		const took = await measured([python, "-c", busy], report);
		expect(took.stdout).toBe("done\n");
		expect(took.peakMB).toBeGreaterThan(300);
		expect(took.peakMB).toBeLessThan(400);
		expect(took.cpuSeconds).toBeGreaterThan(0.5);
		expect(took.seconds).toBeGreaterThan(0.5);
		expect(existsSync(report)).toBe(false);
	});

	it("that fails or is stopped is an error in one line", async () => {
		const report = join(folder(), "took.json");
		const fails = measured([python, "-c", "import sys; sys.exit('no such log')"], report);
		await expect(fails).rejects.toThrow(/failed \(1\): no such log$/);
		const stop = new AbortController();
		const waits = measured([python, "-c", "import time; print('up', flush=True); time.sleep(60)"], report, {
			signal: stop.signal,
		});
		const begun = performance.now();
		setTimeout(() => stop.abort(), 300);
		await expect(waits).rejects.toThrow("stopped");
		expect(performance.now() - begun).toBeLessThan(30_000);
	});
});

it("raw files are written once, and anew when they were made otherwise", async () => {
	const cache = folder();
	const said: string[] = [];
	const say = (line: string) => void said.push(line);
	const first = await rawAliCcp(2000, cache, { say });
	expect(first.rows).toBe(2000 + 667);
	expect(first.written.dropped).toEqual([expect.objectContaining({ reason: "click=0 and conversion=1", count: 3 })]);
	const file = join(first.folder, "sample_skeleton_train.csv");
	const elements = readFileSync(join(first.folder, "common_features_train.csv"), "latin1")
		.trimEnd()
		.split("\n")
		.map((line) => Number(line.split(",")[1]));
	expect(elements.reduce((a, b) => a + b, 0) / elements.length).toBeGreaterThan(400);
	const { mtimeMs } = statSync(file);
	const content = readFileSync(file);
	expect(await rawAliCcp(2000, cache, { say })).toEqual(first);
	expect(statSync(file).mtimeMs).toBe(mtimeMs);
	expect(said.at(-1)).toMatch(/there already$/);
	const marker = join(first.folder, "written.json");
	writeFileSync(marker, readFileSync(marker, "utf8").replace('\\"seed\\":1', '\\"seed\\":2'));
	writeFileSync(file, "of another writer\n");
	await rawAliCcp(2000, cache, { say });
	expect(readFileSync(file).equals(content)).toBe(true);
});

describe("the peer", () => {
	it("makes the same vocabularies and rows as our protocol, before pandas comes in", async () => {
		const [raw, prepared, out] = [folder(), folder(), folder()];
		await writeAliCcp(raw, { rows: 8000, testRows: 2000, seed: 4, commonElements: 60, faults: { contradiction: 4 } });
		await prepareAliCcp({ raw, out: prepared, protocol: "cstwa" });
		const ours = await readPrepared(prepared);
		const card = await readCard(prepared);
		const valid = validRows(card.rows.train + card.rows.valid, card.split);
		expect(valid.reduce((a, b) => a + b, 0)).toBe(card.rows.valid);
		/** Rows of the prepared folder in the files' order: there the validation rows lie among those of training. */
		let [train, held] = [0, card.rows.train];
		const inOrder = [...Array.from(valid, (isValid) => (isValid ? held++ : train++)), ...ours.split.test];

		const bytes = join(out, "valid.bytes");
		writeFileSync(bytes, valid);
		const program = `import json, sys; sys.path.insert(0, sys.argv[1]); import pandas_aliccp as peer
print(json.dumps(peer.prepare(*sys.argv[2:5], last=lambda *_: {})))`;
		const peers = join(root, "bench/peers");
		const { status, stdout, stderr } = spawnSync(python, ["-c", program, peers, raw, out, bytes], { encoding: "utf8" });
		expect(status, stderr).toBe(0);
		const answer = JSON.parse(stdout);
		expect(answer.dropped).toBe(4);
		const fields = ours.fields.flatMap((field) => (field.kind === "id" ? [field] : []));
		expect(fields.map(({ name }) => name)).toEqual([...CSTWA_FIELDS].sort());
		expect(answer.vocabulary).toEqual(Object.fromEntries(fields.map(({ name, size }) => [name, size - 1])));

		const table = ["train", "test"].flatMap((part) =>
			readFileSync(join(out, `all_features.${part}`), "latin1")
				.trimEnd()
				.split("\n")
				.slice(1),
		);
		const rows = table.map((line) => line.split(",").map(Number));
		expect(rows.length).toBe(ours.rows);
		expect(rows.map(([click, conversion]) => [click, conversion])).toEqual(
			inOrder.map((row) => [ours.events.click[row], ours.events.conversion[row]]),
		);
		const names: readonly string[] = CSTWA_FIELDS;
		for (const { name, ids, size } of fields) {
			const theirs = rows.map((values) => values[2 + names.indexOf(name)]);
			const pairs = new Set(theirs.map((id, i) => `${id} ${ids[inOrder[i]]}`));
			expect(new Set(theirs).size, name).toBe(pairs.size);
			expect(new Set(ids).size, name).toBe(pairs.size);
			expect(pairs.size, name).toBeLessThanOrEqual(size);
		}
	});
});

describe("npm run bench", () => {
	it("refuses a benchmark that there is not, and says which there are", async () => {
		for (const args of [[], ["dta"]]) {
			const { code, stdout, last } = await runCommand("bench", args);
			expect([code, stdout]).toEqual([2, ""]);
			expect(last).toContain("data");
		}
		const { code, last } = await runCommand("bench", ["data", "--memory", "lots"]);
		expect([code, last]).toEqual([2, '--memory must be a size as 500MB or 1GB, not "lots"']);
	});

	it("evaluates a small log and leaves the record alone", async () => {
		const results = join(root, "bench/RESULTS.md");
		const before = readFileSync(results, "utf8");
		const { code, stdout, last } = await runCommand("bench", ["evaluation", "--rows", "40000", "--json"]);
		expect(code, last).toBe(0);
		const { bench, figures, recorded } = JSON.parse(stdout);
		expect([bench, recorded]).toEqual(["evaluation", false]);
		expect(figures["evaluation.rows"].median).toBe(40_000);
		const { median: seconds } = figures["evaluation.seconds"];
		expect(figures["evaluation.rowsPerSecond"].median).toBeCloseTo(40_000 / seconds, 6);
		for (const name of Object.keys(figures)) expect(before, name).toContain(`| ${name} |`);
		expect(readFileSync(results, "utf8")).toBe(before);
		const refused = await runCommand("bench", ["evaluation", "--rows", "10"]);
		expect([refused.code, refused.last]).toEqual([2, expect.stringContaining("--rows")]);
	});

	it("compares a small run, where pandas is installed", { timeout: 300_000 }, async () => {
		const check = await child([process.execPath, join(root, "lib/setup/bench.mjs"), "--check"]);
		if (JSON.parse(check).problem !== undefined) {
			process.stderr.write("bench: without .venv-bench the peer's pandas step and the whole run were not tried\n");
			return;
		}
		const results = join(root, "bench/RESULTS.md");
		const before = existsSync(results) ? readFileSync(results, "utf8") : undefined;
		const { code, stdout, last } = await runCommand("bench", ["data", "--rows", "3000", "--repeats", "1", "--json"]);
		expect(code, last).toBe(0);
		const { figures, machine, versions, recorded } = JSON.parse(stdout);
		expect(Object.keys(figures)).toEqual(
			expect.arrayContaining([
				"data.ours.rowsPerSecond",
				"data.peer.rowsPerSecond",
				"data.ratio",
				"data.ours.peakMB",
				"data.ours.peakMB.twice",
			]),
		);
		for (const { median, min, max } of Object.values<{ median: number; min: number; max: number }>(figures)) {
			expect(min).toBeGreaterThan(0);
			expect(median).toBeGreaterThanOrEqual(min);
			expect(max).toBeGreaterThanOrEqual(median);
		}
		const { min, max } = figures["data.ratio"];
		expect(figures["data.ours.rowsPerSecond"].median / figures["data.peer.rowsPerSecond"].median).toBeCloseTo(min, 8);
		expect(max).toBe(min);
		expect(machine.cores).toBeGreaterThan(0);
		expect(versions.pandas).toBe("2.3.3");
		expect(recorded).toBe(false);
		expect(existsSync(results) ? readFileSync(results, "utf8") : undefined).toBe(before);
	});
});
