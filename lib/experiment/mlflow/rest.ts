/** Calls MLflow: GET without a body, else POST. */
export type Rest = <A = unknown>(path: string, body?: object) => Promise<A>;

/** MLflow's answer that it did not do something. */
export class RestError extends Error {
	override name = "RestError";
	constructor(
		message: string,
		/** "RESOURCE_DOES_NOT_EXIST", … */
		readonly code: string,
	) {
		super(message);
	}
}

/**
 * Speaks with a server's REST API 2.0.
 *
 * @param timeout milliseconds for an answer, those left out in which this process could not listen
 * @throws RestError it answered with an error
 * @throws Error no answer, or none in time
 */
export const rest =
	(address: string, timeout: number): Rest =>
	async <A>(path: string, body?: object): Promise<A> => {
		const { signal, release } = patience(timeout);
		const answer = await fetch(`${address}/api/2.0/mlflow/${path}`, {
			method: body ? "POST" : "GET",
			...(body ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {}),
			signal,
		})
			.then(async (found) => ({
				ok: found.ok,
				status: `${found.status} ${found.statusText}`,
				text: await found.text(),
			}))
			.catch((problem: Error & { cause?: Error & { code?: string } }) => {
				throw new Error(signal.aborted ? `no answer in ${timeout / 1000} s` : (problem.cause?.code ?? problem.message));
			})
			.finally(release);
		const { ok, status, text } = answer;
		const said = parsed(text) as { error_code?: string; message?: string } | undefined;
		if (ok && said) return said as A;
		const about = said?.message?.split("\n")[0] ?? `it answers ${status}`;
		throw new RestError(`${path.split("?")[0]}: ${about}`, said?.error_code ?? "");
	};

function parsed(text: string): unknown {
	try {
		return JSON.parse(text || "{}");
	} catch {
		return undefined;
	}
}

/** Aborts after a time in which this process could listen: a training that computes for seconds on end hears nothing meanwhile. */
function patience(timeout: number): { signal: AbortSignal; release: () => void } {
	const controller = new AbortController();
	let left = timeout;
	const timer = setInterval(() => {
		left -= TICK;
		if (left <= 0) controller.abort();
	}, TICK);
	timer.unref();
	return { signal: controller.signal, release: () => clearInterval(timer) };
}

const TICK = 100;
