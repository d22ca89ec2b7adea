import { aliCcpProtocols } from "../../data/aliccp/protocol";
import { splits } from "../../data/split";
import { presets } from "../../simulator/presets";
import type { Source } from "../source";
import { objectAt, oneOf, type Refuse, wholeAt } from "./fields";
import type { SweepData } from "./spec";

const FIELDS = {
	simulator: ["source", "preset", "rows", "logSeed", "split"],
	aliccp: ["source", "raw", "protocol"],
	folder: ["source", "folder"],
} as const;
const namesOf = <T extends object>(of: T) => Object.keys(of) as (keyof T & string)[];

/** Checks the field "data" of a specification. */
export function sweepData(refuse: Refuse, given: unknown): SweepData {
	const path = ["data"];
	const fields = objectAt(refuse, path, given);
	const source = oneOf(refuse, [...path, "source"], fields.source, namesOf(FIELDS));
	objectAt(refuse, path, given, FIELDS[source]);
	const text = (name: string): string => {
		const value = fields[name];
		return typeof value === "string" && value !== ""
			? value
			: refuse([...path, name], `must be the path of a folder, not ${JSON.stringify(value)}`);
	};
	if (source === "folder") return { source, folder: text("folder") };
	if (source === "aliccp")
		return {
			source,
			raw: text("raw"),
			protocol: oneOf(refuse, [...path, "protocol"], fields.protocol ?? "cstwa", namesOf(aliCcpProtocols)),
		};
	const whole = (name: string, least: number) =>
		fields[name] === undefined ? {} : { [name]: wholeAt(refuse, [...path, name], fields[name], least) };
	return {
		source,
		preset: oneOf(refuse, [...path, "preset"], fields.preset, namesOf(presets)),
		...whole("rows", 1),
		...whole("logSeed", 0),
		...(fields.split === undefined ? {} : { split: oneOf(refuse, [...path, "split"], fields.split, namesOf(splits)) }),
	};
}

/** Where the rows of a seed come from. */
export const sourceOf = (data: SweepData, seed: number): Source =>
	data.source === "simulator" ? { ...data, logSeed: data.logSeed ?? seed } : data;
