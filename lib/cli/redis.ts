import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { InputError } from "../core/problem";
import { projectRoot } from "../core/root";
import { startRedis } from "../experiment/queue/redisServer";
import { command, wholeNumber } from "./command";

command<{ port: number; dir?: string }>(
	"redis",
	"Starts a Redis for sweeps over several processes or machines, and prints its URL. Ctrl-C ends it; what is in it is kept.",
	(c) =>
		c
			.option("--port <n>", "where it listens", wholeNumber("--port", 1), 6379)
			.option("--dir <dir>", "folder for its files (default data/redis)"),
	async ({ port, dir }, signal) => {
		if (port > 65_535) throw new InputError(`--port must be at most 65535, not ${port}`);
		const folder = resolve(dir ?? join(projectRoot(), "data/redis"));
		const server = await startRedis({ port, folder });
		const { url, version, pid } = server;
		const urlElsewhere = server.urlFor(hostname());
		const stop = () => void server.stop();
		if (signal.aborted) stop();
		signal.addEventListener("abort", stop, { once: true });
		server.ended.then((why) => {
			if (why === "") return;
			process.stderr.write(`Redis has ended by itself: ${why}\n`);
			process.exitCode = 1;
		});
		return {
			json: { url, urlElsewhere, version, pid, folder },
			text: [
				`Redis ${version} runs; its files are in ${folder}. Ctrl-C ends it.`,
				`on this machine:   npm run worker -- --queue ${url}`,
				`on other machines: npm run worker -- --queue ${urlElsewhere}`,
			].join("\n"),
		};
	},
);
