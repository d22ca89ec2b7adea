import type { Training } from "../core/training";

/**
 * The learning rate of update `t`, from 1: lr · min(1, t / warmup) · decay^(t / decaySteps).
 *
 * The rise is in a straight line (Goyal et al. 2017, §2.2); the decay is smooth, not in stairs.
 */
export function rateAt(
	{ lr, warmup, decay, decaySteps }: Pick<Training, "lr" | "warmup" | "decay" | "decaySteps">,
	t: number,
): number {
	return lr * (warmup > 0 ? Math.min(1, t / warmup) : 1) * decay ** (t / decaySteps);
}
