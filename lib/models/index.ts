import type { AnyModel, Model } from "../core/model";
import { unknownName } from "../core/problem";
import { aman } from "./aman";
import { base } from "./base";
import { division } from "./division";
import { dnn } from "./dnn";
import { dnnOs } from "./dnnOs";
import { esm2 } from "./esm2";
import { esm2Mi } from "./esm2Mi";
import { esmm } from "./esmm";
import { esmmNs } from "./esmmNs";
import { gbdt } from "./gbdt";
import { hm3 } from "./hm3";
import { hm3R } from "./hm3R";
import { oversampling } from "./oversampling";
import { unbias } from "./unbias";
import { xgboost } from "./xgboost";

/** Every registered model, by name: one line each. */
export const models = {
	base,
	aman,
	oversampling,
	unbias,
	division,
	"esmm-ns": esmmNs,
	esmm,
	dnn,
	"dnn-os": dnnOs,
	esm2,
	"esm2-mi": esm2Mi,
	hm3,
	"hm3-r": hm3R,
	gbdt,
	xgboost,
} as const;

/** Name of a registered network. */
export type NetworkName = Exclude<keyof typeof models, "gbdt" | "xgboost">;

/** The registered networks' names. */
export const networkNames = Object.keys(models).filter(
	(name): name is NetworkName => "towers" in models[name as never],
);

/**
 * A registered model.
 *
 * @throws InputError an unknown name; the nearest right one is told
 */
export function modelNamed(name: NetworkName): Model;
export function modelNamed(name: string): AnyModel;
export function modelNamed(name: string): AnyModel {
	if (!Object.hasOwn(models, name)) throw unknownName("model", name, Object.keys(models));
	return models[name as keyof typeof models] as unknown as AnyModel;
}
