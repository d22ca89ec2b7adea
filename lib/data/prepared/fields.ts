import { type DuckDb, sqlName } from "../duckdb";
import { inGroup } from "../encode";
import { bucketsOf } from "../quantiles";
import { type CardField, USER } from "./card";
import { type ColumnCoder, codeCoder } from "./codes";
import { bucketCoder, edgesOfNumbers, type Scaling, scaleCoder, scalings } from "./scale";
import { isThere, type Staged, type StagedFeature } from "./staged";

/** What the features of a staged log become, and how each is encoded. The table `vocabulary` must be there. */
export async function makeFields(
	db: DuckDb,
	staged: Staged,
	types: Readonly<Record<string, string>>,
): Promise<{ fields: CardField[]; coders: Map<string, ColumnCoder> }> {
	const features = Object.entries(staged.features);
	const numbers = (inBuckets: boolean) =>
		features
			.filter(([, { kind, quantiles = false }]) => kind === "number" && quantiles === inBuckets)
			.map(([name]) => name);
	const scaled: Record<string, Scaling> = await scalings(db, numbers(false));
	const edges = await edgesOfNumbers(db, numbers(true));
	const sizes = await db.rows("SELECT field, count(*) AS n FROM vocabulary GROUP BY field");
	const fields: CardField[] = [];
	const coders = new Map<string, ColumnCoder>();
	const fieldOf = (name: string, { kind, of, weights = false, quantiles }: StagedFeature): CardField => {
		if (quantiles) return { name, kind: "id", size: bucketsOf(edges[name]), edges: edges[name] };
		if (kind === "number") return { name, kind, ...scaled[name] };
		const size = 1 + ((sizes.find(({ field }) => field === name)?.n as number) ?? 0);
		return kind === "id" ? { name, kind, size } : { name, kind, size, of, weights };
	};
	for (const [name, feature] of features) {
		const { kind, quantiles } = feature;
		const coder = quantiles
			? bucketCoder(edges[name])
			: kind === "number"
				? scaleCoder(scaled[name])
				: await codeCoder(db, name, types[name]);
		coders.set(name, coder);
		fields.push(inGroup(fieldOf(name, feature), feature));
	}
	return { fields, coders };
}

/** Numbers the users 1, 2, … in the order of their ids: how many there are, and the coder. */
export async function numberUsers(
	db: DuckDb,
	user: string,
	types: Readonly<Record<string, string>>,
): Promise<{ count: number; coder: ColumnCoder }> {
	const id = sqlName(user);
	await db.run(`INSERT INTO vocabulary
		SELECT '${USER}', CAST(id AS VARCHAR), n, row_number() OVER (ORDER BY id) AS code
		FROM (SELECT ${id} AS id, count(*) AS n FROM staged WHERE ${isThere(id, types[user])} GROUP BY 1)
		ORDER BY code`);
	const [{ n }] = await db.rows(`SELECT count(*) AS n FROM vocabulary WHERE field = '${USER}'`);
	return { count: n as number, coder: await codeCoder(db, USER, types[user]) };
}
