import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** For tests: where PostgreSQL's programs lie; undefined where it is not installed. */
export function findPostgres(): string | undefined {
	const debian = "/usr/lib/postgresql";
	const versions = existsSync(debian) ? readdirSync(debian).map((name) => join(debian, name, "bin")) : [];
	const folders = [...versions, ...(process.env.PATH ?? "").split(":")];
	return folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));
}

/** For tests: starts an empty PostgreSQL in an empty folder. It refuses to run for root, so then it runs as the user postgres. */
export async function startPostgres(bin: string, folder: string, port: number) {
	const root = process.getuid?.() === 0;
	const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
	const who = root ? { uid: id("-u"), gid: id("-g") } : {};
	if (who.uid !== undefined) chownSync(folder, who.uid, who.gid as number);
	const options = { ...who, cwd: folder, env: { ...process.env, LC_ALL: "C" } };
	const data = join(folder, "data");
	execFileSync(join(bin, "initdb"), ["-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8"], options);
	const begin = () =>
		spawn(join(bin, "postgres"), ["-D", data, "-p", String(port), "-k", folder, "-h", "127.0.0.1"], options);
	const ready = (server: ReturnType<typeof begin>) =>
		new Promise<void>((resolve, reject) => {
			let said = "";
			server.stderr?.on("data", (piece) => {
				said += piece;
				if (said.includes("ready to accept connections")) resolve();
			});
			server.on("exit", () => reject(new Error(said)));
		});
	let server = begin();
	await ready(server);
	const ended = () => new Promise((resolve) => server.once("exit", resolve));
	return {
		url: `postgres://tester@127.0.0.1:${port}/postgres`,
		/** Kills it as the system would in a crash, and starts it again. */
		async crash() {
			const end = ended();
			server.kill("SIGQUIT");
			await end;
			server = begin();
			await ready(server);
		},
		async stop() {
			const end = ended();
			server.kill("SIGINT");
			await end;
		},
	};
}
