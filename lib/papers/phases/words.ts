import type { PhaseWorld } from "./phases";

const titles: Readonly<Record<string, string>> = { base: "BASE", esmm: "ESMM", esm2: "ESM²", hm3: "HM³" };

/** A model as papers print it: "ESM²"; one they do not name by its registered name. */
export const titleOfModel = (model: string): string => (Object.hasOwn(titles, model) ? titles[model] : model);

/** A knob of a phase diagram in words, as axes and tables name it. */
export const knobWords: Readonly<Record<keyof PhaseWorld, string>> = {
	rows: "impressions",
	cvr: "P(conversion | click)",
	rho: "ρ",
	gammas: "hidden intent",
};

/** A knob's level in words: "62,500", "0.0125", "−0.4". */
export const levelWords = (level: number): string =>
	level.toLocaleString("en-US", { maximumFractionDigits: 4 }).replace("-", "−");
