import { type PreparedAliCcp, prepareAliCcp } from "../data/aliccp/prepare";
import { aliCcpProtocol } from "../data/aliccp/protocol";
import { memorySize } from "../data/duckdb";
import { type Card, type PerPart, parts } from "../data/prepared/card";
import { toText } from "../view/markdown";
import { duration, stageProgress } from "../view/progress";
import { type Job, wholeNumber } from "./command";
import { aliCcpTables } from "./dataAliCcpTables";

interface Options {
	raw: string;
	out: string;
	protocol: string;
	minFrequency: number;
	memory?: string;
	history: number;
}

/** `npm run data -- aliccp`: makes a prepared folder of Ali-CCP's raw files. */
export const aliCcpJob: Job<Options> = {
	about: "Makes a prepared log of Ali-CCP's raw files, without holding them in memory.",
	define: (c) =>
		c
			.requiredOption("--raw <dir>", "folder of sample_skeleton_{train,test}.csv and common_features_{train,test}.csv")
			.requiredOption("--out <dir>", "folder of the prepared log; what an earlier run left there is replaced")
			.option("--protocol <name>", "cstwa: 18 single-valued fields; esmm: all fields, five of them lists", "cstwa")
			.option("--min-frequency <n>", "ids in fewer training rows are unknown", wholeNumber("--min-frequency", 1), 10)
			.option("--memory <size>", "most memory of the data engine, as 1GB (default 80 % of the machine's)")
			.option("--history <n>", "esmm: heaviest elements kept of a history", wholeNumber("--history", 1), 50),
	async work({ raw, out, protocol, minFrequency, memory, history }, signal) {
		if (memory !== undefined) memorySize(memory);
		const begun = performance.now();
		const shown = stageProgress();
		const prepared = await prepareAliCcp({
			...{ raw, out, protocol: aliCcpProtocol(protocol), minFrequency, memory, history, signal },
			progress: shown.update,
		}).finally(shown.end);
		const seconds = (performance.now() - begun) / 1000;
		const peakMemoryMB = Math.round(process.resourceUsage().maxRSS / 1024);
		const text = [
			...aliCcpTables(prepared).map(toText),
			`${out} is ready: ${prepared.card.read} rows in ${duration(seconds)}, ${peakMemoryMB} MB of memory at most`,
		].join("\n");
		return { json: { ...answer(prepared), seconds, peakMemoryMB }, text };
	},
};

function answer({ card, scan, users, items }: PreparedAliCcp): object {
	const { rows, events, dropped, remarks, fields, unknown, files, fingerprint } = card;
	const byReason = (list: Card["dropped"]) => Object.fromEntries(list.map(({ reason, count }) => [reason, count]));
	const part = (of: PerPart) => Object.fromEntries(parts.map((name) => [name, of[name]]));
	return {
		rows: part(rows),
		clicks: part(events.click),
		conversions: part(events.conversion),
		dropped: byReason(dropped),
		remarks: byReason(remarks),
		vocabulary: Object.fromEntries(fields.flatMap((f) => (f.kind === "number" ? [] : [[f.name, f.size - 1]]))),
		unknown,
		...{ users, items: items.all, statistics: scan.statistics, files, fingerprint },
	};
}
