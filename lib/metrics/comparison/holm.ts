/**
 * Holm's adjusted p-values of a table of tests: reject those at or below 5 %, and the chance of one false rejection or more in the
 * table is at most 5 %, however the tests depend on each other.
 *
 * With the m p-values rising, p₍ₖ₎ becomes the largest over j ≤ k of min(1, (m − j + 1)·p₍ⱼ₎) (Holm 1979, Scand. J. Statist. 6).
 *
 * @param p in [0, 1]; null for a test that could not be made, which stays null and does not count in m
 * @returns in the order given
 * @throws Error a p-value that is not in [0, 1]
 */
export function holm(p: readonly (number | null)[]): (number | null)[] {
	const bad = p.findIndex((one) => one !== null && !(one >= 0 && one <= 1));
	if (bad >= 0) throw new Error(`holm: the p-value at place ${bad} is ${p[bad]}`);
	const adjusted: (number | null)[] = p.map(() => null);
	const tests = p.flatMap((one, at) => (one === null ? [] : [{ one, at }])).sort((x, y) => x.one - y.one);
	let most = 0;
	for (const [k, { one, at }] of tests.entries()) {
		most = Math.max(most, Math.min(1, (tests.length - k) * one));
		adjusted[at] = most;
	}
	return adjusted;
}
