/** A planted fault as it is written down, in the order of the names of PlantedFault. */
export type Plan = [fault: string, file: string, from: string, to: string, test: string, name: string];
