import type { AnyHyper, AnyModel, Hyper, Model, Stage } from "../core/model";
import { eventOf, IMPRESSION, type Prob, spaceOf } from "../core/prob";
import { InputError } from "../core/problem";
import { isTrees } from "../core/trees";
import { withComplements } from "../data/complement";
import type { Dataset } from "../data/dataset";
import { relabelled } from "../data/relabelled";
import type { Feed } from "./feed";

/**
 * A data set as a model sees it: events count as its `labels` say, and those that its graph defines as complements are there. It is
 * what the model is trained on, and what its predictions are measured against.
 *
 * @throws InputError an event that is to count as another, but is not in the log
 */
export function labelsFor(model: AnyModel, hyper: AnyHyper, data: Dataset): Dataset {
	if (isTrees(model)) return data;
	return withComplements(relabelled(data, model.graph, model.labels?.(hyper as Hyper) ?? {}), model.graph);
}

/**
 * The options of a model by which another event of a log counts as one that it needs: "dAction=cart". An option that says what counts
 * as an event has the event's name.
 */
export function optionsFor(
	{ labels }: Pick<Model, "labels">,
	hyper: Hyper,
	event: string,
	events: readonly string[],
): string[] {
	if (!labels || typeof hyper[event] !== "string") return [];
	return events.flatMap((other) => {
		try {
			return labels({ ...hyper, [event]: other })[event] === other ? [`${event}=${other}`] : [];
		} catch {
			return [];
		}
	});
}

/**
 * Refuses, before any training, a log that cannot teach a model: one without an event that the model is trained on or predicts,
 * without training rows in a stage's space, or without one training row with the event of a loss.
 *
 * @param probs what the model will predict
 * @param options by which another event counts as one that is missing (`optionsFor`)
 * @throws InputError naming the model, the event, what the log has, and what to do
 */
export function checkLabels(
	model: string,
	{ data, count }: Pick<Feed, "data" | "count">,
	stages: readonly Stage[],
	probs: readonly Prob[],
	options: (event: string) => readonly string[] = () => [],
): void {
	const { name, events } = data;
	const named = [...stages.map(({ space }) => space), ...probs.flatMap((prob) => [spaceOf(prob), eventOf(prob)])];
	for (const event of named)
		if (event !== IMPRESSION && !Object.hasOwn(events, event)) {
			const solved = options(event);
			const advice = solved.length > 0 ? `set ${solved.join(" or ")}, ` : "";
			throw new InputError(
				`${model} needs the event "${event}", but the log ${name} has only ${Object.keys(events).join(", ") || "rows without events"}: ${advice}take a log that has it, or a model without it`,
			);
		}
	if (count() === 0)
		throw new InputError(
			`${model}: the log ${name} has no training rows: divide it so that some are left for training`,
		);
	for (const { space, losses } of stages)
		for (const event of [space, ...losses.map(({ prob }) => eventOf(prob))]) {
			if (count(space, event) > 0) continue;
			const rows = event === space ? count() : count(space);
			const where = event === space || space === IMPRESSION ? "" : ` with a ${space}`;
			throw new InputError(
				`${model} learns from the event "${event}", but none of the ${rows} training rows${where} of the log ${name} has one: take more rows, another split, or a model without it`,
			);
		}
}
