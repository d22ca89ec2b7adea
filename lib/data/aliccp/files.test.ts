import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InputError } from "../../core/problem";
import { temporaryFolders } from "../readers/temporaryFolders";
import { collectAliCcp } from "./collect";
import { aliCcpProtocol } from "./protocol";
import { writeAliCcp } from "./writer";

const folder = temporaryFolders();

const failure = (promise: Promise<unknown>): Promise<Error> =>
	promise.then(
		() => new Error("it did not fail"),
		(error: Error) => error,
	);

describe("files that are not Ali-CCP's", () => {
	const clean = folder;
	const broken = async (change: (at: string) => void): Promise<Error> => {
		const at = clean();
		await writeAliCcp(at, { rows: 60, testRows: 20, seed: 1 });
		change(at);
		return failure(collectAliCcp(at));
	};
	const rewrite = (name: string, change: (text: string) => string) => (at: string) =>
		writeFileSync(join(at, name), change(readFileSync(join(at, name), "latin1")), "latin1");
	const skeleton = "sample_skeleton_train.csv";
	const common = "common_features_train.csv";

	it.each<[string, (at: string) => void, RegExp]>([
		["no folder", (at) => rmSync(at, { recursive: true }), /^no folder .*: give the folder/],
		["no train skeleton", (at) => rmSync(join(at, skeleton)), /^sample_skeleton_train\.csv is not in .*: put/],
		["no common file", (at) => rmSync(join(at, common)), /^common_features_train\.csv is not in /],
		[
			"no test common file",
			(at) => rmSync(join(at, "common_features_test.csv")),
			/^common_features_test\.csv is not in/,
		],
		["no test skeleton", (at) => rmSync(join(at, "sample_skeleton_test.csv")), /^sample_skeleton_test\.csv is not in/],
		[
			"packed files",
			(at) => {
				rmSync(join(at, skeleton));
				writeFileSync(join(at, "sample_train.tar.gz"), "");
			},
			/sample_train\.tar\.gz is: unpack it/,
		],
		[
			"another name",
			(at) => cpSync(join(at, skeleton), join(at, "sample_skeleton_valid.csv")),
			/sample_skeleton_valid\.csv is neither train nor test: name it sample_skeleton_train/,
		],
		[
			"a folder of that name",
			(at) => {
				rmSync(join(at, common));
				mkdirSync(join(at, common));
			},
			/common_features_train\.csv cannot be read \(EISDIR\)/,
		],
		["empty skeleton", rewrite(skeleton, () => ""), /sample_skeleton_train\.csv is empty/],
		["empty common file", rewrite(common, () => ""), /common_features_train\.csv is empty/],
		["tabs", rewrite(skeleton, (text) => text.replaceAll(",", "\t")), /_train\.csv:1 wrong number.*separated by tabs/],
		["semicolons", rewrite(common, (text) => text.replaceAll(",", ";")), /:1 wrong number.*separated by semicolons/],
		[
			"lost marks",
			rewrite(skeleton, (t) => t.replaceAll("\x01", " ").replaceAll("\x02", " ")),
			/:1 malformed element; all 60 .*no 0x02/,
		],
		[
			"a header",
			rewrite(skeleton, (text) => `sample_id,click,conversion,md5,num,list\n${text}`),
			/:1 is a header line/,
		],
		[
			"a header in common",
			rewrite(common, (text) => `common_feature_index,feature_num,list\n${text}`),
			/:1 is a header/,
		],
		["gzip bytes", rewrite(skeleton, () => "\x1f\x8b\x08\0\0\n\0"), /is gzip: unpack it/],
		["UTF-16", rewrite(skeleton, (text) => Buffer.from(text, "utf16le").toString("latin1")), /NUL bytes/],
		["one endless line", rewrite(skeleton, () => "1,".repeat(3 << 20)), /:1 line longer than 1 MiB; its only line is/],
		[
			"other common file",
			rewrite(common, (text) => text.replace(/^/gm, "f")),
			/none of its 60 rows.*unknown md5\)\. Does/,
		],
		[
			"no usable test row, for a reason that train has too",
			(at) => {
				rewrite(skeleton, (text) => `${text}70,0,0,0,0,\n`)(at);
				rewrite("sample_skeleton_test.csv", () => "1,0,0,0,0,\n")(at);
			},
			/sample_skeleton_test\.csv: none of its 1 rows can be used \(first: sample_skeleton_test\.csv:1 unknown md5/,
		],
	])("%s", async (_, change, message) => {
		const error = await broken(change);
		expect(error.message).toMatch(message);
		expect(error).toBeInstanceOf(InputError);
		expect(error.message).not.toContain("\n");
	});

	it("are given up after 1000 malformed lines", async () => {
		const error = await broken(rewrite(skeleton, () => "a b c\n".repeat(5000)));
		expect(error.message).toMatch(/all 1000 lines read are unusable/);
	});

	it("refuse a protocol they do not know", () => {
		expect(() => aliCcpProtocol("esmn")).toThrow(/unknown protocol "esmn": did you mean "esmm"/);
		expect(() => aliCcpProtocol("esmn")).toThrow(InputError);
	});

	it("refuse more faults than there are rows", async () => {
		const error = await failure(writeAliCcp(folder(), { rows: 5, seed: 1, faults: { nul: 5 } }));
		expect(error).toBeInstanceOf(InputError);
	});
});
