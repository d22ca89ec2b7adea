import type { Stage } from "../core/model";
import { InputError } from "../core/problem";
import { withComplements } from "../data/complement";
import type { Dataset } from "../data/dataset";
import { streamPrepared } from "../data/prepared/stream";
import { doctor, type Patient } from "./doctor/doctor";
import { type Finding, lineOf } from "./doctor/finding";
import type { Feed } from "./feed";
import type { FitListener } from "./listener";
import type { EpochRecord, Position } from "./position";
import type { Network } from "./step";
import type { TrainEvent } from "./trainEvent";

/** The doctor beside a training: its findings are kept with the training's position and told once. */
export interface Attending {
	afterStep(event: TrainEvent): void;
	afterEpoch(record: EpochRecord): void;
}

/** A training that is looked after. */
export interface Attended {
	network: Network;
	feed: Feed;
	stages: readonly Stage[];
	position: Position;
	on?: FitListener;
}

/**
 * Looks at a training before its first update, and then goes along with it. What is found is written to stderr, a line each, told to
 * the listener, and kept in `position.findings`, so one that goes on from a checkpoint tells nothing twice.
 *
 * Of a folder that is streamed, the first piece of each part is looked at.
 *
 * @throws InputError a finding that is an error: rows in two parts of the split
 */
export async function attend({ network, feed, stages, position, on }: Attended): Promise<Attending> {
	const sight = await patientOf(feed, stages, network);
	const looking = doctor(sight, position.findings);
	const tell = telling(`${network.model.name} on ${feed.data.name}`, position.findings, on);
	if (network.step === 0) tell(looking.before(network));
	return {
		afterStep: (event) => looking.afterStep(network, event),
		afterEpoch: (record) => tell(looking.afterEpoch(network, record)),
	};
}

/** The environment variable with which whoever starts many runs says that it tells their findings itself. */
export const GATHERED = "FINDINGS_GATHERED";

/**
 * Writes findings to stderr, a line each, tells them to a listener, and adds them to `known`.
 *
 * @throws InputError a finding that is an error
 */
export const telling =
	(training: string, known: Finding[], on: FitListener | undefined) =>
	(findings: readonly Finding[]): void => {
		for (const finding of findings) {
			const line = lineOf(finding);
			if (finding.severity === "error") throw new InputError(`${training}: ${line}`);
			known.push(finding);
			if (!process.env[GATHERED]) process.stderr.write(`${process.stderr.isTTY ? "\r\x1b[2K" : ""}${line}\n`);
			on?.found?.(line);
		}
	};

async function patientOf(feed: Feed, stages: readonly Stage[], { model }: Network): Promise<Patient> {
	const { data, folder, count } = feed;
	if (folder === undefined) return { data, valid: data, whole: true, stages, count };
	const first = async (pieces: AsyncGenerator<Dataset>): Promise<Dataset> => {
		for await (const piece of pieces) return withComplements(piece, model.graph);
		return data;
	};
	return {
		data: await first(streamPrepared(folder, "train")),
		valid: await first(streamPrepared(folder, "valid")),
		...{ whole: false, stages, count },
	};
}
