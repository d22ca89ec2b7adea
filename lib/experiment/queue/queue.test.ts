import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolders } from "../../data/readers/temporaryFolders";
import { type Job, jobFor } from "../job";
import { readPredictions } from "../predictions";
import { Interrupted } from "../run";
import { type JobEvent, runJobs } from "../runJobs";
import { openStore } from "../store";
import { queueAddress } from "./address";
import { bullmq, openQueue } from "./bull";
import { freePort, timeless } from "./killing";
import { findPostgres, startPostgres } from "./postgresServer";
import { findRedis, startRedis } from "./redisServer";
import { queueRunner } from "./runner";
import { type Worked, work } from "./worker";

const folder = temporaryFolders();
const source = { source: "simulator", preset: "tiny", rows: 4000, logSeed: 1 } as const;
const hyper = { embedding: 2, mlp: [4], epochs: 1, batch: 50 };
const jobs = (seeds: readonly number[], final?: Job["final"], more: object = {}) =>
	Promise.all(seeds.map((seed) => jobFor({ model: "esmm", source, seed, hyper: { ...hyper, ...more }, final })));
const quiet = () => {};

/** A worker in this process, with what it said, and its end. */
function startWork(url: string, store = folder()) {
	const stop = new AbortController();
	const said: string[] = [];
	const say = (line: string) => void said.push(line);
	const worked = work({ url, workers: 2, store, say, signal: stop.signal });
	const end = (): Promise<Worked> => {
		stop.abort();
		return worked;
	};
	return { said, end, store };
}

const backends: Record<string, () => Promise<{ url: string; stop(): Promise<void> } | undefined>> = {
	Redis: async () => ((await findRedis()) ? startRedis({ port: await freePort(), folder: folder() }) : undefined),
	PostgreSQL: async () => {
		const bin = findPostgres();
		return bin ? startPostgres(bin, folder(), await freePort()) : undefined;
	},
};

