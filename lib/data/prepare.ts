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
	return { ...encode(log, split(log, how.split), how.encoding), fingerprint: fingerprint(log.fingerprint, how) };
}

/** Names a prepared data set: SHA-256 over the log's fingerprint, split, encoding and the encoder's version (RFC 8785 JSON). */
export const fingerprint = (log: string, how: Preparation): string => sha256({ log, ...how, encoderVersion });

/** SHA-256 of a plain value's canonical JSON (RFC 8785), in hex. */
export const sha256 = (value: object): string =>
	createHash("sha256")
		.update(canonicalize(value) as string)
		.digest("hex");
