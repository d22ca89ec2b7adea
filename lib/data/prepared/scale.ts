import { type DuckDb, duckdb, sqlName } from "../duckdb";
import type { ColumnCoder } from "./codes";

/** Mean and deviation of a number in the training rows; a deviation under 1e-6 counts as 1. */
export interface Scaling {
	mean: number;
	deviation: number;
}

/** The scalings of number columns of `staged`, summed in the order of the rows, so that they are the same on every run. */
export async function scalings(db: DuckDb, names: readonly string[]): Promise<Record<string, Scaling>> {
	if (names.length === 0) return {};
	const sql = `SELECT ${names.map(sqlName).join(", ")} FROM staged WHERE part = 0`;
	const total = async (term: (value: number, column: number) => number) => {
		const sums = new Float64Array(names.length);
		let rows = 0;
		for await (const chunk of db.chunks(sql)) {
			rows += chunk.rowCount;
			for (let column = 0; column < names.length; column++) {
				const { items } = chunk.getColumnVector(column) as unknown as { items: Float64Array };
				for (let i = 0; i < chunk.rowCount; i++) sums[column] += term(items[i], column);
			}
		}
		return sums.map((sum) => sum / rows);
	};
	const means = await total((value) => value);
	const variances = await total((value, column) => (value - means[column]) ** 2);
	return Object.fromEntries(
		names.map((name, column) => {
			const deviation = Math.sqrt(variances[column]);
			return [name, { mean: means[column], deviation: deviation < 1e-6 ? 1 : deviation }];
		}),
	);
}

/** The coder that scales a DOUBLE to a FLOAT: tanh((v − mean) / deviation). */
export function scaleCoder({ mean, deviation }: Scaling): ColumnCoder {
	const { DOUBLE, FLOAT } = duckdb();
	return {
		...{ from: DOUBLE, to: FLOAT },
		encode(values, n, encoded) {
			const { items } = values as unknown as { items: Float64Array };
			const scaled = (encoded as unknown as { items: Float32Array }).items;
			for (let i = 0; i < n; i++) scaled[i] = Math.tanh((items[i] - mean) / deviation);
			encoded.flush();
		},
	};
}
