import { jobs } from "./command";
import { aliCcpJob } from "./dataAliCcp";
import { importJob } from "./dataImport";
import { simulateJob } from "./dataSimulate";

jobs("data", "Makes logs: from Ali-CCP's raw files, from the simulator, or from a log of your own.", {
	aliccp: aliCcpJob,
	simulate: simulateJob,
	import: importJob,
});
