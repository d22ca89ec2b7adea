import { readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { openDuckDb, sqlText } from "../data/duckdb";
import { makeFolder } from "../data/prepared/madeFolder";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import type { RunResult } from "../experiment/result";
import { openStore } from "../experiment/store";
import { runCommand } from "./runCommand";

const folder = temporaryFolders();
const [store, log] = [folder(), folder()];
const small = ["embedding=4", "mlp=[8]", "epochs=1", "batch=256"].flatMap((one) => ["--set", one]);
let result: RunResult;

beforeAll(async () => {
	await makeFolder(log, { train: 3000, valid: 1000, test: 2000 }, false, 6);
	const args = ["--model", "esmm", "--data", log, "--seed", "1", ...small, "--store", store, "--final", "--json"];
	const { code, stdout, stderr } = await runCommand("train", args);
	expect(code, stderr).toBe(0);
	result = JSON.parse(stdout);
});
const predict = (...args: string[]) => runCommand("predict", [...args, "--store", store, "--json"]);

it("predict writes what the run measured: every row of the test part, under the run's first characters", async () => {
	const out = join(folder(), "p.parquet");
	const { code, stdout, stderr } = await predict(
		"--run",
		result.run.slice(0, 6),
		join(log, "test.parquet"),
		"--out",
		out,
	);
	expect(code, stderr).toBe(0);
	const columns = ["file", "row", "click|impression", "conversion|click", "conversion|impression"];
	expect(JSON.parse(stdout)).toMatchObject({ rows: 2000, columns, seconds: expect.any(Number), model: "esmm" });
	const db = await openDuckDb();
	const loss = "-avg(CASE WHEN click = 1 THEN ln(p) ELSE ln(1 - p) END) AS loss, count(*)::INT AS n";
	const [found] = await db.rows(`SELECT ${loss}
		FROM (SELECT row, "click|impression"::DOUBLE AS p FROM ${sqlText(out)})
		JOIN (SELECT file_row_number + 1 AS row, click FROM read_parquet(${sqlText(join(log, "test.parquet"))}, file_row_number = true)) USING (row)`);
	db.close();
	expect(found.n).toBe(2000);
	expect(found.loss).toBeCloseTo(result.test?.["logloss(click|impression)"].value as number, 6);
});

it("refused with exit 2 and one line; nothing is written", async () => {
	const at = folder();
	const raw = join(at, "raw.csv");
	writeFileSync(raw, "f0,f1\n1,2\n");
	for (const [args, message] of [
		[["--run", result.run, raw], "has no vocabulary to encode"],
		[["--run", "mine", log], "mine is neither a folder of a saved model nor a run"],
		[["--run", result.run], "missing required argument"],
	] as const) {
		const { code, stdout, stderr } = await predict(...args, "--out", join(at, "p.parquet"));
		expect(stderr).toContain(message);
		expect([code, stdout, stderr.trimEnd().split("\n").length]).toEqual([2, "", 1]);
	}
	for (const out of [join(raw, "p.parquet"), "/proc/p.parquet"]) {
		const { code, stdout, stderr } = await predict("--run", result.run, log, "--out", out);
		expect(stderr).toMatch(/^--out .* cannot be written \(.*\): give a file in a folder/);
		expect([code, stdout, stderr.trimEnd().split("\n").length]).toEqual([2, "", 1]);
	}
	expect(readdirSync(at)).toEqual(["raw.csv"]);
});

it("export says where a model lies, or copies it; and where tables and figures lie", async () => {
	const exported = (...args: string[]) => runCommand("export", args);
	const found = await exported("--model", result.run.slice(0, 8), "--store", store, "--json");
	expect(found.code, found.stderr).toBe(0);
	expect(resolve(JSON.parse(found.stdout).file)).toBe(openStore(store).model(result.run));
	const copy = join(folder(), "copy");
	const copied = await exported("--model", result.run, "--store", store, "--out", copy);
	expect([copied.code, readdirSync(copy).sort()]).toEqual([0, ["model.json", "weights.safetensors"]]);
	const table = await exported("--table", "esmm/2", "--format", "latex", "--json");
	expect(JSON.parse(table.stdout)).toEqual({ file: "figures/esmm-table-2.tex", scale: "demo" });
	for (const [args, message] of [
		[[], "say one of --model R, --table PAPER/N and --figure NAME"],
		[["--table", "esm/2"], 'unknown table "esm/2": did you mean "esmm/2"?'],
		[["--figure", "funnel", "--format", "gif"], 'unknown format "gif"'],
		[["--table", "esmm/2", "--out", "/proc/t.md"], "--out /proc/t.md cannot be written"],
		[["--table", "esmm/2", "--out", ""], "--out has no name"],
	] as const)
		expect(await exported(...args)).toMatchObject({ code: 2, last: expect.stringContaining(message) });
});
