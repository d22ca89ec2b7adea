import { expect, it } from "vitest";
import { type DuckDb, openDuckDb } from "../duckdb";
import { fillTable } from "./columns";
import { pieceBuilder } from "./pieces";

const names = { bytes: ["b"], whole: ["n"], lists: ["l"] };
const elements = (ids: number[]) => ({
	ids: Int32Array.from(ids),
	values: Float32Array.from(ids, (id) => id / 2),
	length: ids.length,
});

it("a table holds what its columns were given, lists of more than one piece and empty ones included", async () => {
	const db = await openDuckDb();
	try {
		const table = await fillTable(db, "t", names);
		const expected = Array.from({ length: 5000 }, (_, row) => ({
			b: row % 2,
			n: row * 7 - 100,
			l: Array.from({ length: row % 40 }, (_, i) => row + i),
		}));
		const pieces = pieceBuilder(names, table.add);
		for (const { b, n, l } of expected) {
			pieces.columns().b[pieces.at()] = b;
			pieces.columns().n[pieces.at()] = n;
			pieces.list(0, elements(l));
			pieces.next();
		}
		pieces.end();
		table.end();
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
		const table = await fillTable(broken, "t", names);
		const pieces = pieceBuilder(names, table.add);
		pieces.next();
		expect(() => pieces.end()).toThrow(/^the disk is full: make room and give the same command again/);
		expect(() => table.end()).toThrow(/^the disk is full/);
	} finally {
		db.close();
	}
});
