import { irVersion, opsetVersion } from "../onnx/versions.ts";
import type { Attribute, Node } from "./node.ts";
import type { OnnxModel } from "./onnx-model.ts";
import type { DataType, Tensor } from "./tensor.ts";
import type { Value } from "./value.ts";

const typeNames: Readonly<Record<DataType, string>> = {
  float32: "float",
  int64: "int64",
  int32: "int32",
  uint8: "uint8",
  bool: "bool",
};

/** A model in ONNX text syntax. Constants of more than eight elements are cut short. */
export function printModel(model: OnnxModel): string {
  const list = (values: readonly Value[]) => values.map(declaration).join(", ");
  const constants = [...model.constants].map(
    ([name, tensor]) => `  ${declaration({ name, ...tensor })} = {${numbers(tensor)}}`,
  );
  return [
    `<ir_version: ${irVersion}, opset_import: ["" : ${opsetVersion}]>`,
    `${model.name} (${list(model.inputs)}) => (${list(model.outputs)})`,
    ...(constants.length > 0 ? [`<\n${constants.join(",\n")}\n>`] : []),
    "{",
    ...model.nodes.map(printNode),
    "}",
    "",
  ].join("\n");
}

const declaration = ({ name, type, shape }: Value): string =>
  `${typeNames[type]}${shape.length > 0 ? `[${shape.join(",")}]` : ""} ${name}`;

function printNode({ opType, inputs, outputs, attributes }: Node): string {
  const list = Object.entries(attributes).map(([name, attribute]) => `${name} = ${printAttribute(attribute)}`);
  const made = outputs.map(({ name }) => name).join(", ");
  const taken = inputs.map((input) => input?.name ?? "").join(", ");
  return `  ${made} = ${opType}${list.length > 0 ? ` <${list.join(", ")}>` : ""} (${taken})`;
}

function printAttribute(attribute: Attribute): string {
  switch (attribute.kind) {
    case "int":
      return String(attribute.value);
    case "float":
      return Number.isInteger(attribute.value) ? attribute.value.toFixed(1) : String(attribute.value);
    case "string":
      return JSON.stringify(attribute.value);
    case "ints":
      return `[${attribute.value.join(", ")}]`;
    case "tensor":
      return `${typeNames[attribute.value.type]}[${attribute.value.shape.join(",")}] {${numbers(attribute.value)}}`;
  }
}

function numbers({ data }: Tensor): string {
  const shown = Array.from(data.slice(0, 8), String);
  return data.length > 8 ? `${shown.join(", ")}, …` : shown.join(", ");
}
