import { describe, expect, it } from "vitest";
import type { Model } from "../core/model";
import { pCTR, pCVR } from "../core/prob";
import { type Dataset, rowsIn } from "../data/dataset";
import { toyDataset } from "../data/toyDataset";
import { fit } from "../train/fit";
import { base } from "./base";
import { esmm } from "./esmm";

const data = toyDataset();
const clicked = new Set(rowsIn(data, data.split.train, "click"));
/** The same rows, but training rows that were not clicked have other features. */
const changed: Dataset = toyDataset({
	fields: data.fields.map((field) => {
		if (field.kind !== "id") return field;
		const ids = field.ids.slice();
		for (const row of data.split.train) if (!clicked.has(row)) ids[row] = (ids[row] % (field.size - 1)) + 1;
		return { ...field, ids };
	}),
});

async function predictions(model: Model, on: Dataset) {
	const hyper = { embedding: 4, mlp: [16], lr: 0.01, batch: 64, epochs: 2 };
	const fitted = await fit(model, { data: on, seed: 1, hyper });
	// Clicked training rows have the same features in both data sets.
	const columns = fitted.predict(Int32Array.from(clicked));
	fitted.dispose();
	return columns;
}

describe("the rows that pCVR is learnt from", () => {
	it("BASE: clicked rows alone; its CTR network is another one", async () => {
		const [one, other] = [
			await predictions(base as unknown as Model, data),
			await predictions(base as unknown as Model, changed),
		];
		expect(other[pCVR]).toEqual(one[pCVR]);
		expect(other[pCTR]).not.toEqual(one[pCTR]);
	});
	it("ESMM: all impressions", async () => {
		const [one, other] = [
			await predictions(esmm as unknown as Model, data),
			await predictions(esmm as unknown as Model, changed),
		];
		expect(other[pCVR]).not.toEqual(one[pCVR]);
	});
});
