import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { InputError } from "../../core/problem";
import { openDuckDb } from "../duckdb";
import { temporaryFolders } from "../readers/temporaryFolders";
import { stagedPlainly } from "./collect";
import { type StageAliCcp, stageAliCcp } from "./stage";
import { writeAliCcp } from "./writer";

const folder = temporaryFolders();
const size = { rows: 9000, testRows: 4000, commonRows: 150, commonElements: 60, seed: 5 };
const faults = { contradiction: 5, element: 3, duplicateSample: 2 };
let raw: string;

beforeAll(async () => {
	raw = folder();
	await writeAliCcp(raw, { ...size, faults, commonFaults: { duplicateMd5: 2, nul: 1 } });
});

/** Stages a folder and gives everything that came of it. */
async function staged(inThreads: boolean, more: Partial<StageAliCcp> = {}) {
	const db = await openDuckDb({ threads: 2 });
	try {
		const job = { folder: raw, protocol: "esmm", valid: 0.1, seed: 3, history: 9 } as const;
		const scan = await stageAliCcp({ ...job, db, inThreads, ...more });
		return { scan, ...(await stagedPlainly(db)), parts: await db.rows("SELECT part FROM staged") };
	} finally {
		db.close();
	}
}

const failure = (promise: Promise<unknown>): Promise<Error> =>
	promise.then(
		() => new Error("it did not fail"),
		(error: Error) => error,
	);

describe("parts that are read in threads of their own", () => {
	it("give what one thread gives: rows in their order, common rows, hashes, counts, statistics", async () => {
		const one = await staged(false);
		expect(one.rows.length).toBeGreaterThan(12_000);
		expect(one.scan.dropped.length).toBeGreaterThan(2);
		expect(await staged(true)).toEqual(one);
	});

	it("tell their bytes, all of them", async () => {
		const told: [number, number][] = [];
		await staged(true, { progress: (...call) => told.push(call) });
		const [done, all] = told[told.length - 1];
		expect(done).toBe(all);
		expect(all).toBeGreaterThan(1e6);
	});

	it.each(["train", "test"])(
		"a file of the %s part that cannot be used ends all of them with its one line",
		async (part) => {
			const bad = folder();
			await writeAliCcp(bad, size);
			writeFileSync(join(bad, `common_features_${part}.csv`), "md5,feature_num,feature_list\n");
			const error = await failure(staged(true, { folder: bad }));
			expect(error).toBeInstanceOf(InputError);
			expect(error.message).toBe((await failure(staged(false, { folder: bad }))).message);
			expect(error.message).toContain(`common_features_${part}.csv:1 is a header line`);
		},
	);

	it("stop when the listener throws, as on a request to stop", async () => {
		const progress = () => {
			throw new Error("stopped; nothing was written");
		};
		expect((await failure(staged(true, { progress }))).message).toBe("stopped; nothing was written");
	});
});
