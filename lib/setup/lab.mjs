// Opens JupyterLab on notebooks/ with the project's kernel; further arguments go to JupyterLab. Nothing outside the project is
// written: settings, workspaces and runtime files stay in .venv/jupyter.
import { refuseOldNode } from "./versions.mjs";

refuseOldNode();

const { spawn } = await import("node:child_process");
const { mkdirSync } = await import("node:fs");
const { join } = await import("node:path");
const { failWith } = await import("./command.mjs");
const { writeWhole } = await import("./files.mjs");
const { layout, ROOT } = await import("./paths.mjs");
const { setUp } = await import("./setup.mjs");

const at = layout(ROOT);
const args = process.argv.slice(2);

/** Where Jupyter keeps what it writes. */
function jupyterEnvironment(venv) {
	const own = join(venv, "jupyter");
	return {
		JUPYTER_CONFIG_DIR: join(own, "config"),
		JUPYTER_DATA_DIR: join(own, "data"),
		JUPYTER_RUNTIME_DIR: join(own, "runtime"),
		JUPYTERLAB_SETTINGS_DIR: join(own, "settings"),
		JUPYTERLAB_WORKSPACES_DIR: join(own, "workspaces"),
		IPYTHONDIR: join(own, "ipython"),
		PYTHONPATH: "",
		PYTHONNOUSERSITE: "1",
	};
}

const SETTINGS = [
	`--ServerApp.root_dir=${join(ROOT, "notebooks")}`,
	"--KernelSpecManager.ensure_native_kernel=False",
	"--KernelSpecManager.allowed_kernelspecs=tslab",
	"--MultiKernelManager.default_kernel_name=tslab",
	"--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
];

/** JupyterLab asks whether to fetch news; here it neither asks nor fetches. */
const DEFAULTS = { "@jupyterlab/apputils-extension:notification": { fetchNews: "false", checkForUpdates: false } };

function open() {
	mkdirSync(join(at.venv, "jupyter"), { recursive: true });
	const settings = join(at.venv, "share/jupyter/lab/settings");
	mkdirSync(settings, { recursive: true });
	writeWhole(join(settings, "overrides.json"), `${JSON.stringify(DEFAULTS)}\n`);
	const env = { ...process.env, ...jupyterEnvironment(at.venv) };
	const given = args.map((arg) => arg.split("=")[0]);
	const flags = SETTINGS.filter((setting) => !given.includes(setting.split("=")[0]));
	const child = spawn(at.python, ["-m", "jupyterlab", ...flags, ...args], { cwd: ROOT, env, stdio: "inherit" });
	// A terminal sends Ctrl-C to JupyterLab itself, which asks before it ends; other requests to end are passed on.
	process.on("SIGINT", () => {});
	process.on("SIGTERM", () => child.kill("SIGTERM"));
	process.on("SIGHUP", () => child.kill("SIGHUP"));
	child.on("close", (code, signal) => process.exit(signal ? 1 : code));
}

if (args.includes("--help")) {
	process.stdout.write("npm run lab -- [arguments of JupyterLab, such as --no-browser or --port 8890]\n");
} else {
	try {
		await setUp();
		open();
	} catch (error) {
		failWith(error, args.includes("--debug"));
	}
}
