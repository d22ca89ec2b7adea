import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { InputError } from "../core/problem";
import { projectRoot } from "../core/root";

/** Whether a query names a file of another machine. */
export const namesRemoteFile = (sql: string): boolean => /['"](?:s3|https?):\/\//i.test(sql);

/** Where the set-up puts DuckDB's extension for s3:// and http(s):// paths. */
const extension = () => join(projectRoot(), ".venv/httpfs/httpfs.duckdb_extension");

/**
 * Lets a connection read s3:// and http(s):// paths, with the extension that the set-up brought: nothing is downloaded. For s3:// the
 * usual variables say who asks and where: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION or
 * AWS_DEFAULT_REGION, and AWS_ENDPOINT_URL for a store that is not Amazon's.
 *
 * @param file of the extension, for tests
 * @throws InputError the extension is not there, or does not fit DuckDB; AWS_ENDPOINT_URL is no URL
 */
export async function loadHttpfs(connection: DuckDBConnection, file = extension()): Promise<void> {
	if (!existsSync(file))
		throw new InputError(
			`s3:// and http(s):// paths need DuckDB's httpfs, which this machine's set-up could not bring (${file}): "npm run setup" tells why; or copy the files here`,
		);
	await connection.run(`LOAD ${text(file)}`).catch((problem: Error) => {
		throw new InputError(`DuckDB's httpfs cannot be loaded (${problem.message.split("\n")[0]}): run "npm run setup"`);
	});
	const secret = s3Secret(process.env);
	if (secret) await connection.run(secret);
}

/** The statement that tells DuckDB the key and the place of an object store; undefined where the variables name none. */
export function s3Secret(env: NodeJS.ProcessEnv): string | undefined {
	const { AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = env;
	const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
	const endpoint = env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL;
	const place = endpoint === undefined ? {} : placeOf(endpoint);
	const told = { KEY_ID: key, SECRET: secret, SESSION_TOKEN: token, REGION: region, ...place };
	const given = Object.entries(told).flatMap(([name, value]) =>
		value === undefined ? [] : [`${name} ${text(value)}`],
	);
	return given.length === 0 ? undefined : `CREATE OR REPLACE SECRET s3 (TYPE s3, ${given.join(", ")})`;
}

function placeOf(endpoint: string): Record<string, string> {
	try {
		const { protocol, host } = new URL(endpoint);
		if (host && /^https?:$/.test(protocol))
			return { ENDPOINT: host, USE_SSL: String(protocol === "https:"), URL_STYLE: "path" };
	} catch {
		// said below
	}
	throw new InputError(`AWS_ENDPOINT_URL must be a URL as http://minio:9000, not "${endpoint}"`);
}

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
