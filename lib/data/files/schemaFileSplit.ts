import type { Schema } from "../schema";
import type { Reading } from "./schemaReading";

/** How the rows of files are divided. Shares are of the whole. */
export type FileSplit =
	/** Along a column, the schema's time unless named: the last `test` share of its span is test, the `valid` share before it validation. */
	| { by: "time"; column?: string; valid: number; test: number }
	/** Drawn by the user: all rows of a user lie in one part. */
	| { by: "user"; valid: number; test: number; seed: number }
	/** Drawn row by row. */
	| { by: "row"; valid: number; test: number; seed: number }
	/** A column says it: train, valid or test. */
	| { by: "column"; column: string }
	/** Files of these names (with `*`) are test; a `valid` share of the others is drawn, by a column where `group` names one. */
	| { by: "file"; test: readonly string[]; valid: number; seed: number; group?: string };

const FORMS: Record<FileSplit["by"], readonly string[]> = {
	time: ["by", "column", "valid", "test"],
	user: ["by", "valid", "test", "seed"],
	row: ["by", "valid", "test", "seed"],
	column: ["by", "column"],
	file: ["by", "test", "valid", "seed", "group"],
};

/** Reads the key "split" of a schema file. */
export function parseSplit(file: Reading, value: unknown, schema: Schema): FileSplit {
	const given = file.object(value, "split");
	const by = file.text(given.by, "split.by") as FileSplit["by"];
	if (!Object.hasOwn(FORMS, by)) file.unknown('"split.by"', by, Object.keys(FORMS));
	file.keys(given, FORMS[by], "split");
	const share = (key: "valid" | "test", least: string): number => {
		const one = given[key];
		if (typeof one !== "number" || !(one < 1) || one < 0 || (one === 0 && key === "valid"))
			file.fail(`"split.${key}" must be a share ${least} and below 1, not ${JSON.stringify(one)}`);
		return one as number;
	};
	const shares = () => {
		const [valid, test] = [share("valid", "above 0"), share("test", "from 0")];
		if (valid + test >= 1)
			file.fail(`"split" gives ${valid} to validation and ${test} to test, which leaves nothing to train on`);
		return { valid, test };
	};
	const seed = (): number => {
		const one = given.seed ?? 1;
		if (typeof one !== "number" || !Number.isSafeInteger(one) || one < 0)
			file.fail(`"split.seed" must be a whole number from 0, not ${JSON.stringify(one)}`);
		return one as number;
	};
	if (by === "time") {
		if (given.column === undefined && schema.time === undefined)
			file.fail(
				'"split.by" is "time", but the schema has no "time": name its column, or split by user, row, column or file',
			);
		return {
			by,
			...(given.column === undefined ? {} : { column: file.text(given.column, "split.column") }),
			...shares(),
		};
	}
	if (by === "column") {
		const column = file.text(given.column, "split.column");
		if (column in schema.features)
			file.fail(`"split.column" is "${column}", which is a feature too: the part of a row is not known to a model`);
		if (Object.values(schema.events).includes(column)) file.fail(`"split.column" is "${column}", which is an event`);
		return { by, column };
	}
	if (by === "file") {
		const group = given.group === undefined ? {} : { group: file.text(given.group, "split.group") };
		return { by, test: file.list(given.test, "split.test"), valid: share("valid", "above 0"), seed: seed(), ...group };
	}
	if (by === "user" && schema.user === undefined)
		file.fail(
			'"split.by" is "user", but the schema has no "user": name its column, or split by time, row, column or file',
		);
	return { by, ...shares(), seed: seed() };
}
