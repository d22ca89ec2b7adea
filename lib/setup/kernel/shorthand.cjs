/**
 * Writes `{ data }` as `{ data: data }` in a cell's code. tslab rewrites names of earlier cells to `exports.name` and misses
 * those that stand alone in an object literal: without this, `fit(model, { data })` says that data is not defined.
 */
function expandShorthand(typescript, code) {
	const source = typescript.createSourceFile("cell.ts", code, typescript.ScriptTarget.ES2022, true);
	const ends = [];
	const visit = (node) => {
		if (typescript.isShorthandPropertyAssignment(node) && !node.objectAssignmentInitializer) ends.push(node.name);
		typescript.forEachChild(node, visit);
	};
	visit(source);
	return ends.reduceRight((text, name) => `${text.slice(0, name.end)}: ${name.text}${text.slice(name.end)}`, code);
}

module.exports = { expandShorthand };
