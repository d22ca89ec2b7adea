import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { pCTCVR, pCTR, pCVR } from "../core/prob";
import { openDuckDb, sqlText } from "../data/duckdb";
import { makeFolder } from "../data/prepared/madeFolder";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import type { RunResult } from "../experiment/result";
import type { CalibratedMetrics } from "../train/calibrateModel";
import { runCommand } from "./runCommand";

const folder = temporaryFolders();
const [store, log] = [folder(), folder()];
const small = ["embedding=4", "mlp=[8]", "epochs=1", "batch=256"].flatMap((one) => ["--set", one]);
const of = ["--model", "esmm", "--data", log, "--seed", "1", ...small, "--store", store];
const train = (...args: string[]) => runCommand("train", [...of, "--json", ...args]);
type Calibrated = RunResult & { calibrated: CalibratedMetrics };
function json(ended: { stdout: string; stderr: string; code: number | null }): Calibrated {
	expect(ended.code, ended.stderr).toBe(0);
	return JSON.parse(ended.stdout);
}
let [plain, first]: [Calibrated, Calibrated] = [undefined as never, undefined as never];

beforeAll(async () => {
	await makeFolder(log, { train: 3000, valid: 1000, test: 2000 }, false, 6);
	plain = json(await train());
	first = json(await train("--calibrate", "platt"));
});

describe("npm run train -- --calibrate", () => {
	it("calibrates a run that is in the store without training it again, and keeps its metrics as they were", () => {
		const { calibrated, ...rest } = first;
		expect(plain).not.toHaveProperty("calibrated");
		expect(rest).toEqual({ ...plain, cached: true });
		expect(calibrated.method).toBe("platt");
		const { n, positives } = plain.metrics[`logloss(${pCTR})`];
		expect(calibrated.fittedOn).toMatchObject({ part: "valid", rows: n, positives: { [pCTR]: positives } });
		expect(calibrated.fittedOn.positives[pCVR]).toBe(plain.metrics[`logloss(${pCVR})`].positives);
		// The labels were drawn blindly, so one epoch ranks them by chance, here a little worse: the map turns the order and says so.
		const [before, after] = [plain, calibrated].map(({ metrics }) => metrics[`auc(${pCTR})`].value as number);
		expect(before).toBeLessThan(0.5);
		expect(after).toBeCloseTo(1 - before, 12);
		expect(calibrated.remarks.join()).toContain("P(click|impression): the slope is -");
		expect(calibrated.metrics[`logloss(${pCTR})`].value).toBeLessThan(
			plain.metrics[`logloss(${pCTR})`].value as number,
		);
		expect(calibrated).not.toHaveProperty("test");
	});
	it("the same again comes from the store; without it the model stays calibrated, and that is said", async () => {
		const again = await train("--calibrate", "platt");
		expect(json(again)).toEqual(first);
		expect(again.stderr).toBe("");
		const without = await train();
		expect(json(without)).toEqual({ ...plain, cached: true });
		expect(without.stderr).toContain("the saved model is calibrated by platt, as it was asked for before");
	});
	it("predict gives the calibrated numbers", async () => {
		const out = join(folder(), "p.parquet");
		const valid = join(log, "valid.parquet");
		const args = ["--run", plain.run, valid, "--out", out, "--store", store, "--json"];
		expect(json(await runCommand("predict", args))).toMatchObject({ rows: 1000, calibrated: "platt" });
		const db = await openDuckDb();
		const [found] = await db.rows(
			`SELECT avg("${pCTR}"::DOUBLE) AS p, max(abs("${pCTCVR}" - "${pCTR}" * "${pCVR}")) AS off FROM ${sqlText(out)}`,
		);
		const [{ clicks }] = await db.rows(`SELECT avg(click) AS clicks FROM read_parquet(${sqlText(valid)})`);
		db.close();
		expect((found.p as number) / (clicks as number)).toBeCloseTo(
			first.calibrated.metrics[`pcoc(${pCTR})`].value as number,
			6,
		);
		expect(found.off).toBeLessThan(1e-7);
	});
	it("trained again for the test part, the saved model is no longer calibrated, and that is said", async () => {
		const ended = await train("--final");
		expect(json(ended).cached).toBe(false);
		expect(ended.stderr).toContain(
			"the saved model was calibrated by platt; trained again, it is not: --calibrate platt calibrates it",
		);
		const about = JSON.parse(readFileSync(join(store, `${plain.run}.model`, "model.json"), "utf8"));
		expect(about.calibration).toBeUndefined();
	});
	it("--final measures the test part calibrated too, and prints tables of before and after", async () => {
		const ended = await runCommand("train", [...of, "--final", "--calibrate", "isotonic"]);
		expect(ended.code, ended.stderr).toBe(0);
		for (const line of [
			"esmm, seed 1, validation part",
			"esmm, seed 1, validation, calibrated on these rows, part",
			"esmm, seed 1, test part",
			"esmm, seed 1, test, calibrated, part",
			"calibrated by isotonic on the 1000 validation rows; positives: ",
		])
			expect(ended.stdout).toContain(line);
		const final = json(await train("--final", "--calibrate", "isotonic"));
		expect(final.cached).toBe(true);
		expect(final.calibrated.test?.[`auc(${pCTR})`].n).toBe(2000);
		const about = JSON.parse(readFileSync(join(store, `${plain.run}.model`, "model.json"), "utf8"));
		expect(about.calibration.method).toBe("isotonic");
	});
	it("refused with exit 2 and one line: another method, a run without its model", async () => {
		const model = join(store, `${plain.run}.model`);
		for (const [method, message] of [
			["beta", 'unknown calibration "beta"'],
			["platt", "has a result but no saved model"],
		]) {
			if (method === "platt") rmSync(model, { recursive: true });
			const { code, stdout, stderr } = await train("--calibrate", method);
			expect(stderr).toContain(message);
			expect([code, stdout, stderr.trimEnd().split("\n").length]).toEqual([2, "", 1]);
		}
		expect(existsSync(model)).toBe(false);
	});
});
