// What the notebook kernel's compiler made of lib, kept between kernels: checking and compiling some 200 files is most of the time
// that a notebook's first import takes. The files are kept under a hash of everything they depend on; once any of them is edited, all
// are checked and compiled again.
const { createHash } = require("node:crypto");
const {
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	utimesSync,
	writeFileSync,
} = require("node:fs");
const path = require("node:path");

/** The parts of TypeScript that tslab calls, remembering what becomes of the files of `root`/lib. */
function remembering(typescript, root) {
	const folder = path.join(root, "node_modules/.cache/notebook-kernel");
	const place = () => path.join(folder, `${key}.json`);
	const libs = [path.join(root, "lib"), path.join(root, "notebooks/lib")].map((lib) => lib + path.sep);
	const isLib = (name) => libs.some((lib) => name.startsWith(lib)) && !name.endsWith(".d.ts");
	const packages = hashOf(readFileSync(path.join(root, "package-lock.json")), readFileSync(__filename));

	/** File of lib → its JavaScript as emitted, where to, and as CommonJS. */
	let known = new Map();
	let key;
	const commonJs = new Map();

	function recall(files) {
		const texts = files.map(({ fileName, text }) => `${fileName}\0${text}`).sort();
		const wanted = hashOf(typescript.version, packages, process.cwd(), ...texts);
		if (wanted === key) return true;
		known = new Map();
		key = wanted;
		try {
			known = new Map(JSON.parse(readFileSync(place(), "utf8")));
			// Used just now: one of the last to be removed.
			utimesSync(place(), new Date(), new Date());
			for (const { js, cjs } of known.values()) commonJs.set(js, cjs);
			return true;
		} catch {
			// None yet, or none that can be read: it is made anew.
			known = new Map();
			return false;
		}
	}

	let planned = false;
	/** Writes what is known, once the cell at hand is compiled. What cannot be kept is compiled again next time. */
	function keep() {
		if (planned) return;
		planned = true;
		setImmediate(() => {
			planned = false;
			if (key === undefined) return;
			const own = `${place()}.${process.pid}`;
			const files = [...known].map(([name, file]) => [name, { ...file, cjs: commonJs.get(file.js) }]);
			try {
				mkdirSync(folder, { recursive: true });
				writeFileSync(own, JSON.stringify(files));
				renameSync(own, place());
				removeOld(folder);
			} catch {
				rmSync(own, { force: true });
			}
		});
	}

	/** A program whose files of lib are emitted as they were last time. */
	function emitting(builder) {
		return Object.assign(Object.create(builder), {
			emit(file, write, ...rest) {
				if (!file || !isLib(file.fileName)) return builder.emit(file, write, ...rest);
				const made = known.get(file.fileName);
				if (made) {
					write(made.to, made.js);
					return { emitSkipped: false, diagnostics: [] };
				}
				const result = builder.emit(
					file,
					(to, js, ...more) => {
						if (to.endsWith(".js")) known.set(file.fileName, { to, js });
						write(to, js, ...more);
					},
					...rest,
				);
				keep();
				return result;
			},
		});
	}

	return {
		createWatchProgram(host) {
			const tell = host.afterProgramCreate;
			host.afterProgramCreate = (builder) => tell(emitting(builder));
			return typescript.createWatchProgram(host);
		},
		getPreEmitDiagnosticsOfFiles(program, files) {
			const ours = files.filter(({ fileName }) => isLib(fileName));
			if (ours.length === 0) return typescript.getPreEmitDiagnosticsOfFiles(program, files);
			const seen = recall(ours);
			const found = typescript.getPreEmitDiagnosticsOfFiles(
				program,
				seen ? files.filter(({ fileName }) => !isLib(fileName)) : files,
			);
			// A lib with an error is not kept: the next kernel shall tell it too.
			if (!seen && found.some(({ file }) => file && isLib(file.fileName))) key = undefined;
			return found;
		},
		transpileModule(js, ...rest) {
			const made = commonJs.get(js);
			if (made !== undefined) return { outputText: made };
			const result = typescript.transpileModule(js, ...rest);
			if ([...known.values()].some((file) => file.js === js)) commonJs.set(js, result.outputText);
			return result;
		},
	};
}

/** States of lib that are kept: the newest ones. */
const KEPT = 6;

function removeOld(folder) {
	const all = readdirSync(folder).map((name) => path.join(folder, name));
	const ages = new Map(all.map((file) => [file, statSync(file).mtimeMs]));
	for (const file of all.sort((a, b) => ages.get(b) - ages.get(a)).slice(KEPT)) rmSync(file, { force: true });
}

const hashOf = (...parts) =>
	parts.reduce((hash, part) => hash.update(part).update("\0"), createHash("sha256")).digest("hex");

module.exports = { remembering };
