/** The same values; each one is asked for while the one before is in use. */
export async function* ahead<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
	const ask = () => {
		const asked = source.next();
		// Whoever awaits it hears of a failure; until then nobody does.
		asked.catch(() => {});
		return asked;
	};
	let next = ask();
	try {
		for (;;) {
			const { value, done } = await next;
			if (done) return;
			next = ask();
			yield value;
		}
	} finally {
		await next.catch(() => {});
		await source.return(undefined);
	}
}
