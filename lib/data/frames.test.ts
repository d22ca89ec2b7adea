import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../core/root";
import { tf } from "../tensor/native";
import { arquero, danfo, frame } from "./frames";

describe("frame", () => {
	it("makes an arquero table of records and of typed columns, these without a copy", () => {
		const records = frame([
			{ model: "base", auc: 0.6 },
			{ model: "esmm", auc: 0.7 },
			{ model: "esmm", auc: 0.8 },
		]);
		const { op } = arquero();
		expect(
			records
				.groupby("model")
				.rollup({ auc: op.mean("auc") })
				.objects(),
		).toEqual([
			{ model: "base", auc: 0.6 },
			{ model: "esmm", auc: 0.75 },
		]);
		const click = Uint8Array.of(0, 1, 1);
		const columns = frame({ click });
		click[0] = 1;
		expect(columns.get("click", 0)).toBe(1);
	});
});

describe("danfo", () => {
	it("runs on the project's one TensorFlow", () => {
		const dfd = danfo();
		const frame = new dfd.DataFrame({ auc: [0.6, 0.8], model: ["base", "esmm"] });
		expect(frame.column("auc").mean()).toBeCloseTo(0.7, 12);
		const require = createRequire(`${projectRoot()}/package.json`);
		expect(dfd.tensorflow).toBe(require("@tensorflow/tfjs-node-gpu"));
		expect(tf.getBackend()).toBe("tensorflow");
	});
});
