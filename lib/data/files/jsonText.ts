import { InputError } from "../../core/problem";

/**
 * Parses JSON that a person wrote.
 *
 * @param name of the file, for the message
 * @throws InputError the line and column of the first fault; also where an object names a key twice
 */
export function parseJson(text: string, name: string): unknown {
	let at = 0;
	const fail = (what: string): never => {
		const before = text.slice(0, at).split("\n");
		throw new InputError(
			`${name}:${before.length}:${before[before.length - 1].length + 1} is not JSON: ${what}. Mend it there`,
		);
	};
	const token = (pattern: RegExp): string | undefined => {
		pattern.lastIndex = at;
		const found = pattern.exec(text)?.[0];
		if (found !== undefined) at += found.length;
		return found;
	};
	const skip = () => token(/[ \t\r\n]*/y);
	const here = () => (at < text.length ? JSON.stringify(text[at]) : "the end of the file");
	const string = (): string => {
		const begun = at;
		const found = token(/"(?:[^"\\\n]|\\[^\n])*"/y);
		if (found === undefined)
			fail(
				text[at] === '"' ? "a text is not closed in its line" : `${here()} stands where a text in double quotes must`,
			);
		try {
			return JSON.parse(text.slice(begun, at)) as string;
		} catch {
			at = begun;
			return fail("a text holds a control character or a wrong escape");
		}
	};
	const members = (close: string, member: () => void): void => {
		at++;
		skip();
		if (text[at] === close) {
			at++;
			return;
		}
		for (;;) {
			skip();
			member();
			skip();
			if (text[at] === close) break;
			if (text[at] !== ",") fail(`${here()} stands where "," or "${close}" must`);
			at++;
		}
		at++;
	};
	const value = (): unknown => {
		skip();
		if (text[at] === "{") {
			const object: Record<string, unknown> = {};
			members("}", () => {
				const begun = at;
				const key = string();
				if (Object.hasOwn(object, key)) {
					at = begun;
					fail(`the key "${key}" stands there a second time`);
				}
				skip();
				if (text[at] !== ":") fail(`${here()} stands where ":" must`);
				at++;
				Object.defineProperty(object, key, { value: value(), enumerable: true, writable: true, configurable: true });
			});
			return object;
		}
		if (text[at] === "[") {
			const list: unknown[] = [];
			members("]", () => list.push(value()));
			return list;
		}
		if (text[at] === '"') return string();
		const word = token(/true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y);
		return word === undefined ? fail(`${here()} stands where a value must`) : JSON.parse(word);
	};
	if (text.charCodeAt(0) === 0xfeff) at = 1;
	const parsed = value();
	skip();
	if (at < text.length) fail(`${here()} stands after the end of the value`);
	return parsed;
}
