/** A node of a Tree. */
export interface TreeNode {
  readonly id: string;
  readonly label: string;
  readonly children?: readonly TreeNode[] | undefined;
  /** May be dragged. */
  readonly movable?: boolean;
}

export interface FlatNode<Node extends TreeNode> {
  readonly node: Node;
  readonly level: number;
  readonly parent: string | null;
  readonly position: number;
  readonly siblings: number;
}

export type DropPlace = "before" | "after" | "inside";

/** The nodes in view, from top to bottom. */
export function flatten<Node extends TreeNode>(
  nodes: readonly Node[],
  expanded: ReadonlySet<string>,
  level = 1,
  parent: string | null = null,
): readonly FlatNode<Node>[] {
  return nodes.flatMap((node, index) => [
    { node, level, parent, position: index + 1, siblings: nodes.length },
    ...(node.children && expanded.has(node.id)
      ? flatten(node.children as readonly Node[], expanded, level + 1, node.id)
      : []),
  ]);
}
