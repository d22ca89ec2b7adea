import { type Booster, type Growing, type Growth, type Matrix, once, type TreeLibrary } from "./booster";
import { koffi, loadLibrary, type Pointer, treeThreads } from "./library";

let loaded: Calls | undefined;

type Calls = ReturnType<typeof calls>;

/** The C functions, each of which throws what the library says where it fails. */
function calls() {
	const library = loadLibrary("libxgboost");
	const lastError: () => string = library.func("const char *XGBGetLastError()");
	const checked = (signature: string) => {
		const call: (...of: unknown[]) => number = library.func(`int ${signature}`);
		return (...of: unknown[]): void => {
			// The first line says what is wrong, the others where in the library.
			if (call(...of) !== 0)
				throw new Error(
					`XGBoost: ${lastError()
						.split("\n")[0]
						.replace(/^\[[\d:]+\] \S+ /, "")}`,
				);
		};
	};
	return {
		matrix: checked("XGDMatrixCreateFromDense(const char *data, const char *config, _Out_ void **out)"),
		setInfo: checked("XGDMatrixSetInfoFromInterface(void *of, const char *field, const char *data)"),
		freeMatrix: checked("XGDMatrixFree(void *of)"),
		booster: checked("XGBoosterCreate(void **matrices, uint64_t n, _Out_ void **out)"),
		set: checked("XGBoosterSetParam(void *of, const char *name, const char *value)"),
		update: checked("XGBoosterUpdateOneIter(void *of, int round, void *train)"),
		evaluate: checked(
			"XGBoosterEvalOneIter(void *of, int round, void **matrices, const char **names, uint64_t n, _Out_ const char **out)",
		),
		predict: checked(
			"XGBoosterPredictFromDMatrix(void *of, void *matrix, const char *config, _Out_ void **shape, _Out_ uint64_t *dimensions, _Out_ void **result)",
		),
		save: checked("XGBoosterSaveModelToBuffer(void *of, const char *config, _Out_ uint64_t *length, _Out_ void **out)"),
		load: checked("XGBoosterLoadModelFromBuffer(void *of, const void *bytes, uint64_t length)"),
		freeBooster: checked("XGBoosterFree(void *of)"),
	};
}

const c = (): Calls => {
	loaded ??= calls();
	return loaded;
};

/** NumPy's array interface, as the library takes arrays. */
const interfaceOf = (values: Float32Array, shape: readonly number[]): string =>
	JSON.stringify({
		...{ data: [Number(koffi().address(values)), true], shape, strides: null, version: 3, typestr: "<f4" },
	});

/** The library's own copy of a matrix. */
function copied({ values, rows, columns }: Matrix): Pointer {
	const out: [Pointer] = [null];
	c().matrix(interfaceOf(values, [rows, columns]), `{"missing": NaN, "nthread": ${treeThreads(rows)}}`, out);
	return out[0];
}

/** A value in a form that XGBoost reads back to the same float. */
const said = (value: number | string | boolean): string => String(value);

/**
 * The parameters of a training. `min_child_weight` is a sum of second derivatives on a leaf, which at the start is ȳ(1 − ȳ) a row: half
 * of the least rows of a node that is split, times that. XGBoost's gain lacks the ½ of `gamma`'s definition. Every round's draws begin
 * from the seed and the round alone.
 */
export function xgBoostParameters({
	hyper,
	seed,
	threads,
	rate,
}: Omit<Growth, "matrix" | "labels">): Record<string, string> {
	const of = {
		...{ objective: "binary:logistic", eval_metric: "logloss", base_score: rate, tree_method: "hist" },
		...{ max_depth: hyper.depth, min_child_weight: (hyper.minRows / 2) * rate * (1 - rate) },
		...{ subsample: hyper.rowShare, colsample_bytree: hyper.columnShare },
		...{ eta: hyper.lr, lambda: hyper.lambda, gamma: 2 * hyper.gamma, max_bin: hyper.bins },
		...{ seed, seed_per_iteration: true, nthread: threads, verbosity: 0 },
	};
	return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, said(value)]));
}

function boosterOf(handle: Pointer): Booster {
	return {
		predict(matrix) {
			if (matrix.rows === 0) return new Float32Array(0);
			const of = copied(matrix);
			try {
				const [shape, dimensions, result]: [[Pointer], [number], [Pointer]] = [[null], [0], [null]];
				const config = '{"type": 0, "training": false, "iteration_begin": 0, "iteration_end": 0, "strict_shape": true}';
				c().predict(handle, of, config, shape, dimensions, result);
				return new Float32Array(
					koffi()
						.view(result[0], 4 * matrix.rows)
						.slice(0),
				);
			} finally {
				c().freeMatrix(of);
			}
		},
		bytes() {
			const [length, out]: [[number | bigint], [Pointer]] = [[0], [null]];
			c().save(handle, '{"format": "ubj"}', length, out);
			return Buffer.from(koffi().view(out[0], Number(length[0])).slice(0));
		},
		free: once(() => c().freeBooster(handle)),
	};
}

function start(growth: Growth): Growing {
	const { matrix, labels } = growth;
	const train = copied(matrix);
	const done = once(() => c().freeMatrix(train));
	let booster: Booster | undefined;
	try {
		c().setInfo(train, "label", interfaceOf(labels, [labels.length]));
		const out: [Pointer] = [null];
		c().booster([train], 1, out);
		const [handle] = out;
		booster = boosterOf(handle);
		for (const [name, value] of Object.entries(xgBoostParameters(growth))) c().set(handle, name, value);
		const { free } = booster;
		let round = 0;
		return {
			...booster,
			grow() {
				c().update(handle, round++, train);
				return true;
			},
			loss() {
				const text: [string] = [""];
				c().evaluate(handle, round - 1, [train], ["train"], 1, text);
				return Number(text[0].split(":").pop());
			},
			done,
			free() {
				free();
				done();
			},
		};
	} catch (problem) {
		booster?.free();
		done();
		throw problem;
	}
}

/** XGBoost (Chen & Guestrin, KDD 2016), through its C library. */
export const xgBoost: TreeLibrary = {
	name: "xgboost",
	version: "3.2.0",
	ending: "ubj",
	start,
	read(bytes) {
		const out: [Pointer] = [null];
		c().booster([], 0, out);
		const booster = boosterOf(out[0]);
		try {
			c().load(out[0], bytes, bytes.length);
			return booster;
		} catch (problem) {
			booster.free();
			throw problem;
		}
	},
};
