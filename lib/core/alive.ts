/** Whether a process of this number is running. */
export function isAlive(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch (cause) {
		return (cause as NodeJS.ErrnoException).code === "EPERM";
	}
}
