/** The file that makes a folder a project; a double click on it opens the project. */
export { projectFileName } from "../../catalog/index.ts";
