/** For tests: the losses and predictions of every network as the papers' products and sums, in plain float64, without graph or logarithm. */

/** A row: 0/1 of its events, the probability that each tower gives, and what it counts. */
export interface WrittenRow {
	readonly events: Readonly<Record<string, number>>;
	readonly p: Readonly<Record<string, number>>;
	readonly weight: number;
}

/** A network written out. */
export interface WrittenModel {
	readonly model: string;
	readonly hyper: Readonly<Record<string, unknown>>;
	/** The loss of each stage on a batch of its rows. */
	readonly losses: readonly ((rows: readonly WrittenRow[]) => number)[];
	/** Prob → prediction. */
	readonly predicted: (p: WrittenRow["p"]) => Record<string, number>;
}

/** −t·log p − (1 − t)·log(1 − p). */
const cross = (t: number, p: number): number => -t * Math.log(p) - (1 - t) * Math.log(1 - p);

type OfRow = (row: WrittenRow) => number;

const mean = (rows: readonly WrittenRow[], of: OfRow): number =>
	rows.reduce((sum, row) => sum + of(row), 0) / rows.length;

/** Sum of means, each over the rows that its condition takes. */
const sum =
	(...terms: readonly [OfRow, ((row: WrittenRow) => boolean)?][]) =>
	(rows: readonly WrittenRow[]): number =>
		terms.reduce((total, [of, takes]) => total + mean(takes ? rows.filter(takes) : rows, of), 0);

const onClick: OfRow = ({ events, p }) => cross(events.click, p.ctr);
const onConversion: OfRow = ({ events, p }) => cross(events.conversion, p.cvr);

const product = ({ ctr, cvr }: WrittenRow["p"]) => ({
	"click|impression": ctr,
	"conversion|click": cvr,
	"conversion|impression": ctr * cvr,
});

/** Two networks, the second on the rows and with the weights that its stage gives. */
const two = (model: string, hyper: WrittenModel["hyper"] = {}, second: OfRow = onConversion): WrittenModel => ({
	...{ model, hyper, losses: [sum([onClick]), sum([second])], predicted: product },
});

const division: WrittenModel = {
	...{ model: "division", hyper: {} },
	losses: [sum([onClick]), sum([({ events, p }) => cross(events.conversion, p.ctcvr)])],
	predicted: ({ ctr, ctcvr }) => ({
		"click|impression": ctr,
		"conversion|click": ctcvr / Math.max(ctr, 1e-6),
		"conversion|impression": ctcvr,
	}),
};

const esmm = (model: string, hyper: WrittenModel["hyper"] = {}, w = 1): WrittenModel => ({
	...{ model, hyper, predicted: product },
	losses: [sum([onClick], [({ events, p }) => w * cross(events.conversion, p.ctr * p.cvr)])],
});

/** ESM²'s P(conversion | click). */
const esm2Cvr = ({ dar, dCvr, oCvr }: WrittenRow["p"]): number => dar * dCvr + (1 - dar) * oCvr;

const esm2Predicted = (p: WrittenRow["p"]) => ({
	...product({ ctr: p.ctr, cvr: esm2Cvr(p) }),
	"dAction|impression": p.ctr * p.dar,
});

const esm2 = (hyper: WrittenModel["hyper"] = {}, action = "dAction"): WrittenModel => ({
	...{ model: "esm2", hyper, predicted: esm2Predicted },
	losses: [
		sum(
			[onClick],
			[({ events, p }) => cross(events[action], p.ctr * p.dar)],
			[({ events, p }) => cross(events.conversion, p.ctr * esm2Cvr(p))],
		),
	],
});

const branch: WrittenModel = {
	...esm2({ extra: "branch" }),
	losses: [
		sum(
			[onClick],
			[({ events, p }) => cross(events.dAction, p.ctr * p.dar)],
			[({ events, p }) => cross(events.conversion, p.ctr * esm2Cvr(p))],
			[({ events, p }) => cross(events.conversion, p.dCvr), ({ events }) => events.dAction === 1],
			[({ events, p }) => cross(events.conversion, p.oCvr), ({ events }) => events.click === 1 && events.dAction === 0],
		),
	],
	predicted: (p) => ({ ...esm2Predicted(p), "conversion|dAction": p.dCvr, "conversion|oAction": p.oCvr }),
};

