import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../core/root";
import { tf } from "../tensor/native";
import { arquero, danfo, frame } from "./frames";
import { toyDataset } from "./toyDataset";
import { toyLog } from "./toyLog";

const data = (table: object) => (table as { data(): Record<string, unknown> }).data();

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

describe("frame of a log and of a data set", () => {
	it("holds the very arrays, lists as views, and gives records back for a table", () => {
		const values = Int32Array.of(7, 8, 9);
		const click = Uint8Array.of(0, 1);
		const log = { ...toyLog(), rows: 2, columns: { click, tags: { offsets: Int32Array.of(0, 1, 3), values } } };
		const table = frame(log);
		expect(data(table).click).toBe(click);
		values[2] = 90;
		expect(table.get("tags", 1)).toEqual(Int32Array.of(8, 90));
		const toy = toyDataset();
		const columns = data(frame(toy));
		expect(columns.click).toBe(toy.events.click);
		expect(columns.number).toBe((toy.fields[2] as { values: Float32Array }).values);
		expect(frame({ click }).objects()).toEqual([{ click: 0 }, { click: 1 }]);
		expect(() => frame({ click, b: new Int32Array(5) })).toThrow('column "b" has 5 rows, column "click" has 2');
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
