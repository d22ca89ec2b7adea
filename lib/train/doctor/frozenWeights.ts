import type { Stage } from "../../core/model";
import type { Finding } from "./finding";

/**
 * Stages that freeze what there is not, or everything: errors, for the first would train weights that were meant to stay as they are,
 * and the second trains nothing.
 *
 * @param names of all weights
 */
export function frozenWeights(names: readonly string[], stages: readonly Stage[]): Finding[] {
	const error = (stage: number, seen: string, look: string): Finding => ({
		...{ fault: "frozen weights", where: `stage ${stage}`, seen, look, severity: "error" },
	});
	return stages.flatMap(({ freeze = [] }, i) => {
		const none = freeze.filter((prefix) => !names.some((name) => name.startsWith(prefix)));
		if (none.length > 0)
			return [
				error(
					i + 1,
					`freezes "${none.join('", "')}", but no weight's name begins so`,
					`their names: ${names.join(", ")}`,
				),
			];
		const all = freeze.length > 0 && names.every((name) => freeze.some((prefix) => name.startsWith(prefix)));
		return all ? [error(i + 1, "freezes every weight, so nothing is trained", "its freeze")] : [];
	});
}
