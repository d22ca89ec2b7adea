import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

interface SourceFile {
	fileName: string;
	text: string;
}
type Write = (name: string, text: string) => void;
interface Builder {
	emit(file: SourceFile, write: Write): unknown;
}
interface Host {
	afterProgramCreate(builder: Builder): void;
}
interface Compiler {
	createWatchProgram(host: Host): void;
	getPreEmitDiagnosticsOfFiles(program: unknown, files: SourceFile[]): { file: SourceFile }[];
	transpileModule(js: string): { outputText: string };
}
const { remembering } = createRequire(join(__dirname, "compiled.cjs"))("./compiled.cjs") as {
	remembering(typescript: object, root: string): Compiler;
};

let root: string;
let done: string[];
beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), "compiled-"));
	writeFileSync(join(root, "package-lock.json"), "{}");
	mkdirSync(join(root, "node_modules"));
	done = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const cell: SourceFile = { fileName: "/cell.ts", text: "a" };
const lib = (text = "one", name = "a"): SourceFile => ({ fileName: join(root, `lib/${name}.ts`), text });
const cache = () => join(root, "node_modules/.cache/notebook-kernel");

/** Compiles a cell and the files of lib that it imports as a kernel that was just started does: what was done, and what came out. */
async function kernel(files: SourceFile[]) {
	done = [];
	const written: string[] = [];
	let builder: Builder | undefined;
	const compiler = remembering(
		{
			version: "5",
			createWatchProgram: (host: Host) =>
				host.afterProgramCreate({
					emit(file, write) {
						done.push(`emit ${file.text}`);
						write(`${file.fileName}.js`, `js ${file.text}`);
						write(`${file.fileName}.d.ts`, `types ${file.text}`);
					},
				}),
			getPreEmitDiagnosticsOfFiles(_: unknown, given: SourceFile[]) {
				for (const { text } of given) done.push(`check ${text}`);
				return given.filter(({ text }) => text === "wrong").map((file) => ({ file }));
			},
			transpileModule(js: string) {
				done.push(`transpile ${js}`);
				return { outputText: `cjs ${js}` };
			},
		},
		root,
	);
	compiler.createWatchProgram({
		afterProgramCreate: (made) => {
			builder = made;
		},
	});
	const found = () => compiler.getPreEmitDiagnosticsOfFiles({}, [cell, ...files]).length;
	const errors = found();
	const again = found();
	if (errors === 0)
		for (const file of [cell, ...files])
			builder?.emit(file, (name, text) => {
				if (name.endsWith(".js")) written.push(name, compiler.transpileModule(text).outputText);
			});
	await new Promise(setImmediate);
	return { done, written, errors, again };
}

test("the second kernel checks and compiles the cell alone, and gives the same", async () => {
	const first = await kernel([lib(), lib("two", "b")]);
	expect(first.done).toContain("check one");
	const second = await kernel([lib(), lib("two", "b")]);
	expect(second.written).toEqual(first.written);
	expect(second.done).toEqual(["check a", "check a", "emit a", "transpile js a"]);
});

test("once a file is edited, all of them are checked and compiled again", async () => {
	await kernel([lib(), lib("two", "b")]);
	const { done, written } = await kernel([lib("new"), lib("two", "b")]);
	expect(done).toEqual(expect.arrayContaining(["check new", "check two", "emit new", "emit two"]));
	expect(written).toContain("cjs js new");
});

test("another version of a package is another state", async () => {
	await kernel([lib()]);
	writeFileSync(join(root, "package-lock.json"), '{"version":2}');
	expect((await kernel([lib()])).done).toContain("check one");
});

test("an error in lib is told by every kernel, and for every cell", async () => {
	for (let i = 0; i < 2; i++) expect(await kernel([lib("wrong")])).toMatchObject({ errors: 1, again: 1 });
	expect((await kernel([lib("right")])).errors).toBe(0);
});

test("a file that was cut short is made anew, and only the newest states are kept", async () => {
	await kernel([lib()]);
	const [file] = readdirSync(cache());
	writeFileSync(join(cache(), file), '[["x');
	expect((await kernel([lib()])).done).toContain("check one");
	expect((await kernel([lib()])).done).not.toContain("check one");
	for (let i = 0; i < 9; i++) await kernel([lib(`text ${i}`)]);
	expect(readdirSync(cache())).toHaveLength(6);
	expect((await kernel([lib("text 8")])).done).not.toContain("check text 8");
});
