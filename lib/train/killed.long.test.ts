import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolders } from "../data/readers/temporaryFolders";
import { bitsOf } from "./checkpointBits";
import { killedUntilEnd, trainInProcess } from "./killing";
import { toyFolder } from "./toyFolder";

const folder = temporaryFolders();

it.each([
	["staged", false],
	["staged", true],
	["compiled", false],
])(
	"%s: killed twenty times at random moments (streamed: %s): the bits of one that was never killed",
	async (model, streams) => {
		const made = folder();
		if (streams) await toyFolder(folder(), made);
		const what = { model, folder: streams ? made : undefined };
		const whole = join(folder(), "whole");
		expect(await trainInProcess(what, whole)).toBe(true);
		let killed = 0;
		// A training is over after a few kills: each round begins another one.
		for (let round = 0; killed < 20; round++) {
			const path = join(folder(), "killed");
			killed += await killedUntilEnd(what, path, 20 - killed, round);
			expect(await bitsOf(path), `after ${killed} kills`).toEqual(await bitsOf(whole));
		}
		expect(killed).toBe(20);
	},
);
