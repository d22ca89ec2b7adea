import type { TablePlan } from "../table/plan";
import { esm2Table3 } from "./tables3to5";

/**
 * Figure 5 of ESM² as a simulated A/B test: an online test needs customers, a simulator knows what another ranking would have brought.
 * Every method of Table 3 ranks all candidates of test requests by its pCTCVR; what its slates bring comes from the truth at the new
 * positions. The runs are Table 3's (Wen et al. 2020, §4.2.2).
 */
export const esm2Figure5: TablePlan = {
	...esm2Table3,
	table: "Figure 5",
	title: "ESM², Figure 5: a simulated A/B test",
	published: undefined,
	methods: esm2Table3.methods.map(({ against: _, ...method }) => method),
	columns: [
		{ column: "CVR over GBDT", metric: "replay.cvr(conversion|click)" },
		{ column: "purchases over GBDT", metric: "replay.purchases(conversion|impression)" },
	],
	replay: true,
	notes: [
		...esm2Table3.notes.filter((note) => !note.startsWith("each method is compared")),
		"the paper's bars have no printed values; its text says that ESM2 gains 3 % of CVR over ESMM",
	],
};
