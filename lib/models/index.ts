import type { Model } from "../core/model";
import { unknownName } from "../core/problem";
import { aman } from "./aman";
import { base } from "./base";
import { division } from "./division";
import { esmm } from "./esmm";
import { esmmNs } from "./esmmNs";
import { oversampling } from "./oversampling";
import { unbias } from "./unbias";

/** Every registered model, by name: one line each. */
export const models = {
	base,
	aman,
	oversampling,
	unbias,
	division,
	"esmm-ns": esmmNs,
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
