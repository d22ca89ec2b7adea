import type { Model } from "../core/model";
import { unknownName } from "../core/problem";
import { base } from "./base";
import { esmm } from "./esmm";

/** Every registered model, by name: one line each. */
export const models = {
	base,
	esmm,
} as const;

/**
 * A registered model.
 *
 * @throws InputError an unknown name; the nearest right one is told
 */
export function modelNamed(name: string): Model {
	if (!Object.hasOwn(models, name)) throw unknownName("model", name, Object.keys(models));
	return models[name as keyof typeof models] as unknown as Model;
}
