import { type Booster, type Growing, type Growth, type Matrix, once, type TreeLibrary } from "./booster";
import { loadLibrary, type Pointer, treeThreads } from "./library";

const FLOAT32 = 0;
const NORMAL = 0;
const SPLIT = 0;

let loaded: Calls | undefined;

type Calls = ReturnType<typeof calls>;

/** The C functions, each of which throws what the library says where it fails. */
function calls() {
	const library = loadLibrary("lib_lightgbm");
	const lastError: () => string = library.func("const char *LGBM_GetLastError()");
	const checked = (signature: string) => {
		const call: (...of: unknown[]) => number = library.func(`int ${signature}`);
		return (...of: unknown[]): void => {
			if (call(...of) !== 0) throw new Error(`LightGBM: ${lastError().trim()}`);
		};
	};
	return {
		dataset: checked(
			"LGBM_DatasetCreateFromMat(const void *data, int type, int32_t rows, int32_t columns, int rowMajor, const char *parameters, void *reference, _Out_ void **out)",
		),
		setField: checked("LGBM_DatasetSetField(void *of, const char *name, const void *data, int n, int type)"),
		freeDataset: checked("LGBM_DatasetFree(void *of)"),
		booster: checked("LGBM_BoosterCreate(void *train, const char *parameters, _Out_ void **out)"),
		update: checked("LGBM_BoosterUpdateOneIter(void *of, _Out_ int *finished)"),
		evaluation: checked("LGBM_BoosterGetEval(void *of, int data, _Out_ int *length, _Inout_ double *results)"),
		predict: checked(
			"LGBM_BoosterPredictForMat(void *of, const void *data, int type, int32_t rows, int32_t columns, int rowMajor, int kind, int start, int trees, const char *parameters, _Out_ int64_t *length, _Inout_ double *out)",
		),
		save: checked(
			"LGBM_BoosterSaveModelToString(void *of, int start, int trees, int importance, int64_t room, _Out_ int64_t *length, _Inout_ uint8_t *out)",
		),
		load: checked("LGBM_BoosterLoadModelFromString(const char *text, _Out_ int *trees, _Out_ void **out)"),
		freeBooster: checked("LGBM_BoosterFree(void *of)"),
	};
}

const c = (): Calls => {
	loaded ??= calls();
	return loaded;
};

const parametersOf = (of: Readonly<Record<string, number | string | boolean>>): string =>
	Object.entries(of)
		.map(([name, value]) => `${name}=${value}`)
		.join(" ");

/**
 * The parameters of a training. `min_data_in_leaf` is a count on a leaf: half of the least rows of a node that is split. A tree has as
 * many leaves as its depth lets it. LightGBM's gain lacks the ½ of `gamma`'s definition. `deterministic` with `force_row_wise` gives
 * the same trees whatever the number of threads.
 */
export function lightGbmParameters({ hyper, seed, threads }: Pick<Growth, "hyper" | "seed" | "threads">): string {
	return parametersOf({
		...{ objective: "binary", metric: "binary_logloss", boost_from_average: true },
		...{
			max_depth: hyper.depth,
			num_leaves: 2 ** hyper.depth,
			min_data_in_leaf: Math.max(1, Math.round(hyper.minRows / 2)),
		},
		...{ bagging_fraction: hyper.rowShare, bagging_freq: 1, feature_fraction: hyper.columnShare },
		...{ learning_rate: hyper.lr, lambda_l2: hyper.lambda, min_gain_to_split: 2 * hyper.gamma },
		...{ max_bin: hyper.bins, feature_pre_filter: false },
		...{ seed, deterministic: true, force_row_wise: true, num_threads: threads, verbosity: -1 },
	});
}

function boosterOf(handle: Pointer): Booster {
	return {
		predict: ({ values, rows, columns }: Matrix) => {
			const out = new Float64Array(rows);
			const parameters = parametersOf({ num_threads: treeThreads(rows), verbosity: -1 });
			if (rows > 0) c().predict(handle, values, FLOAT32, rows, columns, 1, NORMAL, 0, -1, parameters, [0], out);
			return Float32Array.from(out);
		},
		bytes() {
			const length: [number | bigint] = [0];
			c().save(handle, 0, -1, SPLIT, 0, length, new Uint8Array(1));
			const text = Buffer.alloc(Number(length[0]));
			c().save(handle, 0, -1, SPLIT, text.length, length, text);
			// Without the zero at its end.
			return text.subarray(0, text.length - 1);
		},
		free: once(() => c().freeBooster(handle)),
	};
}

function start(growth: Growth): Growing {
	const { matrix, labels } = growth;
	const parameters = lightGbmParameters(growth);
	const made: [Pointer] = [null];
	c().dataset(matrix.values, FLOAT32, matrix.rows, matrix.columns, 1, parameters, null, made);
	const [dataset] = made;
	const done = once(() => c().freeDataset(dataset));
	try {
		c().setField(dataset, "label", labels, labels.length, FLOAT32);
		const out: [Pointer] = [null];
		c().booster(dataset, parameters, out);
		const [handle] = out;
		const booster = boosterOf(handle);
		return {
			...booster,
			grow() {
				const finished: [number] = [0];
				c().update(handle, finished);
				return finished[0] === 0;
			},
			loss() {
				const results = new Float64Array(1);
				c().evaluation(handle, 0, [0], results);
				return results[0];
			},
			done,
			free() {
				booster.free();
				done();
			},
		};
	} catch (problem) {
		done();
		throw problem;
	}
}

/** LightGBM (Ke et al., NeurIPS 2017), through its C library. */
export const lightGbm: TreeLibrary = {
	name: "lightgbm",
	version: "4.7.0",
	ending: "txt",
	start,
	read(bytes) {
		const out: [Pointer] = [null];
		c().load(bytes.toString("latin1"), [0], out);
		return boosterOf(out[0]);
	},
};
