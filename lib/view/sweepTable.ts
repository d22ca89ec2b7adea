import type { SweepOutcome, SweepRow } from "../experiment/sweep/outcome";
import type { Best, SweepEvent } from "../experiment/sweep/progress";
import type { Score } from "../experiment/sweep/score";
import { escapeHtml } from "./html";
import { liveOutput } from "./notebook";
import { duration } from "./progress";
import type { Cell, Estimate, Table } from "./table";

/** Hyperparameters in words: "lr=0.00123, mlp=[64,32]". */
export const settingOf = (hyper: Readonly<Record<string, unknown>>): string =>
	Object.entries(hyper)
		.map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
		.join(", ") || "defaults";

/** The table of a sweep: a row a trial, the chosen one of each model first; the validation metric, and the test part where it was opened. */
export function sweepTable({ sweep, spec, table, notes, final, ...counts }: SweepOutcome): Table {
	const { metric } = spec.choose;
	const shares = spec.search === "halving";
	const right = { align: "right" as const };
	const names = (model: string) => Object.keys({ ...spec.space["*"], ...spec.space[model] });
	const searched = ({ model, hyper }: SweepRow) =>
		Object.fromEntries(Object.entries(hyper).filter(([name]) => names(model).includes(name)));
	const fixed = Object.entries(spec.hyper).map(([key, hyper]) => `${key === "*" ? "all" : key} ${settingOf(hyper)}`);
	return {
		title: `Sweep ${sweep.slice(0, 12)}`,
		columns: [
			{ name: "model" },
			{ name: "setting" },
			...(shares ? [{ name: "rows", ...right }] : []),
			{ name: `validation ${metric}`, ...right },
			{ name: "95 % interval", ...right },
			{ name: "seeds", ...right },
			{ name: "chosen" },
			...(final ? [{ name: `test ${metric}`, ...right }] : []),
		],
		rows: table.map((row): Cell[] => [
			row.model,
			settingOf(searched(row)),
			...(shares ? [row.share === 1 ? "all" : `1/${1 / row.share}`] : []),
			scoreCell(row),
			interval(row.metric),
			row.metric.n,
			[row.chosen ? "chosen" : row.failed ? "failed" : "", ...(row.unsound ?? [])].filter(Boolean).join("; "),
			...(final ? [row.test ? (estimate(row.test) ?? row.test.reason ?? null) : null] : []),
		]),
		notes: [
			countsLine(counts),
			...(fixed.length > 0 ? [`Fixed: ${fixed.join("; ")}; what is not named has the model's default.`] : []),
			...notes,
		],
	};
}

const scoreCell = ({ metric }: SweepRow): Cell => estimate(metric) ?? metric.reason ?? null;

const estimate = ({ mean, std, n, low, high }: Score): Estimate | undefined =>
	mean === null ? undefined : { mean, n, low, high, ...(std === null ? {} : { std }) };

const interval = ({ low, high }: Score): Cell =>
	Number.isFinite(low) && Number.isFinite(high) ? `[${low.toFixed(4)}, ${high.toFixed(4)}]` : null;

const countsLine = ({ runs, done, failed, skipped }: Pick<SweepOutcome, "runs" | "done" | "failed" | "skipped">) =>
	`Runs: ${runs}; done now: ${done}; from the store: ${skipped}; failed: ${failed}.`;

/** Where and when a sweep's live table is drawn; a test gives its own. */
export interface SweepSurface {
	/** Milliseconds. */
	now(): number;
	/** Least milliseconds between two drawings. */
	every: number;
	/** Draws a line, or a table in HTML; `last` is the end. */
	draw(line: string, html: string, last: boolean): void;
}

/**
 * A sweep's live table, under a notebook's cell, or as a line on stderr: runs done, running, failed and from the store; each model's
 * best trial so far with its hyperparameters; the rate; the time left.
 */
export function sweepProgress(surface: SweepSurface = surfaceHere()): {
	hear(event: SweepEvent): void;
	end(): void;
} {
	let drawn = Number.NEGATIVE_INFINITY;
	let last: SweepEvent | undefined;
	return {
		hear(event) {
			last = event;
			const now = surface.now();
			if (now - drawn < surface.every) return;
			drawn = now;
			surface.draw(lineOf(event), htmlOf(event), false);
		},
		end() {
			if (last) surface.draw(lineOf(last), htmlOf(last), true);
			last = undefined;
		},
	};
}

const bestWords = ({ model, hyper, mean, share }: Best): string =>
	`${model} ${mean.toFixed(4)} (${settingOf(hyper)}${share === 1 ? "" : `, 1/${1 / share} of the rows`})`;

const paceWords = ({ samplesPerSecond, left, counts }: SweepEvent): string[] => [
	...(samplesPerSecond === undefined ? [] : [`${Math.round(samplesPerSecond).toLocaleString("en")} samples/s`]),
	...(left === undefined || counts.running === 0 ? [] : [`${duration(left)} left`]),
];

function countWords({ counts, final }: SweepEvent): string[] {
	const { runs, done, running, failed, skipped } = counts;
	return [
		`${done + skipped}/${runs} done${skipped > 0 ? ` (${skipped} from the store)` : ""}`,
		`${running} running${final ? " on the test part" : ""}`,
		`${failed} failed`,
	];
}

function lineOf(event: SweepEvent): string {
	const best = event.best.map(bestWords).join(", ");
	return `sweep: ${[...countWords(event), ...(best ? [`best ${best}`] : []), ...paceWords(event)].join("; ")}`;
}

function htmlOf(event: SweepEvent): string {
	const { runs, done, skipped } = event.counts;
	const share = (done + skipped) / Math.max(1, runs);
	const rows = event.best.map(
		({ model, hyper, mean, share }) =>
			`<tr>${[model, mean.toFixed(4), settingOf(hyper), share === 1 ? "all" : `1/${1 / share}`].map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}</tr>`,
	);
	const table =
		rows.length === 0
			? ""
			: `<table><thead><tr><th>model</th><th>best so far</th><th>setting</th><th>rows</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
	const words = [...countWords(event), ...paceWords(event)].join("; ");
	return `<div><progress value="${share.toFixed(4)}" max="1" style="width:20em;vertical-align:middle"></progress> <span>${escapeHtml(words)}</span></div>${table}`;
}

function surfaceHere(): SweepSurface {
	const output = liveOutput();
	const now = () => performance.now();
	if (output) return { now, every: 500, draw: (line, html) => output(html, line) };
	const { stderr } = process;
	if (!stderr.isTTY) return { now, every: 5000, draw: (line) => void stderr.write(`${line}\n`) };
	return {
		now,
		every: 200,
		draw(line, _, last) {
			const width = (stderr.columns ?? 120) - 1;
			const cut = last || line.length <= width ? line : `${line.slice(0, width - 1)}…`;
			stderr.write(`\r\x1b[2K${cut}${last ? "\n" : ""}`);
		},
	};
}
