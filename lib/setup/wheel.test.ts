import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { PROJECT } from "./scratchProject";

interface At {
	root: string;
	python: string;
	scratch: string;
}
interface Step {
	problem(at: At): string | undefined;
	make(at: At, how: { say(line: string): void; note(): void }): Promise<void>;
}
const folder = temporaryFolders();
const here = `${process.platform}-${process.arch}`;
let wheels: string;
let sha256: string;
let wheelStep: (spec: object) => Step;

/** A wheel that holds one program, in a folder where pip finds it. */
beforeAll(async () => {
	({ wheelStep } = (await import(join(__dirname, "wheel.mjs"))) as { wheelStep: typeof wheelStep });
	wheels = folder();
	const content = folder();
	const files = {
		"tool/run": "#!/bin/sh\necho it runs\n",
		"more/besides": "besides\n",
		"tool-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: tool\nVersion: 1.0\n",
		"tool-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
		"tool-1.0.dist-info/RECORD": "",
	};
	for (const [name, text] of Object.entries(files)) {
		mkdirSync(join(content, name, ".."), { recursive: true });
		writeFileSync(join(content, name), text);
	}
	const wheel = join(wheels, "tool-1.0-py3-none-any.whl");
	const python = join(PROJECT, ".venv/bin/python");
	execFileSync(python, ["-m", "zipfile", "-c", wheel, ...readdirSync(content).map((name) => join(content, name))]);
	sha256 = createHash("sha256").update(readFileSync(wheel)).digest("hex");
	Object.assign(process.env, { PIP_NO_INDEX: "1", PIP_FIND_LINKS: wheels });
});

function stepIn(root: string, given: object = {}, hash = sha256) {
	const pins = join(root, "pins.txt");
	writeFileSync(pins, `tool==1.0 --hash=sha256:${hash}\n`);
	const at = { root, python: join(PROJECT, ".venv/bin/python"), scratch: join(root, "scratch") };
	const lines: string[] = [];
	const step = wheelStep({
		title: "Tool",
		folder: () => join(root, "tool"),
		pins: () => pins,
		platforms: { [here]: "any" },
		file: "tool/run",
		check: async (_: At, file: string) => {
			if (execFileSync(file, { encoding: "utf8" }) !== "it runs\n") throw new Error("Tool: it does not run");
		},
		without: "nothing needs it",
		...given,
	});
	return {
		lines,
		problem: () => step.problem(at),
		make: () => step.make(at, { say: (line) => lines.push(line), note: () => {} }),
	};
}

it("takes a program out of a wheel, and makes it anew when it is damaged or its pin changed", async () => {
	const root = folder();
	const step = stepIn(root);
	expect(step.problem()).toBe("not there");
	await step.make();
	expect([step.problem(), step.lines]).toEqual([undefined, []]);
	const program = join(root, "tool/run");
	expect(execFileSync(program, { encoding: "utf8" })).toBe("it runs\n");
	expect(readdirSync(join(root, "tool")).sort()).toEqual(["run", "stamp.json"]);
	writeFileSync(program, "#!/bin/sh\n");
	expect(step.problem()).toBe("its file changed");
	await step.make();
	expect(step.problem()).toBeUndefined();
	writeFileSync(join(root, "pins.txt"), `# another\n${readFileSync(join(root, "pins.txt"), "utf8")}`);
	expect(step.problem()).toBe("the pins changed");
});

it("a wheel with another hash is not used: one line, and the set-up goes on for a day", async () => {
	const root = folder();
	const step = stepIn(root, {}, "0".repeat(64));
	await step.make();
	expect(step.lines).toHaveLength(1);
	expect(step.lines[0]).toMatch(/^Tool: a downloaded file does not have the pinned hash.*nothing needs it$/);
	expect([step.problem(), readdirSync(join(root, "tool"))]).toEqual([undefined, ["stamp.json"]]);
	const stamp = join(root, "tool/stamp.json");
	const { failed, ...rest } = JSON.parse(readFileSync(stamp, "utf8"));
	writeFileSync(stamp, JSON.stringify({ ...rest, failed: failed - 86_500_000 }));
	expect(step.problem()).toBe("not downloaded yet");
});

it("no registry, a program that does not run, another machine: one line each, and set-up goes on", async () => {
	const check = async () => {
		throw new Error("Tool: it does not run");
	};
	for (const [given, line] of [
		[{ check }, /^Tool: it does not run; set-up goes on without it: nothing needs it$/],
		[{ platforms: {} }, new RegExp(`^Tool: there is none for ${here}; nothing needs it$`)],
	] as const) {
		const step = stepIn(folder(), given);
		await step.make();
		expect(step.lines).toHaveLength(1);
		expect(step.lines[0]).toMatch(line);
		expect(step.problem()).toBeUndefined();
	}
	const root = folder();
	const step = stepIn(root);
	process.env.PIP_FIND_LINKS = folder();
	await step.make();
	process.env.PIP_FIND_LINKS = wheels;
	expect(step.lines).toEqual([
		"Tool: the package registry cannot be reached; connect to the network (or set the proxy); set-up goes on without it: nothing needs it",
	]);
	expect(step.problem()).toBeUndefined();
	rmSync(join(root, "tool"), { recursive: true });
	expect(stepIn(root, { had: () => true }).problem()).toBeUndefined();
});

it("takes several files, and finds any of them damaged", async () => {
	const root = folder();
	const step = stepIn(root, { platforms: { [here]: ["other", "any"] }, file: ["tool/run", "more/besides"] });
	await step.make();
	expect(readdirSync(join(root, "tool")).sort()).toEqual(["besides", "run", "stamp.json"]);
	expect(step.problem()).toBeUndefined();
	writeFileSync(join(root, "tool", "besides"), "damaged");
	expect(step.problem()).toBe("its file changed");
});
