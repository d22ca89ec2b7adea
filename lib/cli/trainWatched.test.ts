import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import type { RunResult } from "../experiment/result";
import { readEvents } from "../train/readEvents";
import { runCommand } from "./runCommand";

const folder = temporaryFolders();
const store = folder();
const small = ["--set", "embedding=4", "--set", "mlp=[8]", "--set", "epochs=2", "--set", "batch=256"];
const simulator = ["--model", "esmm", "--data", "simulator", "--preset", "tiny", "--rows", "6000", "--seed", "1"];
const train = (...args: string[]) => runCommand("train", [...simulator, ...small, "--store", store, ...args]);

describe("train --tensorboard", () => {
	it("writes the run's curves into a folder of its own; a run from the store writes none and says so", async () => {
		const boards = join(folder(), "boards");
		const first = await train("--json", "--tensorboard", boards);
		expect(first.code, first.stderr).toBe(0);
		const result = JSON.parse(first.stdout) as RunResult;
		const own = join(boards, `esmm-1-${result.run.slice(0, 12)}`);
		expect(readdirSync(boards).map((name) => join(boards, name))).toEqual([own]);
		const [file] = readdirSync(own);
		const events = readEvents(readFileSync(join(own, file)));
		const of = (tag: string) => events.filter((event) => event.tag === tag);
		const updates = Math.ceil(result.data.rows.train / 256);
		expect(of("loss").map(({ step }) => step)).toEqual(Array.from({ length: 2 * updates }, (_, i) => i + 1));
		expect(of("validation/auc(conversion|impression)").map(({ step }) => step)).toEqual([updates, 2 * updates]);
		const best = Math.max(...of("validation/auc(conversion|impression)").map(({ value }) => value as number));
		expect(result.metrics["auc(conversion|impression)"].value).toBeCloseTo(best, 6);
		expect(of("hyperparameters")[0].text).toContain(`| data | ${result.data.fingerprint} |`);

		const other = join(folder(), "other");
		const again = await train("--json", "--tensorboard", other);
		expect(JSON.parse(again.stdout)).toMatchObject({ run: result.run, cached: true });
		expect(again.stderr).toContain(`nothing was trained, so nothing is written to ${join(other, "esmm-1-")}`);
		expect(readdirSync(other)).toEqual([]);
	});
	it("a folder that cannot be written to is refused before anything is simulated", async () => {
		const file = join(folder(), "file");
		writeFileSync(file, "");
		const { code, stdout, stderr } = await train("--set", "lr=0.5", "--tensorboard", join(file, "boards"));
		expect([code, stdout]).toEqual([2, ""]);
		expect(stderr).toMatch(/^--tensorboard cannot write to ".*boards" \(.*file is a file\): give a folder/);
		expect(existsSync(`${file}/boards`)).toBe(false);
	});
});

describe("what the doctor finds", () => {
	it("is on stderr as it is found, in the result, and below the printed tables, from the store too", async () => {
		const wild = ["--set", "lr=5", "--final"];
		const { code, stdout, stderr } = await train(...wild);
		expect(code, stderr).toBe(0);
		const line = stdout.split("\n").find((one) => one.startsWith("exploding loss: stage 1 has a mean loss of ")) ?? "";
		expect(line).toMatch(/ times the 0\.\d+ that it started from\. Look at: lr \(now 5\)/);
		expect(stderr.split("\n").filter((one) => one.endsWith(line))).toHaveLength(1);
		const { findings, cached } = JSON.parse((await train(...wild, "--json")).stdout) as RunResult;
		expect(cached).toBe(true);
		expect(findings.filter(({ fault }) => fault === "exploding loss")).toMatchObject([
			{ where: "stage 1", severity: "warning" },
		]);
	});
});

describe("train --mlflow", () => {
	it("with a server that is away gives the same result, and says so once", async () => {
		const alone = await train("--json");
		const at = folder();
		const args = [...simulator, ...small, "--store", at, "--json", "--mlflow", "http://127.0.0.1:9"];
		const { code, stdout, stderr } = await runCommand("train", args);
		expect(code, stderr).toBe(0);
		expect(JSON.parse(stdout).metrics).toEqual(JSON.parse(alone.stdout).metrics);
		expect(stderr.split("MLflow at http://127.0.0.1:9")).toHaveLength(2);
		expect(stderr).toContain("nothing more is sent there, results are in the store");
	}, 60_000);
	it("takes an address, and refuses another text before anything is simulated", async () => {
		const { code, stdout, stderr } = await train("--mlflow", "localhost:5000");
		const refusal = `--mlflow takes a server's address, as http://localhost:5000, not "localhost:5000"\n`;
		expect([code, stdout, stderr]).toEqual([2, "", refusal]);
	});
});
