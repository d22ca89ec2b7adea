import type { Dataset } from "../../data/dataset";
import type { Job } from "../job";
import { knownFingerprint, load, preparedFolder, type Source } from "../source";
import { findShared, share } from "./sharedFolder";

/**
 * The data set of a job on a worker's machine, by its fingerprint: simulated here; out of the shared place; or from where the
 * sweep has it, if that is the same on this machine.
 *
 * @throws Error it is nowhere, or another simulator's
 */
export async function findData({ run, source }: Job, shared?: string, signal?: AbortSignal): Promise<Dataset> {
	const wanted = run.data;
	if (source.source === "simulator") {
		const here = await knownFingerprint(source);
		if (here !== wanted)
			throw new Error(
				`the worker's simulator makes other data of preset ${source.preset} (fingerprint ${here}, the sweep has ${wanted}): bring both to the same code`,
			);
		return load(source, { signal });
	}
	const folder = shared === undefined ? undefined : await findShared(shared, wanted);
	if (folder !== undefined) return load({ source: "folder", folder }, { signal });
	const known = await knownFingerprint(source).catch(() => undefined);
	if (known === wanted) return load(source, { signal });
	const place = source.source === "folder" ? source.folder : source.raw;
	const other = known === undefined ? "" : `, where other data lie (fingerprint ${known})`;
	throw new Error(
		`the data with fingerprint ${wanted} are not on the worker's machine: not ${shared === undefined ? "in a shared place (it has no --shared)" : `in ${shared}`}, and not in ${place}${other}. Give sweep and worker the same folder with --shared`,
	);
}

/** Puts a source's prepared folder where workers find it; nothing for simulated data, which they make themselves. */
export async function shareData(source: Source, shared: string): Promise<void> {
	if (source.source === "simulator") return;
	const folder = await preparedFolder(source);
	if (folder !== undefined) await share(folder, shared);
}
