/** Tells once that a queue does not answer, and once that it answers again. */
export interface Outage {
	error(problem: Error & { code?: string }): void;
	/** It has answered. */
	over(): void;
}

const DOWN =
	/ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|Connection (is closed|terminated)|terminating connection|timeout|LOADING|starting up|shutting down/i;

/** Listens to the problems of a connection; `say` gets a line when it breaks, one when it is back, and one for each other problem. */
export function outage(shown: string, say: (line: string) => void): Outage {
	let down = false;
	let told = "";
	return {
		error(problem) {
			const why = (problem.message || problem.code || problem.name).split("\n")[0];
			if (DOWN.test(`${problem.code} ${why}`)) {
				if (!down) say(`${shown} does not answer (${problem.code ?? why}): trying until it does`);
				down = true;
			} else if (why !== told) {
				say(`${shown}: ${why}`);
				told = why;
			}
		},
		over() {
			if (down) say(`${shown} answers again`);
			down = false;
		},
	};
}
