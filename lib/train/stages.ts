import type { Stage } from "../core/model";
import { type Snapshot, snapshot } from "../tensor/weights";
import type { Attending } from "./attend";
import { whyNotFinite } from "./doctor/notFinite";
import type { Feed } from "./feed";
import { gathering } from "./gathering";
import { hookFor } from "./hook";
import type { FitListener } from "./listener";
import { type Position, start } from "./position";
import { rateAt } from "./schedule";
import { type Chosen, choose } from "./stageRows";
import { build, forgetCompiled, type Network, trainStep } from "./step";
import { TrainingError } from "./trainEvent";
import { isBetter, validated } from "./validation";

/** Steps of a stage from which on compiling one of them, some 0.2 s, pays. */
const COMPILED_FROM = 50;

/** Saves checkpoints of a training: when it is told to, and when the last one is old enough. */
export interface Keeper {
	save(position: Position, best: Snapshot): Promise<void>;
	/** Whether it is time for another one. */
	due(): boolean;
}

/** A training under way. */
export interface Running {
	network: Network;
	feed: Feed;
	stages: readonly Stage[];
	on?: FitListener;
	doctor: Attending;
	stop: { now(): boolean };
	signal?: AbortSignal;
	/** Moves on with every step. */
	position: Position;
	/** The best weights so far, where the training goes on from a checkpoint. */
	best?: Snapshot;
	keeper: Keeper;
}

/** The best weights so far; none before a stage's first epoch has ended. */
interface Best {
	now(): Snapshot;
	replace(better: Snapshot): void;
}

/** Trains from a position to the end, stage by stage, or until it is stopped. */
export async function runStages(run: Running): Promise<void> {
	const { network, feed, stages, stop, position, keeper } = run;
	let held = run.best ?? snapshot(new Map());
	const best: Best = {
		now: () => held,
		replace(better) {
			held.dispose();
			held = better;
		},
	};
	try {
		if (position.stage <= stages.length) build(network, await feed.first());
		while (position.stage <= stages.length && !stop.now()) {
			const ended = await runStage(run, best);
			if (!ended) return;
			held.restore();
			position.kept.push(position.best.epoch);
			Object.assign(position, { stage: position.stage + 1, epoch: 1, ready: false, best: start().best });
			best.replace(snapshot(new Map()));
			if (stages[position.stage - 1]?.fresh) beginAfresh(network, position);
		}
		// Nothing is left to train: without its checkpoint the training would be lost only if what comes next fails too.
		await keeper.save(position, held).catch(({ message }: Error) => process.stderr.write(`${message}\n`));
	} finally {
		held.dispose();
	}
}

/** New optimiser slots, and the schedule of the learning rate from its start. */
function beginAfresh({ weights, step }: Network, position: Position): void {
	for (const weight of weights.values()) {
		for (const [name, slot] of Object.entries(weight.slots)) {
			slot.dispose();
			delete weight.slots[name];
		}
		weight.steps = 0;
	}
	position.since = step;
}

/** Trains the stage at hand; false when it was stopped before its end. */
async function runStage(run: Running, best: Best): Promise<boolean> {
	const { network, feed, stages, on, stop, position, keeper } = run;
	const { stage: number } = position;
	const stage = stages[number - 1];
	const epochs = stage.epochs ?? network.hyper.epochs;
	const chosen = await choose(network, feed, stage, number);
	while (position.epoch <= epochs) {
		const { epoch } = position;
		if (!position.ready) {
			await stage.before?.(hookFor(network, feed, stage.space, number, epoch));
			// A hook may set what towers read beside weights: what was a constant may be another one now.
			if (stage.before) forgetCompiled(network);
			position.ready = true;
		}
		const rows = chosen.rows(epoch);
		if (!(await runEpoch(run, stage, best, { ...chosen, rows }))) return false;
		let value: number | null;
		try {
			value = await validated(network, feed, stage.choose, run.signal);
		} catch (problem) {
			if (!stop.now() || problem instanceof TrainingError) throw problem;
			// Stopped while the validation part was streamed: it is measured again by whoever goes on.
			await keeper.save(position, best.now());
			return false;
		}
		const record = {
			stage: number,
			epoch,
			loss: position.loss / (rows?.length ?? feed.count(stage.space)),
			choose: stage.choose,
			value,
			...(chosen.effectiveRows === undefined ? {} : { effectiveRows: chosen.effectiveRows }),
		};
		position.history.push(record);
		on?.epoch?.(record);
		run.doctor.afterEpoch(record);
		const before = position.best;
		if (value === null || before.value === null || isBetter(stage.choose, value, before.value)) {
			position.best = { value: value ?? before.value, epoch };
			best.replace(snapshot(network.weights));
		} else if (epoch - before.epoch >= network.hyper.patience) break;
		Object.assign(position, { epoch: epoch + 1, ready: false, step: 0, rows: 0, loss: 0 });
	}
	Object.assign(position, { step: 0, rows: 0, loss: 0 });
	return true;
}

/** Trains what is left of the epoch at hand; false when it was stopped. */
async function runEpoch(
	{ network, feed, stages, on, doctor, stop, position, keeper }: Running,
	stage: Stage,
	best: Best,
	{ rows: sample, weights }: Omit<Chosen, "rows"> & { rows: Int32Array | undefined },
): Promise<boolean> {
	const { hyper, model } = network;
	const { batch } = hyper;
	const { stage: number, epoch, spent } = position;
	const count = sample?.length ?? feed.count(stage.space);
	const steps = Math.ceil(count / batch);
	const before = { ...spent, begun: performance.now(), done: position.rows };
	// By the stage's size alone, not by where it goes on: the same training takes the same steps.
	const compiled = steps * (stage.epochs ?? hyper.epochs) >= COMPILED_FROM;
	const batches = feed.batches({ stage: number, epoch, space: stage.space, batch, rows: sample }, position.step);
	for await (const rows of gathering(batches, count * feed.data.fields.length)) {
		const step = position.step + 1;
		const lr = (stage.lr ?? 1) * rateAt(hyper, network.step + 1 - position.since);
		const loss = trainStep(network, stage, { ...rows, weights }, lr, {
			number,
			compiled: compiled && rows.at.length === batch,
		});
		if (!Number.isFinite(loss))
			throw new TrainingError(
				`${model.name}: the loss became ${loss} in epoch ${epoch}, step ${step} of ${steps}. Try a smaller lr (now ${hyper.lr}), or look for extreme numbers among the features. Seen: ${whyNotFinite(rows.data, rows.at, network.weights)}`,
			);
		const n = rows.at.length;
		Object.assign(position, { step, loss: position.loss + loss * n, rows: position.rows + n });
		const seconds = (performance.now() - before.begun) / 1000;
		spent.rows = before.rows + position.rows - before.done;
		spent.seconds = before.seconds + seconds;
		const event = {
			...{ stage: number, stages: stages.length, epoch, epochs: stage.epochs ?? hyper.epochs, step, steps },
			...{ update: network.step, rows: position.rows, loss, lr, rate: (position.rows - before.done) / seconds },
		};
		on?.(event);
		doctor.afterStep(event);
		await new Promise(setImmediate);
		const stopped = stop.now();
		if (stopped || keeper.due()) await keeper.save(position, best.now());
		if (stopped) return false;
	}
	return true;
}
