import { InputError } from "../core/problem";
import type { Dataset } from "./dataset";
import type { Column, Lists, Log } from "./log";

/** Columns by name: typed arrays, lists of ids, or plain arrays of text and numbers. */
export type Columns = Readonly<Record<string, Column | readonly unknown[]>>;

/** Whether a column holds a list a row. */
export const isLists = (column: Column | readonly unknown[]): column is Lists => "offsets" in column;

/** Entries of a column. */
export const lengthOf = (column: Column | readonly unknown[]): number =>
	isLists(column) ? column.offsets.length - 1 : column.length;

const isLog = (of: Log | Dataset | Columns): of is Log => "columns" in of && "schema" in of;
const isDataset = (of: Log | Dataset | Columns): of is Dataset => "fields" in of && "split" in of;

/**
 * The columns of a log (raw), of a data set (codes, scaled numbers, events, `user`, and the truth under the name of its Prob)
 * or of plain columns: the arrays themselves, not copies.
 *
 * @throws InputError columns of different lengths, or two of one name
 */
export function columnsOf(of: Log | Dataset | Columns): Columns {
	const columns = isLog(of) ? of.columns : isDataset(of) ? ofDataset(of) : of;
	const [first, ...others] = Object.entries(columns);
	for (const [name, column] of others)
		if (lengthOf(column) !== lengthOf(first[1]))
			throw new InputError(
				`column "${name}" has ${lengthOf(column)} rows, column "${first[0]}" has ${lengthOf(first[1])}: a table needs as many in each`,
			);
	return columns;
}

function ofDataset({ name: of, fields, events, user, truth }: Dataset): Columns {
	const columns: Record<string, Column> = {};
	const add = (name: string, column: Column) => {
		if (name in columns) throw new InputError(`${of} has two columns "${name}": give them as {name: column} yourself`);
		columns[name] = column;
	};
	for (const [event, happened] of Object.entries(events)) add(event, happened);
	if (user) add("user", user);
	for (const [prob, column] of Object.entries(truth)) add(prob, column);
	for (const field of fields)
		if (field.kind === "number") add(field.name, field.values);
		else if (field.kind === "id") add(field.name, field.ids);
		else if (!field.list) add(field.name, { offsets: field.offsets, values: field.ids, weights: field.weights });
		else
			throw new InputError(`${of}: rows share the lists of "${field.name}"; query the prepared folder's files instead`);
	return columns;
}
