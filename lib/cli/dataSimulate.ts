import { unknownName } from "../core/problem";
import { writeSimulatedAliCcp } from "../experiment/simulated/aliCcp";
import { baseOf, type Findings, findingsOf, writeSimulated } from "../experiment/simulated/files";
import { chooseKnobs, type PresetName, presets } from "../simulator/presets";
import { type Simulated, simulateInTurns } from "../simulator/simulate";
import { toText } from "../view/markdown";
import { type Progress, progress } from "../view/progress";
import { tableOf } from "../view/table";
import { type Job, setting, wholeNumber } from "./command";

interface Options {
	preset: string;
	seed: number;
	rows?: number;
	set?: Record<string, unknown>;
	format: string;
	out: string;
}

/** `npm run data -- simulate`: simulates a log with known truth and writes it as Parquet or as Ali-CCP's raw files. */
export const simulateJob: Job<Options> = {
	about: "Simulates a log of user behaviour with known truth and writes it as files.",
	define: (c) =>
		c
			.requiredOption("--preset <name>", Object.keys(presets).join(", "))
			.requiredOption("--seed <n>", "the same options and seed give the same bytes", wholeNumber("--seed", 0))
			.option("--rows <n>", "impressions instead of the preset's", wholeNumber("--rows", 1))
			.option("--set <name=value>", "a knob of the simulator, such as rho=0; may be given again", setting)
			.option("--format <name>", "parquet, or aliccp for raw files as Ali-CCP's", "parquet")
			.requiredOption("--out <file>", "parquet: log.parquet, with its companions beside it; aliccp: a folder"),
	async work({ preset, seed, rows, set, format, out }, signal) {
		const begun = performance.now();
		if (!(format in formats)) throw unknownName("format", format, Object.keys(formats));
		if (!Object.hasOwn(presets, preset)) throw unknownName("preset", preset, Object.keys(presets));
		const knobs = set ?? {};
		chooseKnobs(preset, rows === undefined ? knobs : { ...knobs, N: rows });
		formats[format as Format].check(out);
		const log = await shown("simulating", (told) =>
			simulateInTurns({
				...{ preset: preset as PresetName, seed, rows, knobs },
				progress: (done, total) => {
					if (signal.aborted) throw new Error("stopped while simulating; nothing was written");
					told(done, total);
				},
			}),
		);
		const found = findingsOf(log);
		for (const { name, value, bound, holds } of found.assertions)
			if (!holds) process.stderr.write(`ASSERTION FAILED: ${name} is ${value}, may be ${bound} at most\n`);
		const written = await shown("writing", (told) =>
			formats[format as Format].write(log, found, out, { progress: told, signal }),
		);
		const { clicks, conversions } = log.realised;
		const json = {
			...{ rows: log.rows, clicks, conversions, knobs: log.knobs, ...found, realised: log.realised },
			...{ fingerprint: log.fingerprint, format, file: out, ...written },
			seconds: Math.round((performance.now() - begun) / 10) / 100,
		};
		return { json, text: words(log, found, written.files, out) };
	},
};

type Write = { progress: (done: number, total: number) => void; signal: AbortSignal };
type Format = keyof typeof formats;

const formats = {
	parquet: {
		check: (out: string) => void baseOf(out),
		write: async (log: Simulated, found: Findings, out: string, how: Write) => ({
			files: await writeSimulated(log, found, out, how),
		}),
	},
	aliccp: {
		check: (_: string) => {},
		write: async (log: Simulated, _: Findings, out: string, how: Write) => {
			const { files, ...parts } = await writeSimulatedAliCcp(log, out, how);
			return { files, parts };
		},
	},
};

/** Does some work behind a bar that begins with its first news. */
async function shown<T>(label: string, work: (told: (done: number, total: number) => void) => Promise<T>): Promise<T> {
	let bar: Progress | undefined;
	try {
		return await work((done, total) => {
			bar ??= progress({ label, total: 1 });
			bar.update(done / Math.max(total, 1));
		});
	} finally {
		bar?.end();
	}
}

function words(
	log: Simulated,
	{ ceilings, selectionBias, assertions }: Findings,
	files: string[],
	out: string,
): string {
	const { realised } = log;
	const percent = (value: number) => `${(100 * value).toPrecision(3)} %`;
	const occasions = Object.entries(realised.occasions).map(([occasion, { share, ctr, cvr, dAction, conversions }]) => ({
		...{ occasion, share, CTR: ctr, CVR: cvr, "macro/click": dAction, conversions },
	}));
	const best = Object.entries(ceilings).map(([metric, { value, se }]) => ({ metric, value, "s.e.": se }));
	const failed = assertions.filter(({ holds }) => !holds);
	return [
		`${log.name}: ${log.rows} impressions, ${realised.clicks} clicks (${percent(realised.ctr)}), ${realised.conversions} conversions (${percent(realised.cvr)} of clicks)`,
		toText(tableOf("By occasion", occasions)),
		toText(tableOf("Bayes ceilings", best)),
		`P(conversion | click): ${percent(selectionBias["E_D[pcvr_obs]"])} over all impressions, ${percent(selectionBias["E_O[pcvr_obs]"])} over clicked ones; not-at-random index ${percent(selectionBias.nmarIndex)}`,
		failed.length === 0
			? `all ${assertions.length} assertions hold`
			: `FAILED: ${failed.map(({ name, value, bound }) => `${name} (${value} > ${bound})`).join("; ")}`,
		`${out}: ${files.join(", ")}`,
	].join("\n");
}
