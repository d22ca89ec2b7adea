import { existsSync } from "node:fs";
import { join } from "node:path";
import type { GalleryEntry } from "../papers/galleryEntries";
import { escapeMarkdown } from "./markdown";

/** Formats that people look at, in the order they are linked in. */
const formats = ["md", "tex", "csv", "html", "svg", "png", "pdf"] as const;

/**
 * The gallery of a folder of tables and figures, as Markdown: each with its picture where there is one, what it found, and its files.
 * Entries of which the folder has no file are left out.
 *
 * @param lead said before them
 */
export function gallery(folder: string, lead: string, entries: readonly GalleryEntry[]): string {
	const parts = entries.flatMap(({ file, title, about, findings }) => {
		const there = formats.filter((format) => existsSync(join(folder, `${file}.${format}`)));
		if (there.length === 0) return [];
		const links = there.map((format) => `[${format}](${file}.${format})`).join(" · ");
		return [
			`## ${escapeMarkdown(title)}`,
			...(there.includes("svg") ? [`![${escapeMarkdown(title)}](${file}.svg)`] : []),
			...(about === undefined ? [] : [escapeMarkdown(about)]),
			...(findings.length > 0 ? [findings.map((finding) => `- ${escapeMarkdown(finding)}`).join("\n")] : []),
			links,
		];
	});
	return `${["# Figures and tables", lead, ...parts].join("\n\n")}\n`;
}
