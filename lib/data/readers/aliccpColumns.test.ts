import { expect, it } from "vitest";
import { type DuckDb, openDuckDb } from "../duckdb";
import { tableColumns } from "./aliccpColumns";

const names = { bytes: ["b"], whole: ["n"], lists: ["l"] };
const elements = (ids: number[]) => ({
	ids: Int32Array.from(ids),
	values: Float32Array.from(ids, (id) => id / 2),
	length: ids.length,
});

it("a table holds what its columns were given, lists of more than one piece and empty ones included", async () => {
	const db = await openDuckDb();
	try {
		const columns = await tableColumns(db, "t", names);
		const expected = Array.from({ length: 5000 }, (_, row) => ({
			b: row % 2,
			n: row * 7 - 100,
			l: Array.from({ length: row % 40 }, (_, i) => row + i),
		}));
		for (const { b, n, l } of expected) {
			columns.whole.b[columns.at()] = b;
			columns.whole.n[columns.at()] = n;
			columns.list("l", elements(l));
			columns.next();
		}
		columns.end();
		const rows = await db.rows("FROM t");
		expect(rows).toEqual(expected.map((row) => ({ ...row, "l.weights": row.l.map((id) => id / 2) })));
	} finally {
		db.close();
	}
});

it("a full disk while rows are handed over is told in words", async () => {
	const db = await openDuckDb();
	try {
		const full = () => {
			throw new Error("Failed to append: Failed to commit: Could not write file: No space left on device\nmore");
		};
		const createAppender = async () => ({ appendDataChunk: full, closeSync: full });
		const broken = { ...db, connection: { createAppender } } as unknown as DuckDb;
		const columns = await tableColumns(broken, "t", names);
		columns.next();
		expect(() => columns.end()).toThrow(/^the disk is full: make room and give the same command again/);
	} finally {
		db.close();
	}
});