describe.each(Object.keys(backends))("a queue on %s", (name) => {
	let server: Awaited<ReturnType<(typeof backends)[string]>>;
	let url = "";
	beforeAll(async () => {
		server = await backends[name]();
		if (server) url = server.url;
		else process.stdout.write(`no ${name} here: queues on it are NOT tested\n`);
	});
	afterAll(async () => server?.stop());

	it("brings results and predictions to two drivers, and each run is done once", async () => {
		if (!server) return;
		const [one, two] = [openStore(folder()), openStore(folder())];
		const runners = [
			await queueRunner(url, { store: one, say: quiet }),
			await queueRunner(url, { store: two, say: quiet }),
		];
		const list = [...(await jobs([1, 2])), ...(await jobs([3], { by: "a test" }))];
		const events: JobEvent[] = [];
		const on = (event: JobEvent) => void events.push(event);
		const both = Promise.all([one, two].map((store, i) => runJobs(list, { store, runner: runners[i], on })));
		const worker = startWork(url);
		for (const { done, failed } of await both) expect([done, failed]).toEqual([3, 0]);
		for (const runner of runners) await runner.close();
		expect(await worker.end()).toEqual({ done: 3, failed: 0, returned: 0 });
		expect(events.some(({ kind, training }) => kind === "step" && training?.steps)).toBe(true);
		for (const { hash } of list) expect(one.get(hash)).toEqual(two.get(hash));
		expect(one.get(list[0].hash)?.engine.threads).toBe(1);
		const { rows } = await readPredictions(two, list[2].hash, "test");
		expect(rows.length).toBe(two.get(list[2].hash)?.data.rows.test);
	});

	it("tells why a run failed, and tries it again when it is asked for again", async () => {
		if (!server) return;
		const store = openStore(folder());
		const [job] = await jobs([4]);
		const wrong = { ...job, run: { ...job.run, data: "other" } };
		const worker = startWork(url);
		for (const [given, reason] of [
			[wrong, /^the worker's simulator makes other data of preset tiny \(fingerprint \w+, the sweep has other\)/],
			[job, undefined],
		] as const) {
			const runner = await queueRunner(url, { store, say: quiet });
			const { reasons, done } = await runJobs([given], { store, runner });
			await runner.close();
			if (reason) expect(reasons.get(job.hash)).toMatch(reason);
			expect(done).toBe(reason ? 0 : 1);
		}
		expect(await worker.end()).toEqual({ done: 1, failed: 1, returned: 0 });
	});

	it("gives back runs of other versions, and says which side is older", async () => {
		if (!server) return;
		const store = openStore(folder());
		const lines: string[] = [];
		const stop = new AbortController();
		const runner = await queueRunner(url, {
			store,
			say: (line) => {
				lines.push(line);
				stop.abort();
			},
		});
		const [job] = await jobs([5]);
		const newer = { ...job, hash: `${job.hash.slice(1)}0`, run: { ...job.run, engineVersion: 1000 } };
		const worker = startWork(url);
		await expect(runJobs([newer], { store, runner, signal: stop.signal })).rejects.toThrow(Interrupted);
		await runner.close();
		expect(await isQueued(url, newer.hash), "a driver that is stopped takes its runs away").toBe(false);
		expect((await worker.end()).returned).toBe(1);
		expect(lines).toEqual([
			expect.stringMatching(
				/^a worker refuses runs: the engine has version \d+ on the worker and 1000 in the sweep: the worker's code is older/,
			),
		]);
	});

	it("a worker that is stopped gives its run back with its checkpoint, and another driver's result is that of a calm run", async () => {
		if (!server) return;
		const [store, calm] = [openStore(folder()), openStore(folder())];
		const [job] = await jobs([6], undefined, { epochs: 12, patience: 12, batch: 20 });
		const first = startWork(url);
		const runner = await queueRunner(url, { store, say: quiet });
		let stopped: Promise<Worked> | undefined;
		const on = ({ kind }: JobEvent) => {
			if (kind === "step") stopped ??= first.end();
		};
		const going = runJobs([job], { store, runner, on });
		while (!stopped) await new Promise((next) => setTimeout(next, 20));
		expect(await stopped).toEqual({ done: 0, failed: 0, returned: 1 });
		expect(existsSync(openStore(first.store).checkpoint(job.hash))).toBe(true);
		const second = startWork(url, first.store);
		expect((await going).done).toBe(1);
		await runner.close();
		await second.end();
		expect(second.said.some((line) => line.startsWith("done: esmm seed 6"))).toBe(true);
		await forget(url);
		const other = startWork(url);
		const again = await queueRunner(url, { store: calm, say: quiet });
		await runJobs([job], { store: calm, runner: again });
		await again.close();
		await other.end();
		const [a, b] = [store, calm].map((of) => timeless(of.get(job.hash) as never));
		expect(a).toEqual(b);
	});

	it("what the queue has lost is queued anew", async () => {
		if (!server) return;
		const store = openStore(folder());
		const runner = await queueRunner(url, { store, say: quiet });
		const list = await jobs([7, 8]);
		const going = runJobs(list, { store, runner });
		await new Promise((next) => setTimeout(next, 700));
		await forget(url);
		const worker = startWork(url);
		expect((await going).done).toBe(2);
		await runner.close();
		expect((await worker.end()).done).toBe(2);
	}, 60_000);
});

it("a PostgreSQL that crashes in the middle of a sweep and starts again costs no run", async () => {
	const bin = findPostgres();
	if (!bin) {
		process.stdout.write("no PostgreSQL here: it was NOT crashed\n");
		return;
	}
	const server = await startPostgres(bin, folder(), await freePort());
	const store = openStore(folder());
	const worker = startWork(server.url);
	const runner = await queueRunner(server.url, { store, say: quiet });
	const list = await jobs([1, 2, 3, 4, 5, 6]);
	let crash: Promise<void> | undefined;
	const on = ({ kind }: JobEvent) => {
		if (kind === "done") crash ??= server.crash();
	};
	const outcome = await runJobs(list, { store, runner, on });
	await crash;
	expect([outcome.done, outcome.failed]).toEqual([6, 0]);
	await runner.close();
	await worker.end();
	await server.stop();
});

it("a run whose worker was gone ten times in the middle of it has failed", async () => {
	if (!(await findRedis())) {
		process.stdout.write("no redis-server here: runs that kill their workers are NOT tested\n");
		return;
	}
	const server = await startRedis({ port: await freePort(), folder: folder() });
	const [store, [job]] = [openStore(folder()), await jobs([1])];
	const runner = await queueRunner(server.url, { store, say: quiet });
	const going = runJobs([job], { store, runner });
	while (!(await isQueued(server.url, job.hash))) await new Promise((next) => setTimeout(next, 50));
	const connection = { url: server.url, maxRetriesPerRequest: null };
	const queue = openQueue(queueAddress(server.url)) as unknown as { name: string; close(): Promise<void> };
	const gone = new (bullmq().Worker)(queue.name, null, { connection, lockDuration: 100 } as never);
	await gone.getNextJob("gone");
	const redis = await (
		gone.getBackend() as unknown as { client: Promise<Record<string, (...of: unknown[]) => unknown>> }
	).client;
	await redis.hset(`bull:${queue.name}:${job.hash}`, "stc", 9);
	await gone.close(true);
	await queue.close();
	const worker = startWork(server.url);
	const { reasons } = await going;
	expect(reasons.get(job.hash)).toMatch(/^its worker was gone in the middle of it 10 times: it may need more memory/);
	await runner.close();
	await worker.end();
	await server.stop();
});

async function isQueued(url: string, id: string): Promise<boolean> {
	const queue = openQueue(queueAddress(url));
	const found = await queue.getJob(id);
	await queue.close();
	return found !== undefined;
}

/** Removes everything from the queue. */
async function forget(url: string): Promise<void> {
	const queue = openQueue(queueAddress(url)) as unknown as {
		obliterate(options: object): Promise<void>;
		close(): Promise<void>;
	};
	await queue.obliterate({ force: true });
	await queue.close();
}
