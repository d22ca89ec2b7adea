import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stream } from "../../core/random";

/** What to write: rows a policy, items of the campaign, and the seed. */
export interface WriteOpenBandit {
	rows: number;
	items: number;
	seed: number;
}

/**
 * Writes random_men.csv and bts_men.csv with their item contexts in the exact format of the Open Bandit Dataset, of a made-up
 * shop: each item has a click rate, one policy shows all items alike, the other the better ones more often (its propensities
 * are what it draws from). For trying the reader without the data.
 *
 * @returns the items' true mean click rate, which is the random policy's
 */
export async function writeOpenBandit(folder: string, { rows, items, seed }: WriteOpenBandit): Promise<number> {
	const world = stream(seed, "items");
	const rates = Array.from({ length: items }, () => 0.02 + 0.1 * world.uniform());
	const softmax = rates.map((rate) => Math.exp(rate * 15));
	const total = softmax.reduce((sum, one) => sum + one, 0);
	const hash = (text: string) => Buffer.from(text.padEnd(16, "_")).toString("hex");
	const affinities = rates.map((_, item) => `user-item_affinity_${item}`);
	const header = [
		...["", "timestamp", "item_id", "position", "click", "propensity_score"],
		...["user_feature_0", "user_feature_1", "user_feature_2", "user_feature_3"],
		...affinities,
	];
	for (const policy of ["random", "bts"] as const) {
		const random = stream(seed, policy);
		const chances = rates.map((_, item) => (policy === "random" ? 1 / items : softmax[item] / total));
		const lines = [header.join(",")];
		for (let row = 0; row < rows; row++) {
			let [item, left] = [0, random.uniform()];
			while (item < items - 1 && left >= chances[item]) left -= chances[item++];
			const time = new Date(Date.UTC(2019, 10, 24) + Math.floor((row / rows) * 6 * 86_400_000));
			const click = random.uniform() < rates[item] ? 1 : 0;
			lines.push(
				[
					row,
					`${time.toISOString().replace("T", " ").replace("Z", "")}000+00:00`,
					...[item, 1 + random.int(3), click, chances[item]],
					...[3, 4, 5, 6].map((n, at) => hash(`user ${at} ${random.int(n)}`)),
					...affinities.map((_, i) => (i === item ? `${(item + 1).toFixed(1)}` : "0.0")),
				].join(","),
			);
		}
		await writeFile(join(folder, `${policy}_men.csv`), `${lines.join("\n")}\n`);
		const context = rates.map((_, item) =>
			[item, item, (item / 7 - 1).toFixed(6), ...[3, 4, 5].map((n) => hash(`${policy} ${item % n}`))].join(","),
		);
		const names = ["", "item_id", "item_feature_0", "item_feature_1", "item_feature_2", "item_feature_3"];
		await writeFile(join(folder, `${policy}_men_item_context.csv`), `${[names.join(","), ...context].join("\n")}\n`);
	}
	return rates.reduce((sum, rate) => sum + rate, 0) / items;
}
