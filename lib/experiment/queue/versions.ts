import { metricsVersion } from "../../metrics/value";
import { models } from "../../models/index";
import { engineVersion } from "../../train/fit";
import type { Job } from "../job";
import type { CtrNetwork } from "../result";

/** Why this program may not do a job, in a line that says which side is older; undefined if it may. */
export function refusal({ run }: Job): string | undefined {
	const networks: Pick<CtrNetwork, "model" | "modelVersion">[] = [run, ...(run.ctr === "own" ? [] : [run.ctr])];
	for (const { model, modelVersion } of networks) {
		const here = Object.values(models).find(({ name }) => name === model);
		if (!here) return `the worker does not know the model "${model}": its code is older than the sweep's`;
		const line = compared(`the model "${model}"`, here.version, modelVersion);
		if (line) return line;
	}
	return (
		compared("the engine", engineVersion, run.engineVersion) ??
		compared("the metrics", metricsVersion, run.metricsVersion)
	);
}

function compared(what: string, worker: number, sweep: number): string | undefined {
	if (worker === sweep) return undefined;
	const [older, newer] = worker < sweep ? ["worker", "sweep"] : ["sweep", "worker"];
	return `${what} has version ${worker} on the worker and ${sweep} in the sweep: the ${older}'s code is older, bring it to the ${newer}'s`;
}
