import type { AbLift, AbTest } from "../../papers/esm2/abTest";
import { abNotes, leadOf, nameOf } from "../../papers/esm2/figure5Table";
import { barsWithIntervals } from "../barsWithIntervals";
import type { Figure } from "../figure";
import type { Estimate, Table } from "../table";

const measures = ["cvr", "conversions"] as const;

/** A simulated A/B test as a figure: a bar a method, its lift over the baseline in per cent with the 95 % interval over users. */
export function abFigure(test: AbTest, against = test.lifts[0].against): Figure {
	const lifts = test.lifts.filter((lift) => lift.against === against);
	const methods = [...new Set(lifts.map(({ label }) => label))];
	return barsWithIntervals({
		title: `${test.title}, ranked by pCTCVR`,
		methods,
		metrics: measures.map((measure) => ({
			name: `${nameOf[measure]} over ${against}, % (95 % over users)`,
			values: methods.map((label) => {
				const found = lifts.find((lift) => lift.label === label && lift.measure === measure);
				return found ? inPercent({ ...found.users, mean: found.users.value }) : null;
			}),
		})),
	});
}

/** The same as a table: a row a method and baseline, the interval over users beside that over seeds, and whether it stands after Holm. */
export function abView(test: AbTest): Table {
	const pairs = test.lifts.filter(({ measure }) => measure === "cvr");
	const right = (name: string) => ({ name, align: "right" as const });
	return {
		title: test.title,
		lead: leadOf(test),
		columns: [
			...[{ name: "method" }, { name: "over" }],
			...measures.flatMap((measure) => [right(`${nameOf[measure]}, %: users`), right("seeds"), right("p after Holm")]),
		],
		rows: pairs.map(({ label, against }) => [
			...[label, against],
			...measures.flatMap((measure) => {
				const of = (lift: AbLift) => lift.label === label && lift.against === against && lift.measure === measure;
				const { users, seeds, adjusted } = test.lifts.find(of) as AbLift;
				const p = adjusted === null ? null : { mean: adjusted, digits: 4 };
				return [inPercent({ ...users, mean: users.value }), inPercent(seeds), p];
			}),
		]),
		notes: abNotes(test).filter((note) => !note.startsWith("over users: ")),
	};
}

const inPercent = ({ mean, low, high }: Estimate): Estimate => ({
	...{ mean: 100 * mean, digits: 2, signed: true },
	...(low === undefined || high === undefined ? {} : { low: 100 * low, high: 100 * high }),
});
