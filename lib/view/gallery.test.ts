import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { gallery } from "./gallery";

const folder = temporaryFolders();

it("shows picture, findings and files of what is there, and leaves out what is not", () => {
	const at = folder();
	for (const name of ["a.svg", "a.pdf", "b.md"]) writeFileSync(join(at, name), "");
	const text = gallery(at, "Written by a program.", [
		{ file: "a", title: "A", about: "on a log", findings: ["ESMM by +0.01 [+0.00, +0.02]", "two"] },
		{ file: "b", title: "B", findings: [] },
		{ file: "c", title: "C", findings: ["never"] },
	]);
	expect(text).toBe(
		[
			...["# Figures and tables", "Written by a program.", "## A", "![A](a.svg)", "on a log"],
			"- ESMM by +0.01 \\[+0.00, +0.02\\]\n- two",
			...["[svg](a.svg) · [pdf](a.pdf)", "## B", "[md](b.md)\n"],
		].join("\n\n"),
	);
});
