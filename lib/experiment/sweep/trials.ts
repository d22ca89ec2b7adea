import { stream } from "../../core/random";
import { sha256 } from "../../data/prepare";
import { chosenBy } from "./choices";
import type { AnyChoices, Search, Trial } from "./spec";

/**
 * The different trials of a model.
 *
 * A grid has every combination, the names in alphabetical order and the last one changing fastest. The draws of "random" and
 * "halving" come from a stream for each trial and name ("sweep/lr/3"), so a hyperparameter that two models search has the same
 * draw in the same trial of both, and neither more trials nor another choice redraws anything else.
 */
export function trialsOf(
	choices: Readonly<Record<string, AnyChoices>>,
	{ search, trials, seed }: { search: Search; trials: number; seed: number },
): Trial[] {
	const names = Object.keys(choices).sort();
	const all =
		search === "grid"
			? grid(names, choices as Readonly<Record<string, readonly unknown[]>>)
			: Array.from({ length: trials }, (_, trial) =>
					Object.fromEntries(
						names.map((name) => [name, chosenBy(stream(seed, `sweep/${name}/${trial}`).uniform(), choices[name])]),
					),
				);
	const seen = new Set<string>();
	return all.flatMap((hyper, index) => {
		const key = sha256(hyper);
		if (seen.has(key)) return [];
		seen.add(key);
		return [{ index, hyper }];
	});
}

const grid = (names: readonly string[], lists: Readonly<Record<string, readonly unknown[]>>) =>
	names.reduce<Record<string, unknown>[]>(
		(all, name) => all.flatMap((hyper) => lists[name].map((value) => ({ ...hyper, [name]: value }))),
		[{}],
	);
