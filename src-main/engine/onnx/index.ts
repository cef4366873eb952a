export { encodeModel } from "./encode.ts";
export { irVersion, opsetVersion } from "./versions.ts";
