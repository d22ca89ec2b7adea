import { type Prob, pCVR } from "./prob";
import { InputError, unknownName } from "./problem";

/**
 * A metric that can choose an epoch, by its name: `"auc(conversion|impression)"`, `"gauc(…)"`, `"logloss(…)"`, and where
 * the truth is known `"truth.auc(…)"`, `"truth.rmse(…)"`, `"truth.kl(…)"`. Typed by what a graph gives.
 */
export type MetricName<P extends Prob = Prob> =
	| `${"auc" | "gauc" | "logloss"}(${P})`
	| `gauc(${P};weight=${string})`
	| `truth.${"auc" | "rmse" | "kl"}(${P | typeof DO_CLICK})`;

/** The truth that judges pCVR on every impression, had it been clicked. */
export const DO_CLICK = "conversion|do(click)";

/** +1 where more of a metric is better, −1 where less is. pcoc is best at 1, so it is neither. */
const DIRECTIONS: Readonly<Record<string, 1 | -1>> = { auc: 1, gauc: 1, logloss: -1, rmse: -1, kl: -1 };

/** The parts of "truth.auc(conversion|click)": its kind "auc" and the Prob whose predictions it measures. */
function partsOf(name: string): { kind: string; prob: Prob } | undefined {
	const found = /^(?:truth\.)?([a-z]+)\(([^;]+?)(?:;.*)?\)$/.exec(name);
	if (!found) return undefined;
	return { kind: found[1], prob: (found[2] === DO_CLICK ? pCVR : found[2]) as Prob };
}

/**
 * The Prob whose predictions a metric measures; pCVR for "conversion|do(click)".
 *
 * @throws InputError a text that is no metric of one prediction
 */
export function probOf(metric: string): Prob {
	const parts = partsOf(metric);
	if (!parts?.prob.includes("|"))
		throw new InputError(`"${metric}" is no metric: write it as "auc(conversion|impression)"`);
	return parts.prob;
}

/**
 * 1 for a metric of which more is better (auc, gauc), −1 where less is (logloss, rmse, kl).
 *
 * @throws InputError a metric that is better in neither direction, or none at all
 */
export function directionOf(metric: string): 1 | -1 {
	probOf(metric);
	const kind = partsOf(metric)?.kind ?? "";
	if (kind === "pcoc")
		throw new InputError(`"${metric}" cannot choose an epoch: it is best at 1, so neither more nor less`);
	if (!Object.hasOwn(DIRECTIONS, kind)) throw unknownName("metric to choose by", kind, Object.keys(DIRECTIONS));
	return DIRECTIONS[kind];
}

/** Whether a metric can choose an epoch: whether it is one of those that `MetricName` names, where the log gives it. */
export const choosesEpochs = (metric: string): boolean => Object.hasOwn(DIRECTIONS, partsOf(metric)?.kind ?? "");
