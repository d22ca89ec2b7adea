import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { type PresetName, presets } from "./presets";
import { simulate, simulatorVersion } from "./simulate";

/** SHA-256 of the first 100 of 2000 rows of each preset, seed 1, of the version they were taken from. */
const golden: { version: number; hashes: Record<PresetName, string> } = {
	version: 1,
	hashes: {
		tiny: "d2cd391b9648f255922c0f997e5246c7248c17d6cfc93ea6d19679a524120a03",
		demo: "0f5fa328a623a4bed7b5458bff005e1d75cc92c38fa8ab8b6bde7a6ac6dac36f",
		bench: "e4f1cf6e7e177b237ccb9fb1a892c79fa50e39f4b1a890795146706abfed3e6d",
		esm2: "0b96f793a7f661512a344720b9ac7a1f6d781db53414377df8f4ebb72e9685b6",
		funnel: "fbda24e163ae24e6bdbe4ac6f4160e42a4f28d3719bb7c6e8ab45402c2570f6b",
		aliccp: "ee5dcaa3856dc445f32b6e8bc14a05281f42afe284d976336bc956151afaf79d",
		small_scene: "25e8a53d0e6bd870ba13fb79a185480b9f50b28e4419bb05d1f0b95ec7dbc640",
	},
};

function hashOf(preset: PresetName): string {
	const { columns } = simulate({ preset, seed: 1, rows: preset === "tiny" ? undefined : 2000 });
	const hash = createHash("sha256");
	for (const name of Object.keys(columns).sort()) {
		const first = (columns[name] as Float32Array).slice(0, 100);
		hash.update(`${name}\n${Array.from(first).join(",")}\n`);
	}
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
