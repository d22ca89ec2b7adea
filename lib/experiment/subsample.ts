import { InputError } from "../core/problem";
import { stream } from "../core/random";
import type { Dataset } from "../data/dataset";
import { sha256 } from "../data/prepare";

/**
 * A data set with a share of its training rows; validation, test, vocabularies and scales stay as they are. The rows of a
 * smaller share are among those of a larger one, and the same for every model and seed. Each row is drawn by itself: a share is one of
 * single impressions, not of whole requests.
 *
 * @param share in (0, 1]
 * @throws InputError another share, or one that leaves no row
 */
export function subsample(data: Dataset, share: number): Dataset {
	checkShare(share);
	if (share === 1) return data;
	const random = stream(0, "share");
	const train = data.split.train.filter(() => random.uniform() < share);
	if (train.length === 0)
		throw new InputError(`a share of ${share} of the ${data.split.train.length} training rows of ${data.name} is none`);
	return { ...data, split: { ...data.split, train }, fingerprint: sha256({ data: data.fingerprint, share }) };
}

const DAY = 86_400;

/**
 * A data set with the last days of its training part alone: from midnight (UTC, or of the log's first second) before the last
 * training row on, and n − 1 days before that. Validation, test, vocabularies and scales stay as they are. The rows of fewer days
 * are among those of more.
 *
 * @param days a whole number of at least 1; all rows where the training part has no more, which is remarked
 * @throws InputError another number, or a log that does not tell the time of its rows
 */
export function lastDays(data: Dataset, days: number): Dataset {
	const { train, before } = atMidnight(data, days);
	const remark = { reason: noMoreDays(days), count: train.length, first: `row ${train[0]}` };
	const remarks = before.length > 0 ? data.remarks : [...(data.remarks ?? []), remark];
	return {
		...data,
		...(remarks ? { remarks } : {}),
		split: { ...data.split, train },
		fingerprint: sha256({ data: data.fingerprint, days }),
	};
}

/** What is remarked of a training part that has no more days than are asked for. */
export const noMoreDays = (days: number): string =>
	`rows of a training part of no more than ${days} days: all are trained on`;

/**
 * A data set inside the training part of another: its last days, as `lastDays` has them, are the validation part, what comes before them is
 * trained on, and there is no test part. Vocabularies and scales stay those of the whole training part.
 *
 * @param days a whole number of at least 1
 * @throws InputError another number, a log that does not tell the time of its rows, or one with no more days
 */
export function insideTraining(data: Dataset, days: number): Dataset {
	const { before: train, train: valid } = atMidnight(data, days);
	if (train.length === 0)
		throw new InputError(`the training part of ${data.name} has no more than ${days} days: hold fewer of them out`);
	const split = { train, valid, test: new Int32Array(0) };
	return { ...data, split, fingerprint: sha256({ inside: data.fingerprint, days }) };
}

/** The training rows of the last days, and those before them. */
function atMidnight(data: Dataset, days: number): { train: Int32Array; before: Int32Array } {
	checkDays(days);
	const { time } = data;
	if (!time)
		throw new InputError(
			`${data.name} does not tell the time of its rows, so its last ${days} days are not known: leave "days" out, or name the column of the time in the schema and prepare the log again`,
		);
	let last = Number.NEGATIVE_INFINITY;
	for (const row of data.split.train) last = Math.max(last, time[row]);
	const from = (Math.floor(last / DAY) - days + 1) * DAY;
	return {
		train: data.split.train.filter((row) => time[row] >= from),
		before: data.split.train.filter((row) => time[row] < from),
	};
}

/** @throws InputError a number of days that is not a whole number of at least 1 */
export function checkDays(days: number): void {
	if (!(Number.isInteger(days) && days >= 1))
		throw new InputError(`the last days of the training part must be a whole number of at least 1, not ${days}`);
}

/** @throws InputError a share that is not above 0 and at most 1 */
export function checkShare(share: number): void {
	if (!(share > 0 && share <= 1))
		throw new InputError(`the share of the training rows must be above 0 and at most 1, not ${share}`);
}
