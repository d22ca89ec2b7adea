/**
 * The field's notation as a type: `"conversion|click"` reads P(conversion | click).
 *
 * A `Prob` names the label (left of the bar), the sample space (right), the prediction column,
 * the loss and the metric. Nothing in the project is positional, so labels cannot be swapped.
 */
export type Prob<Event extends string = string, Space extends string = string> = `${Event}|${Space}`;

/** The space every row belongs to: each row of a log is one impression. */
export const IMPRESSION = "impression";

/** P(click | impression), over the entire space. */
export const pCTR = "click|impression";
/** P(conversion | click), the post-click conversion rate; its labels are seen on clicked rows only. */
export const pCVR = "conversion|click";
/** P(conversion | impression), over the entire space. */
export const pCTCVR = "conversion|impression";

/** The label of a Prob: `eventOf("conversion|click")` is `"conversion"`. */
export const eventOf = <E extends string>(prob: Prob<E>): E => split(prob)[0] as E;

/** The sample space of a Prob: `spaceOf("conversion|click")` is `"click"`. */
export const spaceOf = <S extends string>(prob: Prob<string, S>): S => split(prob)[1] as S;

function split(prob: string): [string, string] {
	const [event, space, ...rest] = prob.split("|");
	if (!event || !space || rest.length > 0)
		throw new Error(`"${prob}" is not a probability: write it as "event|space", for example "${pCVR}"`);
	return [event, space];
}
