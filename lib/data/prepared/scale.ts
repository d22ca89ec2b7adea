import { type DuckDb, duckdb, sqlName } from "../duckdb";
import { bucketOf, edgesOf, quantileRanks } from "../quantiles";
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

/** Where the quantile buckets of number columns of `staged` begin, as `quantileEdges` has them. */
export async function edgesOfNumbers(db: DuckDb, names: readonly string[]): Promise<Record<string, number[]>> {
	const edges: Record<string, number[]> = {};
	for (const name of names) {
		const value = sqlName(name);
		const there = `FROM staged WHERE part = 0 AND NOT isnan(${value})`;
		const [{ n, smallest }] = await db.rows(`SELECT count(*) AS n, min(${value}) AS smallest ${there}`);
		const ranks = quantileRanks(n as number);
		const found =
			ranks.length === 0
				? []
				: await db.rows(
						`SELECT v FROM (SELECT ${value} AS v, row_number() OVER (ORDER BY ${value}) - 1 AS rank ${there}) WHERE rank IN (${ranks.join(", ")}) ORDER BY rank`,
					);
		edges[name] = edgesOf(
			smallest as number,
			found.map(({ v }) => v as number),
		);
	}
	return edges;
}

/** The coder that turns a DOUBLE into its bucket, an INTEGER. */
export function bucketCoder(edges: readonly number[]): ColumnCoder {
	const { DOUBLE, INTEGER } = duckdb();
	return {
		...{ from: DOUBLE, to: INTEGER },
		encode(values, n, encoded) {
			const { items } = values as unknown as { items: Float64Array };
			const codes = (encoded as unknown as { items: Int32Array }).items;
			for (let i = 0; i < n; i++) codes[i] = bucketOf(edges, items[i]);
			encoded.flush();
		},
	};
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
