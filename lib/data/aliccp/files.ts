import { stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../core/problem";
import { listFolder, unreadable } from "../readers/folder";

/** The two files of one part of Ali-CCP, by name inside the folder. */
export interface AliCcpPart {
	skeleton: string;
	common: string;
}

/**
 * The raw files in a folder: the train part, then the test part where there is one, and their bytes together.
 *
 * @throws InputError a file is missing, still packed, or named otherwise; the line says what to do
 */
export async function findAliCcp(folder: string): Promise<{ parts: AliCcpPart[]; bytes: number }> {
	const names = await listFolder(folder);
	for (const name of names)
		if (/^(sample_skeleton|common_features)_.*\.csv$/.test(name) && !/_(train|test)\.csv$/.test(name))
			throw new InputError(
				`${join(folder, name)} is neither train nor test: name it ${name.split("_", 2).join("_")}_train.csv or _test.csv, or move it away`,
			);
	const need = (name: string): string => {
		if (names.includes(name)) return name;
		const packed = names.find((other) => /\.(gz|tgz|zip|7z)$/.test(other));
		throw new InputError(
			packed
				? `${name} is not in ${folder}, but ${packed} is: unpack it there first (tar xzf, gunzip or unzip)`
				: `${name} is not in ${folder}: put Ali-CCP's raw files there (Tianchi data set 408; registration needed)`,
		);
	};
	const part = (which: string): AliCcpPart => ({
		skeleton: need(`sample_skeleton_${which}.csv`),
		common: need(`common_features_${which}.csv`),
	});
	const parts = [part("train")];
	if (names.some((name) => /^(sample_skeleton|common_features)_test\.csv$/.test(name))) parts.push(part("test"));
	let bytes = 0;
	for (const name of parts.flatMap((files) => [files.skeleton, files.common]))
		bytes += (await stat(join(folder, name)).catch((cause) => unreadable(join(folder, name), cause))).size;
	return { parts, bytes };
}

/** The first lines of a file may all be bad this often before reading on is pointless: the file is of another format. */
const HOPELESS = 1000;

/**
 * Watches whether a file is Ali-CCP's at all, so that one of another format ends with one error and not with millions
 * of dropped rows (after 1000 malformed lines with no good one among them, or at the end of the file).
 */
export function formatGuard(path: string, shape: string) {
	let good = 0;
	let bad = 0;
	let firstLine = "";
	let firstFault = "";
	const refuse = (): never => {
		const count = bad === 1 ? "its only line is" : `all ${bad} lines read are`;
		throw new InputError(
			`${path}:1 ${firstFault}; ${count} unusable. ${guess(firstLine)}A line must read ${shape}, with 0x01, 0x02 and 0x03 inside the list`,
		);
	};
	return {
		/** A line of the right form, kept or not. */
		good: () => {
			good++;
		},
		/** A malformed line. */
		bad(fault: string, line: number, bytes: Uint8Array, start: number, end: number): void {
			if (line === 1) {
				firstFault = fault;
				firstLine = Buffer.from(bytes.subarray(start, Math.min(end, start + 300))).toString("latin1");
				if (isHeader(firstLine))
					throw new InputError(`${path}:1 is a header line: Ali-CCP's raw files have none. Remove the line`);
			}
			bad++;
			if (good === 0 && bad >= HOPELESS) refuse();
		},
		/** The end of the file: `kept` rows of it are in the log. */
		end(lines: number): void {
			if (lines === 0) throw new InputError(`${path} is empty: download or unpack it again`);
			if (good === 0) refuse();
		},
	};
}

const isHeader = (line: string): boolean => /^"?[A-Za-z_]{2,}[\w ()"]*([,;\t|]"?[A-Za-z_][\w ()"]*){2,}$/.test(line);

function guess(line: string): string {
	if (line.startsWith("\x1f\x8b")) return "It is gzip: unpack it. ";
	if (line.startsWith("PK\x03\x04")) return "It is a zip archive: unpack it. ";
	if (line.includes("\0")) return "It holds NUL bytes (UTF-16, or a binary file?): download or unpack it again. ";
	for (const [separator, name] of [
		["\t", "tabs"],
		[";", "semicolons"],
		["|", "bars"],
	])
		if (line.split(separator).length >= 3 && line.split(",").length < 3) return `It is separated by ${name}. `;
	if (!line.includes("\x02")) return "It has no 0x02 bytes: were they lost in a conversion? ";
	return "";
}
