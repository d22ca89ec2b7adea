/** A fault of a training, or a sign of one. An "error" ends the training, a "warning" does not. */
export interface Finding {
	/** What it is called: "collapsed tower", "leak", "dead embedding". */
	readonly fault: string;
	/** What it is a fault of: a probability, a field, a table, a part of the split. With `fault` it names the finding. */
	readonly where: string;
	/** What was seen, with its numbers. */
	readonly seen: string;
	/** What to look at. */
	readonly look: string;
	readonly severity: "error" | "warning";
}

/** A finding in one line: "collapsed tower: P(conversion|click) is 0.0031 on all … . Look at: lr (now 0.5), …". */
export const lineOf = ({ fault, where, seen, look }: Finding): string => `${fault}: ${where} ${seen}. Look at: ${look}`;

/** A warning. */
export const warning = (fault: string, where: string, seen: string, look: string): Finding => ({
	...{ fault, where, seen, look },
	severity: "warning",
});

/** A share in words: "12.3 %". */
export const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 2 : 1)} %`;
