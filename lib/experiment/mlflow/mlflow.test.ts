import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { temporaryFolders } from "../../data/readers/temporaryFolders";
import { evaluate } from "../../metrics/evaluate";
import { type Job, jobFor } from "../job";
import type { RunResult } from "../result";
import { inProcess, runJobs } from "../runJobs";
import { openStore } from "../store";
import { epochsHeard } from "./epochsHeard";
import { mlflow } from "./mlflow";
import { mlflowName } from "./name";

const folder = temporaryFolders();

interface Tracked {
	info: { run_id: string; experiment_id: string; status: string; run_name: string };
	tags: Record<string, string>;
	params: Record<string, string>;
	metrics: { key: string; value: number; step: number }[];
}
type Body = Record<string, unknown> & { key: string; value: string }[];

/** As much of an MLflow server as is spoken with, as strict as the real one in what it takes. */
function fakeMlflow() {
	const [experiments, runs, calls] = [new Map<string, string>(), [] as Tracked[], [] as string[]];
	const NAME = /^[\w\-. :/]+$/;
	const refuse = (code: string, status = 400) => ({
		status,
		body: { error_code: code, message: `${code}: said the server` },
	});
	const of = (id: unknown) => runs.find(({ info }) => info.run_id === id) as Tracked;
	const does: Record<
		string,
		(body: Record<string, never>, query: URLSearchParams) => { status: number; body: object }
	> = {
		"experiments/get-by-name": (_, query) => {
			const id = experiments.get(query.get("experiment_name") as string);
			return id ? { status: 200, body: { experiment: { experiment_id: id } } } : refuse("RESOURCE_DOES_NOT_EXIST", 404);
		},
		"experiments/create": ({ name }) => {
			if (experiments.has(name)) return refuse("RESOURCE_ALREADY_EXISTS");
			experiments.set(name, String(experiments.size + 1));
			return { status: 200, body: { experiment_id: experiments.get(name) } };
		},
		"runs/search": ({ filter }) => {
			const hash = /^tags\.run = '(\w+)'$/.exec(filter)?.[1];
			return { status: 200, body: { runs: runs.filter(({ tags }) => tags.run === hash) } };
		},
		"runs/create": ({ experiment_id, run_name, tags, start_time }) => {
			if (!Number.isInteger(start_time)) return refuse("INVALID_PARAMETER_VALUE");
			const info = { run_id: `r${runs.length}`, experiment_id, status: "RUNNING", run_name };
			const named = Object.fromEntries((tags as unknown as Body).map(({ key, value }) => [key, value]));
			runs.push({ info, tags: named, params: {}, metrics: [] });
			return { status: 200, body: { run: { info } } };
		},
		"runs/log-batch": ({ run_id, metrics = [] as never, params = [] as never }) => {
			for (const metric of metrics as unknown as Tracked["metrics"]) {
				if (!NAME.test(metric.key) || typeof metric.value !== "number") return refuse("INVALID_PARAMETER_VALUE");
				of(run_id).metrics.push(metric);
			}
			for (const { key, value } of params as unknown as Body) of(run_id).params[key] = value;
			return { status: 200, body: {} };
		},
		"runs/update": ({ run_id, status }) => {
			of(run_id).info.status = status;
			return { status: 200, body: { run_info: of(run_id).info } };
		},
	};
	const server = createServer((request, response) => {
		let text = "";
		request.on("data", (piece) => {
			text += piece;
		});
		request.on("end", () => {
			const { pathname, searchParams } = new URL(request.url as string, "http://here");
			const path = pathname.replace("/api/2.0/mlflow/", "");
			calls.push(path);
			const { status, body } = does[path](text ? JSON.parse(text) : {}, searchParams);
			response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
		});
	});
	return { server, runs, calls, experiments };
}

