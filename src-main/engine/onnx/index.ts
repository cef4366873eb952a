export { encodeModel, irVersion, opsetVersion } from "./encode.ts";
