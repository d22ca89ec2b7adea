import { InputError } from "../core/problem";
import { stream } from "../core/random";
import type { Dataset } from "../data/dataset";
import { sha256 } from "../data/prepare";

/**
 * A data set with a share of its training rows; validation, test, vocabularies and scales stay as they are. The rows of a
 * smaller share are among those of a larger one, and the same for every model and seed.
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

/** @throws InputError a share that is not above 0 and at most 1 */
export function checkShare(share: number): void {
	if (!(share > 0 && share <= 1))
		throw new InputError(`the share of the training rows must be above 0 and at most 1, not ${share}`);
}
