export { gradients, gradientsIfAny } from "./gradients.ts";
