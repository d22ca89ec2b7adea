import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../core/root";
import { type WrittenAliCcp, writeAliCcp } from "../data/aliccp/writer";
import { readCard } from "../data/prepared/card";
import { folderHashes } from "../data/readers/folderHashes";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { runCommand } from "./runCommand";

const folder = temporaryFolders();
const data = (...args: string[]) => runCommand("data", ["aliccp", ...args]);

let raw: string;
let written: WrittenAliCcp;
beforeAll(async () => {
	raw = folder();
	const size = { rows: 20000, testRows: 4000, commonElements: 100, seed: 6 };
	const faults = { contradiction: 5, count: 2 };
	written = await writeAliCcp(raw, { ...size, clickRate: 0.2, conversionRate: 0.2, faults, commonFaults: { md5: 1 } });
});

describe("npm run data -- aliccp", () => {
	it("--json tells what the writer wrote", async () => {
		const out = folder();
		const { code, stdout } = await data(
			"--raw",
			raw,
			"--out",
			out,
			"--min-frequency",
			"1",
			"--memory",
			"300MB",
			"--json",
		);
		expect(code).toBe(0);
		const said = JSON.parse(stdout);
		const sum = (of: Record<string, number>) => of.train + of.valid;
		expect(sum(said.rows)).toBe(written.rows.train);
		expect(said.rows.test).toBe(written.rows.test);
		expect(Math.abs(said.rows.valid / written.rows.train - 0.1)).toBeLessThan(0.01);
		expect(sum(said.clicks)).toBe(written.clicks.train);
		expect(said.clicks.test).toBe(written.clicks.test);
		expect(sum(said.conversions)).toBe(written.conversions.train);
		expect(said.conversions.test).toBe(written.conversions.test);
		expect(said.dropped).toEqual(Object.fromEntries(written.dropped.map(({ reason, count }) => [reason, count])));
		expect(said.remarks).toEqual({ "common row: md5 is not 1 to 32 hexadecimal digits": 1 });
		expect(said.users).toBe(written.vocabulary["101"]);
		expect(said.items).toBe(written.vocabulary["205"]);
		for (const [field, size] of Object.entries(written.vocabulary)) {
			expect(said.vocabulary[field], field).toBeLessThanOrEqual(size);
			expect(said.vocabulary[field], field).toBeGreaterThan(size / 4);
			expect(said.unknown[field].train, field).toBe(0);
		}
		const names = ["common_features_test", "common_features_train", "sample_skeleton_test", "sample_skeleton_train"];
		expect(said.files).toEqual(
			Object.fromEntries(
				names.map((name) => [
					`${name}.csv`,
					createHash("sha256")
						.update(readFileSync(join(raw, `${name}.csv`)))
						.digest("hex"),
				]),
			),
		);
		const card = await readCard(out);
		expect(said.fingerprint).toBe(card.fingerprint);
		expect(card.rows).toEqual(said.rows);
		expect(said.seconds).toBeGreaterThan(0);
		expect(said.peakMemoryMB).toBeGreaterThan(50);
	});

	it("prints a page of statistics for people, with the card", async () => {
		const { code, stdout } = await data("--raw", raw, "--out", folder(), "--protocol", "esmm", "--history", "7");
		expect(code).toBe(0);
		for (const text of ["Left out", "click=0 and conversion=1", "sample_skeleton_train.csv:", "rows a common row"])
			expect(stdout).toContain(text);
		for (const field of ["101", "853", "210", "110_14"]) expect(stdout).toMatch(new RegExp(`^\\| ${field} +\\|`, "m"));
		expect(stdout).toContain("list of the common row");
		expect(stdout).toContain('"history":7');
	});

	it.each<[string, () => string[], number, RegExp]>([
		["no --raw", () => ["--out", folder()], 2, /required option '--raw/],
		["no --out", () => ["--raw", raw], 2, /required option '--out/],
		["no such folder", () => ["--raw", join(raw, "x"), "--out", folder()], 2, /^no folder .*x: give the folder/],
		[
			"a folder without the files",
			() => ["--raw", folder(), "--out", folder()],
			2,
			/^sample_skeleton_train\.csv is not in/,
		],
		[
			"an --out that is a file",
			() => ["--raw", raw, "--out", join(raw, "sample_skeleton_train.csv")],
			2,
			/is a file: give a folder/,
		],
		["a protocol there is not", () => ["--raw", raw, "--out", folder(), "--protocol", "esm"], 2, /did you mean "esmm"/],
		["no size", () => ["--raw", raw, "--out", folder(), "--memory", "much"], 2, /--memory must be a size/],
		[
			"too little memory",
			() => ["--raw", raw, "--out", folder(), "--memory", "10MB"],
			2,
			/--memory 10MB is too little/,
		],
		["no frequency", () => ["--raw", raw, "--out", folder(), "--min-frequency", "0"], 2, /at least 1, not "0"/],
		["no history", () => ["--raw", raw, "--out", folder(), "--history", "-1"], 2, /--history/],
		["a word too many", () => ["now", "--raw", raw, "--out", folder()], 2, /too many arguments/],
	])("answers %s with one line", async (_, args, exit, message) => {
		const { code, last, stderr, stdout } = await data(...args());
		expect(last).toMatch(message);
		expect(stderr.trimEnd().split("\n").length).toBe(1);
		expect(stdout).toBe("");
		expect(code).toBe(exit);
	});

	it("a file that cannot grow is a failed job, told in one line, and leaves nothing", async () => {
		const out = folder();
		const root = projectRoot();
		const command = `ulimit -f 100; exec "${process.execPath}" lib/setup/run.mjs data aliccp --raw "${raw}" --out "${out}"`;
		const child = spawn("bash", ["-c", command], { cwd: root });
		let stderr = "";
		child.stderr.on("data", (piece) => {
			stderr += piece;
		});
		const code = await new Promise((resolve) => child.on("close", resolve));
		expect(stderr.trimEnd().split("\n").at(-1)).toMatch(/Could not write file .*File too large/);
		expect(code).toBe(1);
		expect(readdirSync(out)).toEqual([]);
	});

	it("stops at SIGINT and leaves nothing", async () => {
		const out = folder();
		const ended = await runCommand("data", ["aliccp", "--raw", raw, "--out", out], "reading");
		expect(ended.last).toMatch(/^stopped; nothing was written/);
		expect(ended.code).toBe(1);
		expect(readdirSync(out)).toEqual([]);
	});

	it("killed at any moment, is no prepared log, and made again has the same bytes", async () => {
		const whole = folder();
		const args = (out: string) => ["aliccp", "--raw", raw, "--out", out, "--protocol", "esmm"];
		expect((await runCommand("data", args(whole))).code).toBe(0);
		const out = folder();
		const left: string[] = [];
		for (const moment of ["staged.duckdb", "train.parquet", "valid.parquet", "common.parquet"]) {
			const names = await killedAt(args(out), out, moment);
			left.push(...names.filter((name) => name.startsWith(".preparing-")));
			await expect(readCard(out)).rejects.toThrow(/is no prepared log/);
		}
		expect(left.length).toBe(4);
		expect((await runCommand("data", args(out))).code).toBe(0);
		expect(folderHashes(out)).toEqual(folderHashes(whole));
	}, 120_000);
});

/** Runs the command until a file is in its place of work, kills it there, and gives the names it left in `out`. */
function killedAt(args: readonly string[], out: string, moment: string): Promise<string[]> {
	const root = projectRoot();
	const child = spawn(process.execPath, [join(root, "lib/setup/run.mjs"), "data", ...args], {
		cwd: root,
		stdio: "ignore",
	});
	const place = join(out, `.preparing-${child.pid}`);
	const watch = setInterval(() => {
		const names = readdirSync(out).includes(`.preparing-${child.pid}`) ? readdirSync(place) : [];
		if (names.some((name) => name.endsWith(moment))) child.kill("SIGKILL");
	}, 2);
	return new Promise((resolve, reject) => {
		child.on("error", reject);
		child.on("close", (code, signal) => {
			clearInterval(watch);
			if (signal === "SIGKILL") resolve(readdirSync(out));
			else reject(new Error(`ended with ${code} before it could be killed at ${moment}`));
		});
	});
}
