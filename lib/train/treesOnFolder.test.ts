import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { eventOf, type Prob, pCTR, pCVR, spaceOf } from "../core/prob";
import { stream } from "../core/random";
import { type Dataset, rowsIn } from "../data/dataset";
import { importFiles } from "../data/files/importFiles";
import { parseSchemaFile } from "../data/files/schemaFile";
import { readPrepared } from "../data/prepared/read";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { gbdt } from "../models/gbdt";
import { xgboost } from "../models/xgboost";
import type { Forest } from "../trees/forest";
import { leakOf } from "../trees/leak";
import { trainingMatrix } from "../trees/matrix";
import { groupsOf } from "../trees/order";
import { fit } from "./fit";

const folder = temporaryFolders();
const schema = {
	...{ user: "user", time: "ts", events: { click: "click", conversion: "buy" }, implies: { conversion: "click" } },
	features: { user: { kind: "id" }, item: { kind: "id" }, price: { kind: "number" }, tags: { kind: "ids" } },
	split: { by: "time", valid: 0.1, test: 0.2 },
};
const hyper = { trees: 5, depth: 3, bins: 8 };

/** 1,500 rows of ten days that come in no order of time, about three of a moment. */
function written(): string {
	const random = stream(1, "trees on a folder");
	const rows = Array.from({ length: 1500 }, () => {
		const item = 1 + random.int(30);
		const click = random.uniform() < 0.2 + 0.4 * (item % 2) ? 1 : 0;
		const buy = click && random.uniform() < 0.3 ? 1 : 0;
		const tags = `${1 + random.int(12)}|${1 + random.int(12)}`;
		return [1_614_816_000 + 1728 * random.int(500), 1 + random.int(60), item, random.int(50), tags, click, buy];
	});
	return [["ts", "user", "item", "price", "tags", "click", "buy"], ...rows].map((row) => row.join(",")).join("\n");
}

let data: Dataset;
beforeAll(async () => {
	const [out, file] = [folder(), join(folder(), "log.csv")];
	writeFileSync(file, written());
	const parsed = parseSchemaFile(JSON.stringify(schema), "S.json");
	await importFiles({ files: [file], schema: parsed, out, memory: "300MB", minFrequency: 1 });
	data = await readPrepared(out);
});

describe.each<Prob>([pCTR, pCVR])("trees for P(%s) on a prepared folder that tells the time", (prob) => {
	it("no column of the training matrix knows its own row's label or a later one's", () => {
		const rows = rowsIn(data, data.split.train, spaceOf(prob));
		const labels = Uint8Array.from(rows, (row) => data.events[eventOf(prob)][row]);
		const time = Array.from(rows, (row) => (data.time as Float64Array)[row]);
		expect(new Set(time).size).toBeLessThan(rows.length);
		const groups = groupsOf(data, rows, 1);
		const how = { prior: 0.3, smoothing: 20, bins: hyper.bins };
		const { matrix } = trainingMatrix(data.fields, rows, labels, groups, how);
		// user, item and tags are rates and counts, price is itself.
		expect(matrix.columns).toBe(7);
		for (let column = 0; column < matrix.columns; column++) {
			const made = (given: Uint8Array) => {
				const { values } = trainingMatrix(data.fields, rows, given, groups, how).matrix;
				return Float32Array.from(rows, (_, i) => values[i * matrix.columns + column]);
			};
			expect(leakOf(made, labels, time, 40), `column ${column}`).toBeUndefined();
		}
	});
});

it.each([gbdt, xgboost])("$name counts earlier rows there, without a finding", async (model) => {
	const fitted = await fit(model, { data, seed: 1, hyper });
	expect((fitted.network as Forest).seen).toBe("earlier rows");
	expect(fitted.findings.filter(({ fault }) => fault === "target statistics")).toEqual([]);
	fitted.dispose();
});
