import { expect, it } from "vitest";
import { not } from "../core/graph";
import { hm3 } from "../models/hm3";
import { withComplements } from "./complement";

const graph = { impression: { click: "ctr" }, click: { dAction: "dar", oAction: not("dar") } };

it("a complement is its space without its sibling", () => {
	const events = { click: Uint8Array.of(0, 1, 1), dAction: Uint8Array.of(0, 1, 0) };
	expect(withComplements({ rows: 3, events }, graph).events).toEqual({ ...events, oAction: Uint8Array.of(0, 0, 1) });
	expect(Object.keys(events)).toEqual(["click", "dAction"]);
});

it("of the impression itself, every row counts; an event that the log holds stays", () => {
	const click = Uint8Array.of(0, 1);
	const skip = { impression: { click: "ctr", skip: not("ctr") } };
	const clicks: { rows: number; events: Record<string, Uint8Array> } = { rows: 2, events: { click } };
	expect(withComplements(clicks, skip).events.skip).toEqual(Uint8Array.of(1, 0));
	const own = { click, skip: Uint8Array.of(1, 1) };
	expect(withComplements({ rows: 2, events: own }, skip).events).toEqual(own);
	expect(withComplements({ rows: 2, events: {} }, skip).events).toEqual({});
});

it("a complement that several spaces lead to is a row of any of them without the event", () => {
	const events: Record<string, Uint8Array> = {
		click: Uint8Array.of(1, 1, 1, 1, 0),
		micro: Uint8Array.of(1, 1, 0, 0, 0),
		dAction: Uint8Array.of(1, 0, 1, 0, 0),
	};
	const { oMicro, oAction, ...rest } = withComplements({ rows: 5, events }, hm3.graph).events;
	expect(rest).toEqual(events);
	expect([...oMicro]).toEqual([0, 0, 1, 1, 0]);
	expect([...oAction]).toEqual([0, 1, 0, 1, 0]);
});
