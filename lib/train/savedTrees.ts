import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../core/problem";
import { grown, type TreeHyper, type TreeModel } from "../core/trees";
import type { Dataset } from "../data/dataset";
import { sha256OfFile } from "../data/files/importFiles";
import type { Loaded, Stored } from "../tensor/safetensors";
import { type Boosted, type Forest, libraryOf } from "../trees/forest";
import type { Rates } from "../trees/targetStatistics";
import { MODEL, type ModelFile, type TreesFile, WEIGHTS } from "./modelFile";

/** Target statistics by code as arrays of a safetensors file: "ctr/item/rate", "ctr/item/count", … */
export const statisticsOf = ({ model, boosted }: Forest): Stored[] =>
	boosted.flatMap(({ prob, rates }) =>
		[...rates].flatMap(([field, { rate, count }]) =>
			Object.entries({ rate, count }).map(([kind, values]) => ({
				name: `${towerOf(model, prob)}/${field}/${kind}`,
				shape: [values.length],
				read: () => values,
			})),
		),
	);

/** The libraries' own model files by name. */
export const filesOf = ({ model, boosted }: Forest): Map<string, Buffer> =>
	new Map(boosted.map(({ prob, booster }) => [fileOf(model, prob), booster.bytes()]));

/** What model.json says of trees. */
export const treesFileOf = ({ model, seen, boosted }: Forest, sha256: (file: string) => string): TreesFile => ({
	library: model.library,
	libraryVersion: libraryOf(model).version,
	seen,
	boosters: boosted.map(({ prob, trees }) => {
		const file = fileOf(model, prob);
		return { prob, trees, file, sha256: sha256(file) };
	}),
});

const fileOf = (model: TreeModel, prob: string): string => `${towerOf(model, prob)}.${libraryOf(model).ending}`;

/** The tower of P(event | space) in the graph. */
function towerOf({ graph }: TreeModel, prob: string): string {
	const [event, space] = prob.split("|");
	return graph[space][event] as string;
}

/**
 * Reads the trees of a saved model's folder.
 *
 * @throws InputError a file that is missing, or not the one that model.json was written with
 */
export async function readForest(
	folder: string,
	{ model, hyper, data }: { model: TreeModel; hyper: TreeHyper; data: Dataset },
	about: ModelFile & { trees: TreesFile },
	arrays: Loaded["arrays"],
): Promise<Forest> {
	const refuse = (why: string): never => {
		throw new InputError(`${folder} ${why}`);
	};
	const { seen, boosters, library, libraryVersion } = about.trees;
	const boosted: Boosted[] = [];
	const array = (name: string, size: number): Float32Array => {
		const found = arrays.get(name);
		return found?.values.length === size
			? found.values
			: refuse(`is damaged: ${WEIGHTS} has no "${name}" of shape [${size}], which ${MODEL} names`);
	};
	try {
		for (const prob of grown) {
			const kept =
				boosters.find((one) => one.prob === prob) ?? refuse(`is damaged: ${MODEL} names no trees for P(${prob})`);
			const path = join(folder, fileOf(model, prob));
			if ((await sha256OfFile(path)) !== kept.sha256)
				refuse(`is damaged: ${kept.file} is not the file that ${MODEL} was written with`);
			const prefix = `${towerOf(model, prob)}/`;
			const rates = new Map<string, Rates>();
			for (const { name, shape } of about.weights) {
				if (!name.startsWith(prefix) || !name.endsWith("/rate")) continue;
				const field = name.slice(prefix.length, -"/rate".length);
				rates.set(field, { rate: array(name, shape[0]), count: array(`${prefix}${field}/count`, shape[0]) });
			}
			const bytes = await readFile(path);
			try {
				boosted.push({ prob, trees: kept.trees, rates, booster: libraryOf(model).read(bytes) });
			} catch (problem) {
				if (problem instanceof InputError) throw problem;
				refuse(
					`holds ${kept.file} of ${library} ${libraryVersion}, which this program's ${libraryOf(model).version} cannot read (${(problem as Error).message}): train it again`,
				);
			}
		}
	} catch (problem) {
		for (const { booster } of boosted) booster.free();
		throw problem;
	}
	return { model, hyper, seed: about.seed, data, seen, boosted };
}