const esm2Mi: WrittenModel = {
	...{ model: "esm2-mi", hyper: {} },
	losses: [
		sum(
			[onClick],
			[({ events, p }) => cross(events.micro, p.ctr * p.mi)],
			[({ events, p }) => cross(events.dAction, p.ctr * p.dar)],
			[({ events, p }) => cross(events.conversion, p.ctr * esm2Cvr(p))],
		),
	],
	predicted: (p) => ({ ...esm2Predicted(p), "micro|impression": p.ctr * p.mi }),
};

/** HM³'s P(dAction | click) and P(conversion | click). */
const macro = ({ mi, maMi, maOmi }: WrittenRow["p"]): number => mi * maMi + (1 - mi) * maOmi;
const hm3Cvr = (p: WrittenRow["p"]): number => macro(p) * p.dCvr + (1 - macro(p)) * p.oCvr;

const hm3 = (hyper: WrittenModel["hyper"] = {}, w = 0): WrittenModel => ({
	...{ model: "hm3", hyper },
	losses: [
		sum(
			[onClick],
			[({ events, p }) => cross(events.micro, p.ctr * p.mi)],
			[({ events, p }) => cross(events.dAction, p.ctr * macro(p))],
			[({ events, p }) => cross(events.conversion, p.ctr * hm3Cvr(p))],
			[({ events, p }) => w * cross(events.conversion, hm3Cvr(p)), ({ events }) => events.click === 1],
		),
	],
	predicted: (p) => ({
		...product({ ctr: p.ctr, cvr: hm3Cvr(p) }),
		"micro|impression": p.ctr * p.mi,
		"dAction|impression": p.ctr * macro(p),
	}),
});

/** HM³-R's P(micro | click) and P(conversion | click). */
const micro = ({ ma, miMa, miOma }: WrittenRow["p"]): number => ma * miMa + (1 - ma) * miOma;
const reversedCvr = (p: WrittenRow["p"]): number => micro(p) * p.miCvr + (1 - micro(p)) * p.oCvr;

const hm3R: WrittenModel = {
	...{ model: "hm3-r", hyper: {} },
	losses: [
		sum(
			[onClick],
			[({ events, p }) => cross(events.dAction, p.ctr * p.ma)],
			[({ events, p }) => cross(events.micro, p.ctr * micro(p))],
			[({ events, p }) => cross(events.conversion, p.ctr * reversedCvr(p))],
		),
	],
	predicted: (p) => ({
		...product({ ctr: p.ctr, cvr: reversedCvr(p) }),
		"dAction|impression": p.ctr * p.ma,
		"micro|impression": p.ctr * micro(p),
	}),
};

/** Every network, and those of its options that change a formula. */
export const writtenOut: readonly WrittenModel[] = [
	two("base"),
	two("aman"),
	two("aman", { rate: 1 }),
	two("oversampling", { rate: 3 }),
	two("unbias", {}, (row) => row.weight * onConversion(row)),
	two("unbias", { mode: "reject" }),
	two("dnn"),
	two("dnn-os", { rate: 3 }),
	division,
	esmm("esmm-ns"),
	esmm("esmm"),
	esmm("esmm", { ctcvrWeight: 0.25 }, 0.25),
	esmm("esmm", { stopCtrGrad: true }),
	esmm("esmm", { shareEmbedding: false }),
	esmm("esmm", { shareBottom: 1 }),
	esm2(),
	esm2({ dAction: "cart" }, "cart"),
	esm2({ dAction: "wish" }, "wish"),
	branch,
	esm2Mi,
	hm3(),
	hm3({ cvrLoss: 0.5 }, 0.5),
	hm3R,
];
