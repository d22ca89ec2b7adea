import { benchmarks } from "./benchmarks";
import { calibration } from "./calibration";
import { comparison } from "./comparison";
import { data } from "./data";
import { doctor } from "./doctor";
import { esm2 } from "./esm2";
import { groups } from "./groups";
import { hm3 } from "./hm3";
import { imports } from "./imports";
import { kept } from "./kept";
import { layers } from "./layers";
import { metrics } from "./metrics";
import { models } from "./models";
import { papers } from "./papers";
import { phases } from "./phases";
import { prediction } from "./prediction";
import { queue } from "./queue";
import { replayed } from "./replayed";
import { results } from "./results";
import { simulation } from "./simulation";
import { statistics } from "./statistics";
import { sweeps } from "./sweeps";
import { training } from "./training";
import { trees } from "./trees";

/** A fault that somebody could make: a small change of one source file, and the test that must notice it. */
export interface PlantedFault {
	/** What is wrong once it is planted. */
	fault: string;
	/** Below lib. */
	file: string;
	/** Text that occurs once in the file, and what it becomes. */
	from: string;
	to: string;
	/** Test file below lib, and the test's full name in it. */
	test: string;
	name: string;
}

/** Every planted fault. lib/faults.long.test.ts plants them in copies of the project, lib/faults.test.ts some of them. */
export const plantedFaults: PlantedFault[] = [
	...data,
	...imports,
	...metrics,
	...models,
	...training,
	...doctor,
	...groups,
	...layers,
	...prediction,
	...queue,
	...calibration,
	...papers,
	...phases,
	...kept,
	...results,
	...benchmarks,
	...simulation,
	...statistics,
	...sweeps,
	...comparison,
	...trees,
	...replayed,
	...hm3,
	...esm2,
].map(([fault, file, from, to, test, name]) => ({ fault, file, from, to, test, name }));
