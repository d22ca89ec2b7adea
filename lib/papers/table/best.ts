import { holm } from "../../metrics/comparison/holm";
import { betterIs } from "../../metrics/definition";

/** 1 for a metric of which more is better, −1 where less is; undefined for one that is best in between, as pcoc is at 1. */
const betterOf = (metric: string): 1 | -1 | undefined => (/\bpcoc\(/.test(metric) ? undefined : betterIs(metric));

/**
 * Whether a method is the best of its column, so that it may stand in bold: better than every other method that is compared with the
 * same baseline, be it by way of others as in a table where each is compared with the one above it, and than that, each p-value at most
 * 0.05 after Holm over these comparisons. Nothing is the best by a metric that is best in between, without a test, or alone.
 */
export function isBest<M extends { label: string; against: string }>(
	method: M,
	methods: readonly M[],
	metric: string,
	difference: (a: M, b: M) => { mean: number; p: number | null },
): boolean {
	const better = betterOf(metric);
	const root = rootOf(method, methods);
	const others = methods.filter((other) => other !== method && rootOf(other, methods) === root);
	if (better === undefined || others.length === 0) return false;
	const found = others.map((other) => {
		const one = difference(method, other);
		if (one.p !== null || other.against !== method.label) return one;
		// With one seed a difference is known of a method to its baseline alone.
		const turned = difference(other, method);
		return { mean: -turned.mean, p: turned.p };
	});
	const adjusted = holm(found.map(({ p }) => p));
	return found.every(({ mean }, i) => Math.sign(mean) === better && (adjusted[i] ?? 1) <= 0.05);
}

/** Label of the baseline that a method is compared with, at the end of a chain of comparisons. */
function rootOf<M extends { label: string; against: string }>(method: M, methods: readonly M[]): string {
	const passed = new Set<string>();
	let at = method;
	while (at.against !== at.label && !passed.has(at.label)) {
		passed.add(at.label);
		const next = methods.find(({ label }) => label === at.against);
		if (!next) return at.against;
		at = next;
	}
	return at.label;
}
