import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { InputError } from "../../core/problem";
import { projectRoot } from "../../core/root";
import { checkWritable } from "../../data/writable";

/** A Redis that is running. */
export interface RedisServer {
	/** Where it is reached from this machine, its password included. */
	url: string;
	/** The same for another host name of this machine. */
	urlFor(host: string): string;
	version: string;
	pid: number;
	/** Resolves once it has ended: "" after `stop`, else what it said last. */
	ended: Promise<string>;
	/** Ends it; everything is on the disk then. */
	stop(): Promise<void>;
}

/** The redis-server to be used: the machine's own, or the one that the set-up brought; undefined where there is none. */
export async function findRedis(): Promise<{ file: string; version: string } | undefined> {
	const find = [join(projectRoot(), "lib/setup/redis.mjs")];
	const { stdout } = await promisify(execFile)(process.execPath, find);
	return JSON.parse(stdout) ?? undefined;
}

/**
 * Starts a Redis for sweeps over several processes or machines: everything is written to an append-only file, at most a second late.
 * It listens on every address of the machine, with a password that lies in the folder.
 *
 * @throws InputError there is no redis-server, a folder that cannot be made, or a port that is taken
 */
export async function startRedis({ port, folder }: { port: number; folder: string }): Promise<RedisServer> {
	const found = await findRedis();
	if (!found)
		throw new InputError(
			'there is no redis-server: "npm run setup" brings one on Linux (x86-64, glibc); elsewhere install Redis 6.2 or newer',
		);
	const password = passwordIn(folder);
	const settings = {
		port,
		dir: JSON.stringify(folder),
		requirepass: password,
		appendonly: "yes",
		appendfsync: "everysec",
		save: '""',
		"maxmemory-policy": "noeviction",
	};
	// Of a group of its own: Ctrl-C reaches it through `stop` alone. Its settings, the password among them, are on no command line.
	const child = spawn(found.file, ["-"], { stdio: ["pipe", "pipe", "pipe"], detached: true });
	const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
	child.stdin?.end(`${lines.join("\n")}\n`);
	const { ended, said } = watch(child);
	let stopped = false;
	const ready = said((line) => /Ready to accept connections/.test(line));
	const why = await Promise.race([ready, ended]);
	if (why !== undefined)
		throw new InputError(
			/in use|listening on port/i.test(why)
				? `port ${port} is taken by another program: give another with --port`
				: `redis-server does not start in ${folder}: ${why}`,
		);
	const urlFor = (host: string) => `redis://:${password}@${host}:${port}`;
	return {
		url: urlFor("127.0.0.1"),
		urlFor,
		version: found.version,
		pid: child.pid as number,
		ended: ended.then((last) => (stopped ? "" : last)),
		async stop() {
			stopped = true;
			child.kill("SIGTERM");
			await ended;
		},
	};
}

/** Made at the first start and kept, so that the URL stays. */
function passwordIn(folder: string): string {
	const file = join(folder, "password");
	checkWritable(
		folder,
		(why) => `Redis cannot keep its files in ${folder} (${why}): give a --dir that can be written to`,
	);
	try {
		mkdirSync(folder, { recursive: true });
		if (!existsSync(file)) writeFileSync(file, randomBytes(16).toString("hex"), { mode: 0o600 });
		return readFileSync(file, "utf8").trim();
	} catch (problem) {
		throw new InputError(`Redis cannot keep its files in ${folder} (${(problem as NodeJS.ErrnoException).code})`);
	}
}

/** What a process says: when it has ended, with its last lines; and when a line comes. */
function watch(child: ChildProcess) {
	let last = "";
	const hearers: ((line: string) => void)[] = [];
	const hear = (piece: Buffer) => {
		for (const line of piece.toString().split("\n").filter(Boolean)) {
			if (/#|error|bind|fatal/i.test(line)) last = line.replace(/^\d+:\w+ .*? [#*] /, "");
			for (const hearer of hearers) hearer(line);
		}
	};
	child.stdout?.on("data", hear);
	child.stderr?.on("data", hear);
	const ended = new Promise<string>((resolve) => {
		child.on("error", (problem) => resolve(problem.message));
		child.on("close", (code, signal) => resolve(last || `it ended with ${signal ?? code}`));
	});
	const said = (wanted: (line: string) => boolean) =>
		new Promise<undefined>((resolve) => {
			hearers.push((line) => wanted(line) && resolve(undefined));
		});
	return { ended, said };
}
