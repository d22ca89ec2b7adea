/**
 * The line of JSON, from 1, on which the field of a path stands: `lineOfField(text, ["space", "aman", "rate"])`; of the nearest field
 * around it where it is not there itself; undefined where none is.
 */
export function lineOfField(text: string, path: readonly string[]): number | undefined {
	const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|\n|[^\s"{}[\],:]+/g;
	/** Key, or place in a list, at each depth. */
	const at: (string | number)[] = [];
	let [line, deepest, found, lastText]: [number, number, number | undefined, string] = [1, 0, undefined, ""];
	const compare = () => {
		if (at.length > path.length || at.length <= deepest) return;
		if (at.some((key, i) => String(key) !== path[i])) return;
		deepest = at.length;
		found = line;
	};
	/** An entry of a list is where its first token is. */
	let entry = false;
	for (const [token] of text.matchAll(tokens)) {
		if (token === "\n") {
			line++;
			continue;
		}
		if (entry) compare();
		entry = false;
		if (token === "{") at.push("");
		else if (token === "[") {
			at.push(0);
			entry = true;
		} else if (token === "}" || token === "]") at.pop();
		else if (token === ",") {
			const last = at.length - 1;
			const place = at[last];
			if (typeof place !== "number") continue;
			at[last] = place + 1;
			entry = true;
		} else if (token === ":") {
			at[at.length - 1] = JSON.parse(lastText) as string;
			compare();
		} else lastText = token;
	}
	return found;
}
