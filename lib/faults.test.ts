import { plantedFaults } from "./plantedFaults";
import { areNoticed } from "./plantedFaults/areNoticed";

// A fifth of them, spread over all rooms; lib/faults.long.test.ts plants every one. Those of the queue need a Redis: there alone.
areNoticed(plantedFaults.filter(({ test }, i) => i % 5 === 0 && !test.startsWith("experiment/queue/")));
