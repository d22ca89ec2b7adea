import { join } from "node:path";
import { expect, test } from "vitest";

type Answer = { command: string; version: string; executable: string; ensurepip: boolean };
type Found = { version?: string; executable?: string; problem?: string };
const { nodeProblem, pythonProblem, findPython } = (await import(join(__dirname, "versions.mjs"))) as {
	nodeProblem(version: string): string | undefined;
	pythonProblem(version: string, ensurepip?: boolean): string | undefined;
	findPython(named: string | undefined, ask: (command: string) => Answer | undefined): Found;
};

/** A machine on which these commands answer with these versions. */
function machine(answers: Record<string, string>, withoutVenv: string[] = []) {
	return (command: string): Answer | undefined => {
		const version = answers[command];
		const executable = `/usr/bin/${command}`;
		return version ? { command, version, executable, ensurepip: !withoutVenv.includes(command) } : undefined;
	};
}

test.each(["14.21.3", "16.20.2", "18.20.8", "20.18.3", "nonsense"])("Node %s is refused in one line", (version) => {
	expect(nodeProblem(version)).toMatch(/^Node \S+ is too old: install Node 20\.19 or newer.*$/);
});

test.each(["20.19.0", "20.20.2", "22.0.0", "24.21.0"])("Node %s is taken", (version) => {
	expect(nodeProblem(version)).toBeUndefined();
});

test("Python 3.10 and newer is taken, older is not, nor one without venv", () => {
	for (const version of ["3.10.0", "3.13.0rc1", "3.14.2", "4.0.0"]) expect(pythonProblem(version)).toBeUndefined();
	for (const version of ["2.7.18", "3.9.18"]) expect(pythonProblem(version)).toContain("3.10 or newer is needed");
	expect(pythonProblem("3.11.2", false)).toContain("python3-venv");
});

test("the first Python that is new enough is used, whatever stands before it", () => {
	const ask = machine({ python3: "3.8.18", "python3.12": "3.12.1", "python3.10": "3.10.13" });
	expect(findPython(undefined, ask)).toMatchObject({ version: "3.12.1", executable: "/usr/bin/python3.12" });
});

test("the one named by PYTHON is used, and no other takes its place", () => {
	const ask = machine({ python3: "3.12.1", old: "3.8.18" });
	expect(findPython("python3", ask).version).toBe("3.12.1");
	expect(findPython("old", ask).problem).toMatch(/Python 3\.8\.18 is too old.*PYTHON/);
	expect(findPython("absent", ask).problem).toMatch(/PYTHON=absent does not run/);
});

test("without a usable Python one line says what was found and what to do", () => {
	expect(findPython(undefined, machine({})).problem).toMatch(/^no Python found: install Python 3\.10 or newer.*$/);
	const old = findPython(undefined, machine({ python3: "3.6.15" }));
	expect(old.problem).toMatch(/^Python 3\.6\.15 is too old.*install Python 3\.10 or newer.*$/);
	const bare = findPython(undefined, machine({ python3: "3.11.2" }, ["python3"]));
	expect(bare.problem).toContain("apt-get install python3-venv");
});
