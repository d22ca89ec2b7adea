import { createRequire } from "node:module";
import { join } from "node:path";
import { InputError } from "../../core/problem";
import { projectRoot } from "../../core/root";

/** A queue's address. */
export interface QueueAddress {
	kind: "Redis" | "PostgreSQL";
	url: string;
	/** For people, without the password: "Redis at 127.0.0.1:6379". */
	shown: string;
}

const KINDS: Readonly<Record<string, QueueAddress["kind"]>> = {
	"redis:": "Redis",
	"rediss:": "Redis",
	"postgres:": "PostgreSQL",
	"postgresql:": "PostgreSQL",
};

/**
 * Reads a queue's URL.
 *
 * @throws InputError it is none
 */
export function queueAddress(url: string): QueueAddress {
	const parsed = parsedUrl(url);
	const kind = parsed && KINDS[parsed.protocol];
	if (!parsed || !kind)
		throw new InputError(
			`--queue takes a URL as redis://:password@host:6379 ("npm run redis" prints one) or postgres://user:password@host/database`,
		);
	return { kind, url, shown: `${kind} at ${parsed.host || "localhost"}` };
}

function parsedUrl(url: string): URL | undefined {
	try {
		return new URL(url);
	} catch {
		return undefined;
	}
}

/** A package that is loaded when a queue is used. */
export const lazily = <T>(name: string): T => createRequire(join(projectRoot(), "package.json"))(name) as T;

/** The oldest that BullMQ takes: of Redis by its version, of PostgreSQL by its server_version_num. */
const OLDEST = { Redis: 5, PostgreSQL: 130_000 };
/** How long an answer may take (ms). */
const PATIENCE = 5000;

/**
 * Asks whether a queue answers.
 *
 * @throws InputError it cannot be reached, refuses, or is too old
 */
export async function reach(address: QueueAddress): Promise<void> {
	const { kind, shown } = address;
	const version = await (kind === "Redis" ? redisVersion(address.url) : postgresVersion(address.url)).catch(
		(problem: NodeJS.ErrnoException) => {
			const why = (problem.code ?? problem.message).split("\n")[0] || problem.name;
			const start = kind === "Redis" ? 'start one with "npm run redis", or ' : "";
			throw new InputError(`--queue: cannot reach ${shown} (${why}): ${start}check host, port and password`);
		},
	);
	if (!(version >= OLDEST[kind]))
		throw new InputError(`--queue: ${shown} is too old (${version}): BullMQ needs ${kind} ${OLDEST[kind]} or newer`);
}

/** The parts of the clients that are used here. */
interface RedisClient {
	connect(): Promise<void>;
	info(section: string): Promise<string>;
	disconnect(): void;
	on(event: "error", hear: (problem: Error) => void): void;
}
interface PostgresClient {
	connect(): Promise<void>;
	query(sql: string): Promise<{ rows: { server_version_num: string }[] }>;
	end(): Promise<void>;
	on(event: "error", hear: (problem: Error) => void): void;
}

async function redisVersion(url: string): Promise<number> {
	const { Redis } = lazily<{ Redis: new (url: string, options: object) => RedisClient }>("ioredis");
	const once = { lazyConnect: true, retryStrategy: () => null, connectTimeout: PATIENCE, maxRetriesPerRequest: 0 };
	const client = new Redis(url, once);
	let problem: Error | undefined;
	client.on("error", (heard) => {
		problem ??= heard;
	});
	try {
		await client.connect();
		return Number.parseFloat(/redis_version:(\S+)/.exec(await client.info("server"))?.[1] ?? "0");
	} catch (cause) {
		throw problem ?? cause;
	} finally {
		client.disconnect();
	}
}

async function postgresVersion(url: string): Promise<number> {
	const { Client } = lazily<{ Client: new (options: object) => PostgresClient }>("pg");
	const client = new Client({ connectionString: url, connectionTimeoutMillis: PATIENCE });
	client.on("error", () => {});
	try {
		await client.connect();
		return Number((await client.query("SHOW server_version_num")).rows[0].server_version_num);
	} finally {
		await client.end().catch(() => {});
	}
}
