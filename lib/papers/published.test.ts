import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../core/root";
import { type Printed, published } from "./published";

describe("published", () => {
	it("percent become fractions: ESMM's Table 2", () => {
		const base = published("ESMM", "Table 2", "BASE", "CVR AUC (clicked)");
		expect(base?.value).toBeCloseTo(0.66, 12);
		expect(base?.std).toBeCloseTo(0.0037, 12);
		expect(published("ESMM", "Table 2", "ESMM", "CTCVR AUC (all impressions)")?.value).toBeCloseTo(0.6532, 12);
	});
	it("percentage points become fractions: ESMM's gains", () => {
		const gain = (section: string, method: string, column: string) =>
			published("ESMM", `Section ${section} text`, method, column)?.value;
		expect(gain("3.2", "ESMM - BASE", "CVR AUC gain")).toBeCloseTo(0.0256, 12);
		expect(gain("3.3", "ESMM - BASE (Product, full data)", "CTCVR AUC gain")).toBeCloseTo(0.0232, 12);
	});
	it("what has no unit, and counts, are as they are printed", () => {
		expect(
			published("ESM2", "Section 4.3.2 text", "tanh-normalised numericals vs discretised", "AUC gain")?.value,
		).toBe(0.004);
		expect(published("ESM2", "Table 1", "offline dataset", "#Click")?.value).toBe(20_637_192);
	});
	it("what is not printed is unknown, not 0", () => {
		expect(published("ESMM", "Table 2", "BASE", "no such column")).toBeNull();
		expect(published("ESMM", "Table 2", "no such method", "CVR AUC (clicked)")).toBeNull();
	});

	const all = JSON.parse(readFileSync(join(projectRoot(), "data/published.json"), "utf8")) as Printed[];
	const found = (p: Printed) => published(p.paper, p.table, p.method, p.column);
	it("a null in the file stays null", () => {
		const unknown = all.filter(({ value }) => value === null);
		expect(unknown.length).toBeGreaterThan(0);
		for (const p of unknown) expect(found(p), `${p.paper} ${p.table} ${p.method} ${p.column}`).toBeNull();
	});
	it("AUCs are fractions, whatever unit the paper prints", () => {
		const aucs = all.filter(({ column, value, unit }) => /AUC/.test(column) && value !== null && unit === "percent");
		expect(aucs.length).toBeGreaterThan(10);
		for (const p of aucs) expect(Math.abs(found(p)?.value ?? 9), JSON.stringify(p)).toBeLessThanOrEqual(1);
	});
});
