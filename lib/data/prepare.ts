import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { Dataset } from "./dataset";
import { type Encoding, encode, encoderVersion } from "./encode";
import type { Log } from "./log";
import { type SplitRule, split } from "./split";

/** How a log becomes a data set. */
export interface Preparation {
	split: SplitRule;
	encoding: Encoding;
}

/** Splits a log and encodes it with what the training part knows. */
export function prepare(log: Log, how: Preparation): Dataset {
	return { ...encode(log, split(log, how.split), how.encoding), fingerprint: fingerprint(log, how) };
}

/** Names a prepared data set: SHA-256 over the log's fingerprint and schema, split, encoding and the encoder's version. */
export const fingerprint = (log: Pick<Log, "fingerprint" | "schema">, how: Preparation): string =>
	sha256({ log: log.fingerprint, schema: log.schema, ...how, encoderVersion });

/** SHA-256 of a plain value's canonical JSON (RFC 8785), in hex. */
export const sha256 = (value: object): string =>
	createHash("sha256")
		.update(canonicalize(value) as string)
		.digest("hex");
