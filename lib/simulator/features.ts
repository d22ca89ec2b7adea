import type { Feature, Group } from "../data/schema";
import { discountOn } from "./behaviour";
import { type Calendar, DAY, weekdayOf } from "./calendar";
import type { Items, Users } from "./entities";
import type { Exposure } from "./exposure";
import { countColumns } from "./history";
import type { Knobs } from "./presets";

/** Id features of a simulated log: user, item, context. Ids count from 1. */
export const idFeatures = [
	"user",
	"age",
	"power",
	"gender",
	"city",
	"item",
	"category",
	"brand",
	"shop",
	"price",
	"discount",
	"quality",
	"position",
	"hour",
	"weekday",
	"device",
	"occasion",
] as const;

/** Number features of a simulated log: days since a promotion, counts with the user, rates of the item to date. */
export const numberFeatures: string[] = ["daysSincePromotion", ...countColumns, "itemCtr", "itemCvr"];

/** What each feature tells of; what is not named here counts the user's history with the item. */
const told: Partial<Record<Group, readonly string[]>> = {
	user: ["user", "age", "power", "gender", "city"],
	item: ["item", "category", "brand", "shop", "price", "discount", "quality", "itemCtr", "itemCvr"],
	context: ["position", "hour", "weekday", "device", "occasion", "daysSincePromotion"],
};

/** What a feature of a simulated log tells of. */
export const groupOf = (feature: string): Group =>
	(Object.keys(told) as Group[]).find((group) => told[group]?.includes(feature)) ?? "cross";

/** All features of a simulated log with their kinds and groups. */
export function featureKinds(): Record<string, Feature> {
	const kinds: Record<string, Feature> = {};
	for (const name of idFeatures) kinds[name] = { kind: "id", group: groupOf(name) };
	for (const name of numberFeatures) kinds[name] = { kind: "number", group: groupOf(name) };
	return kinds;
}

/** Bucket of a discount: 1 none, 2…5 from the smallest to the largest quarter of 0.3…1. */
export const discountBucket = (discount: number): number =>
	discount === 0 ? 1 : 2 + Math.min(3, Math.floor((discount - 0.3) / 0.175));

/** The observable features that need no history: what a model may see of users, items and context. */
export function observe(
	knobs: Knobs,
	world: { calendar: Calendar; items: Items; users: Users },
	rows: Exposure,
): Record<(typeof idFeatures)[number], Int32Array> & { daysSincePromotion: Float32Array } {
	const { calendar, items, users } = world;
	const of = (index: Int32Array, values: ArrayLike<number>, add = 0) => index.map((i) => values[i] + add);
	return {
		user: rows.user.map((user) => user + 1),
		age: of(rows.user, users.age),
		power: of(rows.user, users.power),
		gender: of(rows.user, users.gender),
		city: of(rows.user, users.city),
		item: rows.item.map((item) => item + 1),
		category: of(rows.item, items.category, 1),
		brand: of(rows.item, items.brand, 1),
		shop: of(rows.item, items.shop, 1),
		price: of(rows.item, items.priceBucket),
		discount: rows.item.map((item, row) => discountBucket(discountOn(knobs, calendar, items, item, rows.day[row]))),
		quality: of(rows.item, items.qualityBucket),
		position: rows.position,
		hour: rows.time.map((time) => 1 + Math.floor((time % DAY) / 3600)),
		weekday: rows.day.map(weekdayOf),
		device: rows.device,
		occasion: of(rows.day, calendar.occasion, 1),
		daysSincePromotion: Float32Array.from(rows.day, (day) => calendar.sincePromotion[day]),
	};
}
