import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { projectRoot } from "../../core/root";

const load = createRequire(`${projectRoot()}/package.json`);
const { expandShorthand } = load("./lib/setup/kernel/shorthand.cjs");
const expand = (code: string): string => expandShorthand(load("@tslab/typescript-for-tslab"), code);

it.each([
	["fit(model, { data, seed: 1 })", "fit(model, { data: data, seed: 1 })"],
	["const o = { a, b: { c } };", "const o = { a: a, b: { c: c } };"],
	["({ a } = o);", "({ a: a } = o);"],
	["({ a = 1 } = o);", "({ a = 1 } = o);"],
	["const { a, b = 2 } = o; f((x) => ({ x }));", "const { a, b = 2 } = o; f((x) => ({ x: x }));"],
	["const s = '{ a }' + f({ a }); // { a }", "const s = '{ a }' + f({ a: a }); // { a }"],
	["const broken = { a,", "const broken = { a: a,"],
])("%s", (code, expanded) => {
	expect(expand(code)).toBe(expanded);
});
