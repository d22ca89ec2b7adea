import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { Column } from "../data/log";
import { countColumns } from "./history";
import { type PresetName, presets } from "./presets";
import { randomExposure } from "./randomExposure";
import { replayTable } from "./replay";
import type { Sequences } from "./sequence";
import { makeWorld, simulate, simulatorVersion } from "./simulate";
import { calendarTable, itemsTable, usersTable, type Vectors } from "./tables";

/**
 * SHA-256 of the schema's features, the first and the last 100 rows, and every row's counts from history, of the version
 * they were taken from. Seed 1, 2000 rows of each preset, but the 20000 of tiny, whose users have weeks of history.
 */
const golden: { version: number; hashes: Record<PresetName, string> } = {
	version: 1,
	hashes: {
		tiny: "f2a3cc515b238308705d2e70242bd71c4bf23c09bd23f80b4a22af71c000a779",
		demo: "55dfacf4f97472c2f501fa9247c2372794f39e674a5539bd8a338b0b9171dec9",
		bench: "21f413d4a84e0001c1281dc1991529f76159c64db00a9a1c10e9d10f1df19fd5",
		esm2: "5769ef7c05e31a818c435a4af5969f406e43737e817ffa3ae3015d8c784ed5ba",
		funnel: "ccde3576d2cf20b75d1baa8d12dea8841f4c874f81ebd4eb7552d2147fd68186",
		aliccp: "f95b878e53fac1d5577c66b25091f7d21f014c403e34210bfa8637bedc2ac71e",
		small_scene: "7732284e88b8bc59dc41f22219bc0991157a28345116bb9fcb62b8c08cd9b7a9",
	},
};

function hashOf(preset: PresetName): string {
	const { columns, schema } = simulate({ preset, seed: 1, rows: preset === "tiny" ? undefined : 2000 });
	// What a feature tells of came later, and changes no value.
	const kinds = Object.fromEntries(Object.entries(schema.features).map(([name, { kind }]) => [name, { kind }]));
	const hash = createHash("sha256").update(JSON.stringify(kinds));
	for (const name of Object.keys(columns).sort()) {
		const values = Array.from(columns[name] as Float32Array);
		hash.update(`${name}\n${[...values.slice(0, 100), ...values.slice(-100)].join(",")}\n`);
	}
	// A day's conversions are so few that 200 rows may have none.
	for (const name of countColumns) hash.update(Buffer.from((columns[name] as Float32Array).buffer));
	return hash.digest("hex");
}

test.each(Object.keys(presets) as PresetName[])("the numbers of %s belong to their version", (preset) => {
	const hash = hashOf(preset);
	const advice =
		golden.version === simulatorVersion
			? `the numbers of preset "${preset}" changed: raise simulatorVersion in simulate.ts and take this hash here`
			: `simulatorVersion is ${simulatorVersion}, these hashes are of ${golden.version}: take the new ones`;
	expect({ version: simulatorVersion, hash }, advice).toEqual({ version: golden.version, hash: golden.hashes[preset] });
});

/** As above, of the tables beside the log of `tiny`: each whole. */
const beside = {
	sequences: "6b5d9d5942af1723e6a968ad08aa97c8e08770c21f2a64b0a5d6c7cbb2d5e4f8",
	random: "1786ebdf868b26a9c43aa98d6afac90dfc5c518dca34ad9f2db29a7443d10398",
	replay: "582e749ebaca5ff92e5a0c2d8f88970cd4de7b0fb3d004f16de0712b15435379",
	users: "6e64a1eae3bf917ef6fa57128dac9b5ad12f7d1f3af87e8fc1a6c1347f29ffdf",
	items: "0a6c6e7026e7a4af84b22e28c984baa494c42481d8c0e6d859b8e165ac810f32",
	calendar: "d1fe69c03e9a070eda5cd605ed2c02f292101dc3e268ab64423b32d08521137e",
};

test("the numbers beside the log belong to their version", () => {
	const log = simulate({ preset: "tiny", seed: 1 });
	const { knobs, sequences } = log;
	const { events, start, length } = sequences;
	const { calendar, users, items } = makeWorld(knobs, 1);
	const random = randomExposure(log);
	const replay = replayTable(log);
	const hashes = {
		sequences: hashOfColumns({ ...events, start, length }),
		random: hashOfColumns({ ...random.columns, ...places(random) }),
		replay: hashOfColumns({ ...replay.columns, ...places(replay) }),
		users: hashOfColumns(usersTable(knobs, users).columns),
		items: hashOfColumns(itemsTable(knobs, items).columns),
		calendar: hashOfColumns(calendarTable(calendar).columns),
	};
	expect({ version: simulatorVersion, ...hashes }, "raise simulatorVersion and take these hashes").toEqual({
		version: golden.version,
		...beside,
	});
});

const places = ({ sequences: { start, length } }: { sequences: Sequences }) => ({ start, length });

function hashOfColumns(columns: Record<string, Column | Vectors>): string {
	const hash = createHash("sha256");
	for (const name of Object.keys(columns).sort()) {
		const column = columns[name];
		const values = "width" in column || "offsets" in column ? column.values : column;
		hash.update(`${name}\n`).update(Buffer.from(values.buffer));
	}
	return hash.digest("hex");
}
