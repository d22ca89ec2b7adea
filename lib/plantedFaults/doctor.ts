import type { Plan } from "./plan";

/** Faults of the doctor of training, and of what TensorBoard reads. */
export const doctor: Plan[] = [
	[
		"a field's rates are judged on the rows that they were counted on",
		"train/doctor/labelAmongFeatures.ts",
		"return [rows.filter((_, i) => first[i] === 0), rows.filter((_, i) => first[i] === 1)];",
		"return [rows, rows.filter((_, i) => first[i] < 2)];",
		"train/doctor/data.test.ts",
		"label among the features an id for every row raises no alarm, though in-sample it tells everything",
	],
	[
		"rows alike by chance count as copies, whatever their events",
		"train/doctor/overlap.ts",
		"if (columns.every((happened) => happened[row] === happened[twin.row])) agreeing++;",
		"agreeing++;",
		"train/doctor/data.test.ts",
		"copies of training rows rows that are alike by chance, with events of their own, raise no alarm",
	],
	[
		"a tower that is constant is not told",
		"train/doctor/collapsedTower.ts",
		"if (low === high || high - low < CONSTANT) {",
		"if (high - low < 0) {",
		"train/doctor/training.test.ts",
		"collapsed and saturated towers a tower that reads nothing is told by its probability and rows",
	],
	[
		"embeddings that learn are told as dead",
		"train/doctor/deadTables.ts",
		"const changed = !old || rows.some((value, at) => value !== old[at]);",
		"const changed = !old;",
		"train/doctor/training.test.ts",
		"a training that works raises no alarm, and the doctor leaves no tensor",
	],
	[
		"the doctor changes a weight",
		"train/attend.ts",
		"afterStep: (event) => looking.afterStep(network, event),",
		"afterStep: (event) => {\n\t\t\tnetwork.step++;\n\t\t\tlooking.afterStep(network, event);\n\t\t},",
		"train/doctor/training.test.ts",
		"a training that works has the bits of one that no doctor looks at",
	],
	[
		"rows in two parts of a split are passed over",
		"train/attend.ts",
		'if (finding.severity === "error")',
		'if (finding.severity === "error" && line === "")',
		"train/doctor/training.test.ts",
		"a split whose parts share rows ends the training before it begins, and frees what was made",
	],
	[
		"TensorBoard's curves begin anew at every epoch",
		"train/tensorboard.ts",
		"update = event.update;",
		"update = event.step;",
		"train/tensorboard.test.ts",
		"TensorBoard reading the file back gives every step's loss, learning rate and pace, every epoch's loss and metric",
	],
	[
		"a name in freeze that no weight has is passed over",
		"train/doctor/frozenWeights.ts",
		"if (none.length > 0)",
		"if (none.length > 99)",
		"train/doctor/training.test.ts",
		"a stage that freezes weights that there are not, by a slip of the pen, ends the training before it begins",
	],
];
