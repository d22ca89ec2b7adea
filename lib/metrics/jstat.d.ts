/** The part of jstat that is used here; the package brings no types. */
declare module "jstat" {
	export const jStat: { studentt: { inv(p: number, dof: number): number } };
}
