export { projectRoot } from "../core/root";
