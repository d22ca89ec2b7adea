/**
 * A metric's name as MLflow takes it: letters, digits and `_-. :/`. "auc(conversion|click)" becomes "auc conversion given click",
 * "precision@0.1%(click|impression)" "precision at 0.1 percent click given impression", and different names stay different.
 */
export const mlflowName = (name: string): string =>
	name
		.replace(/\|/g, " given ")
		.replace(/@/g, " at ")
		.replace(/%/g, " percent")
		.replace(/[()]/g, " ")
		.replace(/[;=]/g, " ")
		.replace(/[^\w\-. :/]/g, "_")
		.replace(/ +/g, " ")
		.trim();
