import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** For tests: serves a folder's files over http, and under /bucket/ as an object store does. `requests` are those it got. */
export async function serveFolder(folder: string) {
	const requests: { path: string; authorization?: string }[] = [];
	const server = createServer((request, response) => {
		const path = new URL(request.url ?? "/", "http://localhost").pathname;
		requests.push({ path, authorization: request.headers.authorization });
		const file = join(folder, path.replace(/^\/bucket/, ""));
		if (!existsSync(file) || !statSync(file).isFile()) {
			response.writeHead(404).end();
			return;
		}
		const { size } = statSync(file);
		const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
		const start = Number(first ?? 0);
		const end = Math.min(last ? Number(last) : size - 1, size - 1);
		response.writeHead(first === undefined ? 200 : 206, {
			"accept-ranges": "bytes",
			"content-length": end - start + 1,
			...(first === undefined ? {} : { "content-range": `bytes ${start}-${end}/${size}` }),
		});
		if (request.method === "HEAD") response.end();
		else createReadStream(file, { start, end }).pipe(response);
	});
	await new Promise<void>((resolve) => {
		server.listen(0, "127.0.0.1", resolve);
	});
	const { port } = server.address() as AddressInfo;
	return { url: `http://127.0.0.1:${port}`, requests, close: () => server.close() };
}
