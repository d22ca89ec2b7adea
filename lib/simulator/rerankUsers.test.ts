import { describe, expect, test } from "vitest";
import { stream } from "../core/random";
import { liftsOverUsers, type OfRequests, ofUsers } from "./rerankUsers";

/** Requests of users who click as they are, times a ranking's strength. */
function requests(
	seed: number,
	{ users, each, strength, noise }: Record<"users" | "each" | "strength" | "noise", number>,
) {
	const [people, draws] = [stream(seed, "people"), stream(seed, `draws ${strength}`)];
	const log: OfRequests = {
		user: Int32Array.from({ length: users * each }, (_, i) => 1 + (i % users)),
		clicks: new Float64Array(users * each),
		conversions: new Float64Array(users * each),
	};
	const of = Float64Array.from({ length: users }, () => Math.exp(people.normal()));
	for (let i = 0; i < users * each; i++) {
		log.clicks[i] = 0.1 * of[i % users];
		log.conversions[i] = 0.01 * of[i % users] * strength * Math.exp(noise * draws.normal());
	}
	return log;
}

describe("what a ranking brings, by user", () => {
	test("sums a user's requests; a user of another log is another user", () => {
		const log = (user: number[], clicks: number[]): OfRequests => ({
			user: Int32Array.from(user),
			clicks: Float64Array.from(clicks),
			conversions: Float64Array.from(clicks, (c) => c / 10),
		});
		const found = ofUsers([log([7, 3, 7], [1, 2, 4]), log([3], [8])]);
		expect([...found.clicks]).toEqual([5, 2, 8]);
		expect([...found.conversions]).toEqual([0.5, 0.2, 0.8]);
		expect(found.users).toEqual([2, 1]);
	});
});

describe("lifts over users", () => {
	const world = { users: 300, each: 3, noise: 0.5 };
	const [a, b] = [1.1, 1].map((strength) => ofUsers([1, 2].map((seed) => requests(seed, { ...world, strength }))));

	test("are ratios of sums over all logs; the same seed gives the same interval", () => {
		const [lift, none] = liftsOverUsers(
			[a, b],
			[
				[0, 1],
				[1, 1],
			],
			{ seed: 1, draws: 200 },
		);
		const sum = (values: Float64Array) => values.reduce((x, y) => x + y, 0);
		expect(lift.conversions.value).toBeCloseTo(sum(a.conversions) / sum(b.conversions) - 1, 12);
		expect(lift.clicks.value).toBeCloseTo(0, 12);
		expect(lift.cvr.value).toBeCloseTo(lift.conversions.value, 12);
		expect(none.cvr).toEqual({ value: 0, se: 0, low: 0, high: 0 });
		expect(liftsOverUsers([a, b], [[0, 1]], { seed: 1, draws: 200 })[0]).toEqual(lift);
		expect(liftsOverUsers([a, b], [[0, 1]], { seed: 2, draws: 200 })[0].cvr.se).not.toBe(lift.cvr.se);
	});

	test("have the error of the delta method over users, which is that of neither requests nor unpaired rankings", () => {
		const [{ conversions: lift }] = liftsOverUsers([a, b], [[0, 1]], { seed: 1, draws: 2000 });
		const n = a.clicks.length;
		const mean = (values: Float64Array) => values.reduce((x, y) => x + y, 0) / n;
		const [ours, theirs] = [mean(a.conversions), mean(b.conversions)];
		const influence = a.conversions.map((c, i) => (c - (ours / theirs) * b.conversions[i]) / theirs);
		const se = Math.sqrt(influence.reduce((x, y) => x + y * y, 0)) / n;
		expect(Math.abs(lift.se / se - 1)).toBeLessThan(0.08);
		expect(Math.abs((lift.high - lift.low) / (2 * 1.96 * se) - 1)).toBeLessThan(0.1);
		const unpaired = Math.sqrt(a.conversions.reduce((x, y) => x + (y - ours) ** 2, 0)) / n / theirs;
		expect(unpaired).toBeGreaterThan(1.5 * se);
	});

	test("requests of one user stay together: users with requests of a kind are fewer than their requests", () => {
		// Every request of a user is the same draw: as many users, whatever the number of requests.
		const of = (each: number) => {
			const [x, y] = [1.1, 1].map((strength) => {
				const one = requests(3, { users: 200, each: 1, strength, noise: 0.5 });
				const more = (values: Float64Array) => Float64Array.from({ length: 200 * each }, (_, i) => values[i % 200]);
				const user = Int32Array.from({ length: 200 * each }, (_, i) => one.user[i % 200]);
				return ofUsers([{ user, clicks: more(one.clicks), conversions: more(one.conversions) }]);
			});
			return liftsOverUsers([x, y], [[0, 1]], { seed: 1, draws: 300 })[0].conversions;
		};
		expect(of(4).se).toBeCloseTo(of(1).se, 12);
	});

	test("rankings of other users are refused", () => {
		const fewer = ofUsers([requests(1, { ...world, strength: 1 })]);
		expect(() => liftsOverUsers([a, fewer], [[0, 1]], { seed: 1 })).toThrow("rankings of 300 and of 300,300 users");
	});
});
