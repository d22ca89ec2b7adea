// Child process of rawAliCcp.ts: writeRaw.ts FOLDER MADE writes the raw files, then the marker.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeAliCcp } from "../lib/data/aliccp/writer";
import { MARKER } from "./rawAliCcp";

const [folder, made] = process.argv.slice(2);
writeAliCcp(folder, JSON.parse(made).options).then((written) =>
	writeFileSync(join(folder, MARKER), JSON.stringify({ made, written })),
);