const opened: Server[] = [];
async function listening(server: Server): Promise<string> {
	opened.push(server);
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
afterEach(() => {
	for (const server of opened.splice(0)) {
		server.closeAllConnections();
		server.close();
	}
	vi.restoreAllMocks();
});

const hyper = { embedding: 2, mlp: [4], epochs: 2, patience: 9 };
const source = { source: "simulator", preset: "tiny", rows: 4000, logSeed: 1 } as const;
const store = openStore(folder());
let job: Job;
let result: RunResult;
beforeAll(async () => {
	job = await jobFor({ model: "esmm", source, seed: 1, hyper });
});

describe("MLflow", () => {
	it("hears jobs: one MLflow run a run, its hash, hyperparameters, epochs and final metrics; again, nothing twice", async () => {
		const { server, runs, calls, experiments } = fakeMlflow();
		const url = await listening(server);
		const tracking = mlflow(url, { experiment: "CVR & co" });
		const seen: number[] = [];
		const outcome = await runJobs([job], {
			...{ store, runner: inProcess(store) },
			on: (event) => {
				tracking.job(event);
				if (event.training?.step === event.training?.steps && event.training) seen.push(event.training.update);
			},
		});
		await tracking.close();
		result = outcome.results.get(job.hash) as RunResult;
		expect([...experiments.keys()]).toEqual(["CVR & co"]);
		expect(runs).toHaveLength(1);
		const [{ info, tags, params, metrics }] = runs;
		expect(info).toMatchObject({ status: "FINISHED", run_name: "esmm seed 1" });
		expect(tags).toEqual({ run: job.hash });
		expect(params).toMatchObject({ model: "esmm", seed: "1", share: "1", mlp: "[4]", epochs: "2", data: job.run.data });
		const losses = metrics.filter(({ key }) => key === "epoch loss");
		expect(losses.map(({ step }) => step)).toEqual(seen);
		expect(losses).toHaveLength(2);
		const of = (name: string) => metrics.find(({ key }) => key === name)?.value;
		expect(of("valid/auc click given impression")).toBe(result.metrics["auc(click|impression)"].value);
		const known = Object.values(result.metrics).filter(({ value }) => value !== null);
		expect(metrics.filter(({ key }) => key.startsWith("valid/"))).toHaveLength(known.length);

		const again = mlflow(url, { experiment: "CVR & co" });
		await runJobs([job], { store, runner: inProcess(store), on: again.job });
		await again.close();
		expect(runs).toHaveLength(1);
		expect(runs[0].metrics).toEqual(metrics);

		// The test part is opened later, here by a runner that tells of its runs: its metrics, and nothing that was told.
		const runner = mlflow(url, { experiment: "CVR & co" }).runner(inProcess(store));
		const before = metrics.length;
		const { results } = await runJobs([{ ...job, final: { by: "a test" } }], { store, runner });
		await runner.close();
		const test = Object.entries(results.get(job.hash)?.test ?? {}).filter(([, { value }]) => value !== null);
		expect(runs).toHaveLength(1);
		const added = runs[0].metrics.slice(before).map(({ key }) => key);
		expect(added).toEqual([...test.map(([name]) => mlflowName(`test/${name}`)), "samplesPerSecond", "epochs"]);
		expect(calls.filter((path) => path === "runs/create")).toHaveLength(1);
	});
	it("hears one training: each epoch's validation too, and one that is stopped and goes on is one MLflow run", async () => {
		const { server, runs } = fakeMlflow();
		const url = await listening(server);
		const event = { stage: 1, stages: 1, epoch: 1, epochs: 2, steps: 2, lr: 0.1, rate: 9 };
		const record = { stage: 1, epoch: 1, loss: 0.4, choose: "auc(click|impression)", value: 0.6 };
		const first = mlflow(url, { experiment: "e" });
		const hear = first.training(job.hash, job.run);
		hear({ ...event, step: 1, update: 1, rows: 30, loss: 0.5 });
		hear({ ...event, step: 2, update: 2, rows: 40, loss: 0.1 });
		hear.epoch(record);
		hear.end(false);
		await first.close();
		expect(runs[0].info.status).toBe("KILLED");
		const logged = runs[0].metrics.map(({ key, value, step }) => [key, value, step]);
		expect(logged).toEqual([
			["epoch loss", (30 * 0.5 + 10 * 0.1) / 40, 2],
			["learning rate", 0.1, 2],
			["samples per second", 9, 2],
			["validation auc click given impression", 0.6, 2],
		]);
		const second = mlflow(url, { experiment: "e" });
		second.training(job.hash, job.run)({ ...event, step: 2, update: 4, rows: 40, loss: 0.2 });
		second.done(job.hash, job.run, result);
		await second.close();
		expect(runs).toHaveLength(1);
		expect(runs[0].info.status).toBe("FINISHED");
	});
	it("a server that is away is said once, and the jobs do not notice", async () => {
		const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
		const { server } = fakeMlflow();
		const url = await listening(server);
		server.close();
		server.closeAllConnections();
		const tracking = mlflow(url, { experiment: "e" });
		const fresh = openStore(folder());
		const jobs = await Promise.all([2, 3].map((seed) => jobFor({ model: "esmm", source, seed, hyper })));
		expect(await runJobs(jobs, { store: fresh, runner: inProcess(fresh), on: tracking.job })).toMatchObject({
			done: 2,
		});
		await tracking.close();
		const lines = said.mock.calls.map(([line]) => String(line)).filter((line) => line.includes("MLflow"));
		expect(lines).toEqual([`MLflow at ${url}: ECONNREFUSED; nothing more is sent there, results are in the store\n`]);
	});
	it("one that does not answer, and one that answers with an error, are said once", async () => {
		const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
		const silent = await listening(createServer(() => {}));
		const begun = performance.now();
		const tracking = mlflow(silent, { experiment: "e" });
		for (const seed of [1, 2, 3]) tracking.done(`${seed}`, job.run, result);
		expect(performance.now() - begun).toBeLessThan(1000);
		await tracking.close();
		expect(performance.now() - begun).toBeLessThan(8000);
		const page = await listening(createServer((_, response) => response.writeHead(502, "Bad Gateway").end("<html>")));
		const other = mlflow(page, { experiment: "e" });
		for (const seed of [1, 2, 3]) other.done(`${seed}`, job.run, result);
		await other.close();
		expect(said.mock.calls.map(([line]) => String(line).split("; ")[0])).toEqual([
			`MLflow at ${silent}: no answer in 5 s`,
			`MLflow at ${page}: experiments/get-by-name: it answers 502 Bad Gateway`,
		]);
	}, 20_000);
	it("a text that is no address is refused", () => {
		for (const url of ["localhost:5000", "ftp://host", "http://", "http:// x"])
			expect(() => mlflow(url), url).toThrow(
				`--mlflow takes a server's address, as http://localhost:5000, not "${url}"`,
			);
	});
});

it("epochs are told from the steps that are heard, the last of an epoch among them or not", () => {
	const step = (epoch: number, step: number, loss: number, stage = 1) => ({
		...{
			stage,
			stages: 2,
			epoch,
			epochs: 2,
			step,
			steps: 3,
			update: 10 * epoch + step,
			rows: 100 * step,
			loss,
			lr: 1,
			rate: 1,
		},
	});
	const { hear, rest } = epochsHeard();
	const heard = [step(1, 1, 0.9), step(1, 3, 0.6), step(2, 2, 0.5), step(1, 1, 0.3, 2)].map((event) =>
		hear(event).map(({ loss, last }) => [loss, last.update]),
	);
	expect(heard).toEqual([[], [[expect.closeTo((100 * 0.9 + 200 * 0.6) / 300, 12), 13]], [], [[0.5, 22]]]);
	expect(rest().map(({ loss }) => loss)).toEqual([0.3]);
	expect(rest()).toEqual([]);
});

it("names of metrics are made of what MLflow takes, and stay different", () => {
	const n = 400;
	const column = (f: (i: number) => number) => Float32Array.from({ length: n }, (_, i) => f(i));
	const scores = {
		"conversion|click": column((i) => (i % 97) / 97),
		"conversion|impression": column((i) => (i % 89) / 89),
	};
	const events = {
		click: new Uint8Array(n).map((_, i) => +(i % 2 === 0)),
		conversion: new Uint8Array(n).map((_, i) => +(i % 8 === 0)),
	};
	const truth = { ...scores, "conversion|do(click)": scores["conversion|click"] };
	const names = Object.keys(evaluate(scores, { events, truth, user: new Int32Array(n).map((_, i) => i % 9) }));
	expect(names.length).toBeGreaterThan(40);
	for (const name of names) expect(mlflowName(name)).toMatch(/^[\w\-. :/]+$/);
	expect(new Set(names.map(mlflowName)).size).toBe(names.length);
	expect(mlflowName("precision@0.1%(click|impression)")).toBe("precision at 0.1 percent click given impression");
});
