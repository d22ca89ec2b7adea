import { expect, it } from "vitest";
import { checkOptions, withHyper } from "../core/model";
import { actionDataset } from "../data/toyDataset";
import { modelNamed } from "../models/index";
import { fit } from "./fit";

const { dAction: _, ...events } = actionDataset().events;

it("a log without an event says which option of the model takes another for it", async () => {
	const refused = (name: "esm2" | "hm3", of: Record<string, Uint8Array>) =>
		fit(modelNamed(name), { data: actionDataset({ events: of }), seed: 1 });
	await expect(refused("esm2", events)).rejects.toThrow(
		"has only click, micro, cart, wish, conversion: set dAction=cart or dAction=wish, take a log that has it, or a model without it",
	);
	const { cart: __, ...wish } = events;
	await expect(refused("esm2", wish)).rejects.toThrow("conversion: set dAction=wish, take a log");
	await expect(refused("hm3", events)).rejects.toThrow("oMicro: take a log that has it");
});

it("a value that a model itself refuses is told without a log", () => {
	const asked = (name: string, hyper: object) => () =>
		checkOptions(modelNamed(name), withHyper(modelNamed(name), { ...hyper }));
	expect(asked("esm2", { dAction: "carts" })).toThrow('unknown dAction of esm2 "carts": did you mean "cart"?');
	expect(asked("esm2", { extra: "branches" })).toThrow('did you mean "branch"?');
	expect(asked("gbdt", {})).not.toThrow();
});
