import { access, mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { isAlive } from "../../core/alive";
import { InputError } from "../../core/problem";
import { CARD, type Card } from "./card";

/** Where a prepared folder is made, out of sight until it is whole. */
export interface Workplace {
	/** Holds the database, what does not fit into memory, and files that are not finished. */
	folder: string;
	/** Where the finished files go. */
	out: string;
	/** Moves the finished `.parquet` files to `out`, then writes the card: from now on the folder is whole. */
	publish(card: Card): Promise<void>;
	/** Removes everything that was begun. */
	abandon(): Promise<void>;
}

const PREFIX = ".preparing-";
const FILES = ["train.parquet", "valid.parquet", "test.parquet", "common.parquet", "vocabulary.parquet"];

/**
 * Begins the making of a prepared folder. What a killed process left there is removed; nothing is taken over from it.
 *
 * @param inputs files that the work reads: none of them may lie in `out`, where it could be replaced
 * @throws InputError another process is at work there, it holds files that are not a prepared log's, or it cannot be made
 */
export async function beginWork(out: string, inputs: readonly string[] = []): Promise<Workplace> {
	const inside = inputs.find((input) => dirname(resolve(input)) === resolve(out));
	if (inside !== undefined)
		throw new InputError(`--out ${out} holds ${basename(inside)}, which is read: give another folder`);
	await mkdir(out, { recursive: true }).catch((cause: NodeJS.ErrnoException) => refuse(out, cause));
	const names = await readdir(out).catch((cause: NodeJS.ErrnoException) => refuse(out, cause));
	const leftovers = names.filter((name) => name.startsWith(PREFIX));
	// A card, or the leftover of a process that was stopped while it published, says that the files are ours to replace.
	const foreign = FILES.find((name) => names.includes(name));
	if (foreign !== undefined && !names.includes(CARD) && leftovers.length === 0)
		throw new InputError(
			`--out ${out} holds a ${foreign} that is no prepared log's, and would replace it: give another folder`,
		);
	for (const name of leftovers) {
		const pid = Number(name.slice(PREFIX.length));
		if (pid !== process.pid && isAlive(pid))
			throw new InputError(
				`process ${pid} is preparing ${out} already: wait for it, give another --out, or remove ${join(out, name)} if that process does something else`,
			);
		await rm(join(out, name), { recursive: true, force: true });
	}
	const folder = join(out, `${PREFIX}${process.pid}`);
	await mkdir(folder).catch((cause: NodeJS.ErrnoException) => refuse(out, cause));
	const abandon = () => rm(folder, { recursive: true, force: true });
	return {
		folder,
		out,
		async publish(card) {
			await rm(join(out, CARD), { force: true });
			for (const name of FILES) {
				const isMade = await access(join(folder, name)).then(
					() => true,
					() => false,
				);
				if (isMade) await rename(join(folder, name), join(out, name));
				else await rm(join(out, name), { force: true });
			}
			await writeFileAtomic(join(out, CARD), `${JSON.stringify(card, null, "\t")}\n`);
			await abandon();
		},
		abandon,
	};
}

function refuse(out: string, { code }: NodeJS.ErrnoException): never {
	if (code === "ENOSPC") throw new Error(`${out}: the disk is full: make room and give the same command again`);
	if (code === "EEXIST" || code === "ENOTDIR") throw new InputError(`--out ${out} is a file: give a folder`);
	throw new InputError(`--out ${out} cannot be made or read (${code}): give a folder that you may write`);
}
