import type { Attribute, Node, OnnxModel, Tensor, Value } from "../graph/index.ts";
import { onnxType } from "../graph/index.ts";
import { spellRecompute } from "./recompute.ts";
import { attributeType, ModelProto } from "./schema.ts";
import { irVersion, opsetVersion } from "./versions.ts";

/** A model as the bytes of an .onnx file. */
export function encodeModel(marked: OnnxModel): Uint8Array {
  const model = spellRecompute(marked);
  const domains = new Set(model.nodes.map(domainOf));
  domains.add("");
  const message = {
    irVersion,
    producerName: "omnisat-desktop",
    opsetImport: [...domains].map((domain) => ({ domain, version: domain === "" ? opsetVersion : 1 })),
    graph: {
      name: model.name,
      node: model.nodes.map(encodeNode),
      initializer: [...model.constants].map(([name, tensor]) => ({ name, ...encodeTensor(tensor) })),
      input: model.inputs.map(encodeValue),
      output: model.outputs.map(encodeValue),
    },
  };
  return ModelProto.encode(message).finish();
}

/** `com.microsoft.FusedMatMul` names its domain; plain names belong to ONNX. */
const domainOf = ({ opType }: Node): string => opType.slice(0, Math.max(0, opType.lastIndexOf(".")));

function encodeNode(node: Node, index: number): object {
  const domain = domainOf(node);
  return {
    opType: domain ? node.opType.slice(domain.length + 1) : node.opType,
    domain,
    name: `${node.opType}_${index}`,
    input: node.inputs.map((input) => input?.name ?? ""),
    output: node.outputs.map((output) => output.name),
    attribute: Object.entries(node.attributes).map(([name, attribute]) => ({ name, ...encodeAttribute(attribute) })),
  };
}

function encodeAttribute(attribute: Attribute): object {
  const type = attributeType[attribute.kind];
  switch (attribute.kind) {
    case "int":
      return { type, i: attribute.value };
    case "float":
      return { type, f: attribute.value };
    case "string":
      return { type, s: new TextEncoder().encode(attribute.value) };
    case "ints":
      return { type, ints: attribute.value };
    case "tensor":
      return { type, t: encodeTensor(attribute.value) };
  }
}

function encodeTensor({ type, shape, data }: Tensor): object {
  return {
    dims: [...shape],
    dataType: onnxType[type],
    // ONNX stores little-endian numbers, and so does every processor this app runs on.
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

function encodeValue({ name, type, shape }: Value): object {
  const dim = shape.map((dimValue) => ({ dimValue }));
  return { name, type: { tensorType: { elemType: onnxType[type], shape: { dim } } } };
}
