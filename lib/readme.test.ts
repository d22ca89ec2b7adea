import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { projectRoot } from "./core/root";
import { temporaryFolders } from "./data/readers/temporaryFolders";

const folder = temporaryFolders();

it("the model that the README writes trains and is measured", () => {
	const root = projectRoot();
	const [, example] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, "README.md"), "utf8")) ?? [];
	expect(example).toContain("defineModel");
	const [imported] = /^import .*$/m.exec(example) ?? [];
	expect(imported).toContain('from "./lib/index"');
	const code = example
		.replace(/^import .*\n/, "")
		.replace('"demo"', '"tiny"')
		.replace(/^evaluate\(/m, "const metrics = evaluate(");
	const print = `process.stdout.write(JSON.stringify(metrics));`;
	const file = join(folder(), "readme.ts");
	writeFileSync(
		file,
		`${imported?.replace('"./lib/index"', JSON.stringify(join(root, "lib/index")))}\n(async () => {\n${code}\n${print}\n})();\n`,
	);
	const tsx = join(root, "node_modules/tsx/dist/cli.mjs");
	const { status, stdout, stderr } = spawnSync(process.execPath, [tsx, file], { cwd: root, encoding: "utf8" });
	expect(status, stderr).toBe(0);
	const metrics = JSON.parse(stdout);
	expect(metrics["auc(dAction|impression)"].value).toBeGreaterThan(0.5);
	expect(metrics["truth.auc(conversion|click)"].ceiling).toBeGreaterThan(0.5);
});
