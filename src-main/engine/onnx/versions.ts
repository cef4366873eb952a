/** Operator set and format version: the newest pair whose every operator we use runs in onnxruntime 1.30. */
export const opsetVersion = 21;
export const irVersion = 10;
