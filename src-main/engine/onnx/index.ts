export { encodeModel } from "./encode.ts";
