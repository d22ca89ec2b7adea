// Loads TensorFlow as the project does, multiplies two matrices and prints {tensorflow, tier} or {tier, problem} as JSON. Run by
// doctor in a process of its own, because a broken native library can end the process that loads it.
const util = require("node:util");

process.env.TF_CPP_MIN_LOG_LEVEL ??= "3";
process.noDeprecation = true;
util.isArray ??= Array.isArray;
util.isNullOrUndefined ??= (value) => value === null || value === undefined;

const first = (error) => String(error.message).split("\n")[0].trim();

/** 64 ones times 64 ones is 64 everywhere. */
function multiplies(tf) {
	const product = tf.tidy(() => tf.matMul(tf.ones([64, 64]), tf.ones([64, 64])).dataSync());
	return product.length === 64 * 64 && product.every((value) => value === 64);
}

function native() {
	const tf = require("@tensorflow/tfjs-node-gpu");
	if (!multiplies(tf)) throw new Error("the product of two matrices is wrong");
	const { binding, isGPUPackage, isUsingGpuDevice } = tf.backend();
	return { tensorflow: binding.TF_Version, tier: isGPUPackage && isUsingGpuDevice ? "gpu" : "native-cpu" };
}

function pureJs(problem) {
	const tf = require("@tensorflow/tfjs");
	tf.setBackend("cpu");
	if (!multiplies(tf)) throw new Error("the product of two matrices is wrong");
	return { tensorflow: null, tier: "pure-js", problem };
}

function probe() {
	try {
		return native();
	} catch (error) {
		try {
			return pureJs(first(error));
		} catch (worse) {
			return { tensorflow: null, tier: null, problem: first(worse) };
		}
	}
}

const found = probe();
// Not through stdout's buffer: some libraries print there.
require("node:fs").writeSync(1, `\n${JSON.stringify(found)}\n`);
