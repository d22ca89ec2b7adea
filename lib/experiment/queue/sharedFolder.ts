import { existsSync } from "node:fs";
import { copyFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../core/problem";
import { projectRoot } from "../../core/root";
import { type DuckDb, openDuckDb, sqlText } from "../../data/duckdb";
import { readCard } from "../../data/prepared/card";
import { writeWholeFolder } from "../../data/wholeFolder";
import { checkWritable } from "../../data/writable";
import { underLease } from "../lease";
import { sumOfFile } from "../predictions";

/** Name of the list of a shared log's files; it is written last. */
export const LIST = "shared.json";

/** The files of a prepared folder in a shared one. */
interface Listed {
	/** Of the data set. */
	fingerprint: string;
	/** File name → SHA-256. */
	files: Record<string, string>;
}

/** Whether a shared place is reached through DuckDB's httpfs, and can only be read. */
export const isRemote = (shared: string): boolean => /^(?:s3|https?):\/\//i.test(shared);

/**
 * Puts a prepared folder into a shared one, as FINGERPRINT/, unless it is there: its files and a list of their hashes.
 *
 * @throws InputError a shared place that cannot be written to
 */
export async function share(folder: string, shared: string): Promise<void> {
	const { fingerprint } = await readCard(folder);
	if (isRemote(shared)) return;
	const to = join(shared, fingerprint);
	if (existsSync(join(to, LIST))) return;
	checkWritable(
		shared,
		(why) => `data cannot be put into --shared ${shared} (${why}): give a folder that can be written to`,
	);
	await underLease(`${to}.lease`, async () => {
		if (existsSync(join(to, LIST))) return;
		await writeWholeFolder(to, async (half) => {
			const names = (await readdir(folder)).filter((name) => /\.(?:parquet|json)$/.test(name)).sort();
			const files: Listed["files"] = {};
			for (const name of names) {
				await copyFile(join(folder, name), join(half, name));
				files[name] = await sumOfFile(join(half, name));
			}
			await writeFile(join(half, LIST), JSON.stringify({ fingerprint, files } satisfies Listed, null, "\t"));
		});
	});
}

/** Folders whose files this process has compared with their list. */
const compared = new Set<string>();

/**
 * The prepared folder of a data set out of a shared place: itself where that is a folder, or its copy in the cache (data/cache; the variable
 * CACHE names another) where it is fetched by s3:// or http(s)://. Each file's hash is compared.
 *
 * @returns undefined where the data set is not there
 * @throws InputError files that are not what their list says; a place that cannot be reached
 */
export async function findShared(shared: string, fingerprint: string): Promise<string | undefined> {
	if (isRemote(shared)) return fetchShared(`${shared.replace(/\/+$/, "")}/${fingerprint}`, fingerprint);
	const folder = join(shared, fingerprint);
	if (!existsSync(join(folder, LIST))) return undefined;
	if (compared.has(folder)) return folder;
	await compare(folder, JSON.parse(await readFile(join(folder, LIST), "utf8")), folder);
	compared.add(folder);
	return folder;
}

async function compare(folder: string, { files }: Listed, from: string): Promise<void> {
	for (const [name, hash] of Object.entries(files)) {
		const path = join(folder, name);
		if (!existsSync(path)) throw new InputError(`${from}/${name} is missing: remove ${from} and share it again`);
		if ((await sumOfFile(path)) !== hash)
			throw new InputError(`${from}/${name} has not the hash that ${LIST} says: remove ${from} and share it again`);
	}
}

/** Files come as they are, one after another, each of at most 4 GB, and wait in memory while they come. */
async function fetchShared(from: string, fingerprint: string): Promise<string | undefined> {
	const cache = process.env.CACHE ?? join(projectRoot(), "data/cache");
	const folder = join(cache, `shared-${fingerprint.slice(0, 16)}`);
	if (existsSync(join(folder, LIST))) return folder;
	const db = await openDuckDb({ threads: 1 });
	try {
		const list = await listAt(db, from);
		if (!list) return undefined;
		if (list.fingerprint !== fingerprint)
			throw new InputError(`${from}/${LIST} is of other data (${list.fingerprint}): share it again`);
		await underLease(`${folder}.lease`, async () => {
			if (existsSync(join(folder, LIST))) return;
			await writeWholeFolder(folder, async (half) => {
				for (const name of Object.keys(list.files))
					await db.run(
						`COPY (SELECT content FROM read_blob(${sqlText(`${from}/${name}`)})) TO ${sqlText(join(half, name))} (FORMAT blob)`,
					);
				await compare(half, list, from);
				await writeFile(join(half, LIST), JSON.stringify(list));
			});
		});
		return folder;
	} finally {
		db.close();
	}
}

async function listAt(db: DuckDb, from: string): Promise<Listed | undefined> {
	const query = `SELECT decode(content) AS list FROM read_blob(${sqlText(`${from}/${LIST}`)})`;
	try {
		const [row] = await db.rows(query);
		return row && (JSON.parse(row.list as string) as Listed);
	} catch (problem) {
		const { message } = problem as Error;
		if (/\b404\b|No files found/i.test(message)) return undefined;
		throw problem instanceof InputError
			? problem
			: new InputError(`--shared: ${from} cannot be read: ${message.split("\n")[0]}`);
	}
}
