import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../core/root";
import { definitionOf } from "../metrics/definition";
import type { Printed } from "./published";
import { checkPlan, type TablePlan } from "./table/plan";
import { fileOfTable, nameOfTable, papers, tablePlans } from "./tables";

const printed = JSON.parse(readFileSync(join(projectRoot(), "data/published.json"), "utf8")) as (Printed & {
	source: string;
})[];

describe.each(tablePlans.map((plan) => [plan.title, plan] as const))("%s", (_, plan) => {
	it("contradicts itself nowhere, and names metrics that there are", () => {
		expect(() => checkPlan(plan)).not.toThrow();
		expect(papers).toContain(plan.paper);
		for (const { metric } of plan.columns) expect(definitionOf(metric)).toMatch(/\.$/);
	});
});

const clicked = "auc(conversion|click)";
const all = "auc(conversion|impression)";
const gauc = "gauc(conversion|impression;weight=uniform)";

/** Table → printed column → the metric that it names. */
const printedColumns: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	"esmm/2": { "CVR AUC (clicked)": clicked, "CTCVR AUC (all impressions)": all },
	"esm2/3": { "CVR AUC": clicked, "CTCVR AUC": all, "CTCVR GAUC": gauc },
	"esm2/4": {
		"CVR@top0.1% Recall": "recall@0.1%(conversion|click)",
		"CVR@top0.1% Precision": "precision@0.1%(conversion|click)",
		"CVR@top0.1% F1": "f1@0.1%(conversion|click)",
		"CVR@top0.6% Recall": "recall@0.6%(conversion|click)",
		"CVR@top0.6% Precision": "precision@0.6%(conversion|click)",
		"CVR@top0.6% F1": "f1@0.6%(conversion|click)",
		"CVR@top1% Recall": "recall@1%(conversion|click)",
		"CVR@top1% Precision": "precision@1%(conversion|click)",
		"CVR@top1% F1": "f1@1%(conversion|click)",
	},
	"esm2/5": {
		"CTCVR@top0.1% Recall": "recall@0.1%(conversion|impression)",
		"CTCVR@top0.1% Precision": "precision@0.1%(conversion|impression)",
		"CTCVR@top0.1% F1": "f1@0.1%(conversion|impression)",
		"CTCVR@top0.6% Recall": "recall@0.6%(conversion|impression)",
		"CTCVR@top0.6% Precision": "precision@0.6%(conversion|impression)",
		"CTCVR@top0.6% F1": "f1@0.6%(conversion|impression)",
		"CTCVR@top1% Recall": "recall@1%(conversion|impression)",
		"CTCVR@top1% Precision": "precision@1%(conversion|impression)",
		"CTCVR@top1% F1": "f1@1%(conversion|impression)",
	},
	"esm2/6": { "CVR AUC": clicked, "CTCVR AUC": all, "CTCVR GAUC": gauc },
	"hm3/sr-l": { "CVR AUC": clicked, "CTCVR AUC": all },
};

const ofPapers = tablePlans.flatMap((plan) => (plan.published ? [{ ...plan, published: plan.published }] : []));

describe.each(ofPapers.map((plan) => [plan.title, plan] as const))("%s, which a paper prints", (_, plan) => {
	it("has the rows and columns that data/published.json prints, no more and no fewer; of a table that others tell of, at least those", () => {
		const { paper, table } = plan.published ?? {};
		const there = printed.filter((one) => one.paper === paper && one.table === table);
		expect(there.length > 0).toBe(plan.published !== undefined);
		const [labels, columns] = [plan.methods.map(({ label }) => label), plan.columns.map(({ column }) => column)];
		const rows = there.filter(({ method }) => !method.includes(" - "));
		const [theirs, names] = [rows.map(({ method }) => method), rows.map(({ column }) => column)].map((of) => [
			...new Set(of),
		]);
		if (there.some(({ source }) => source !== "secondary")) expect([labels, columns]).toEqual([theirs, names]);
		expect(labels).toEqual(expect.arrayContaining(theirs));
		expect(columns).toEqual(expect.arrayContaining(names));
	});
	it("has in each column the metric that the printed name says, of the test part", () => {
		const metrics = Object.fromEntries(plan.columns.map(({ column, metric }) => [column, metric]));
		expect(metrics).toEqual(printedColumns[nameOfTable(plan)]);
		for (const { part = "test" } of plan.columns) expect(part).toBe("test");
	});
});

it("every table that a paper prints is written out here, column by column", () => {
	expect(ofPapers.map(nameOfTable)).toEqual(Object.keys(printedColumns));
});

describe("tables by name", () => {
	it("are named as commands and files name them", () => {
		const named = (paper: string, table: string) => [nameOfTable({ paper, table }), fileOfTable({ paper, table })];
		expect(named("esmm", "Table 2")).toEqual(["esmm/2", "esmm-table-2"]);
		expect(named("esm2", "Figure 6")).toEqual(["esm2/figure-6", "esm2-figure-6"]);
		expect(named("metacvr", "Table II")).toEqual(["metacvr/ii", "metacvr-table-ii"]);
		expect(new Set(tablePlans.map(nameOfTable)).size).toBe(tablePlans.length);
	});
	it("a plan that contradicts itself is refused", () => {
		const [plan] = tablePlans;
		const wrong = (more: Partial<TablePlan>) => () => checkPlan({ ...plan, ...more });
		expect(wrong({ methods: [...plan.methods, plan.methods[0]] })).toThrow('ESMM, Table 2: "BASE" is there twice');
		expect(wrong({ baseline: "BASIS" })).toThrow('unknown baseline of ESMM, Table 2 "BASIS": did you mean "BASE"?');
		expect(wrong({ methods: [{ label: "BASE", model: "base", against: "ESM" }] })).toThrow('"ESM"');
	});
});
