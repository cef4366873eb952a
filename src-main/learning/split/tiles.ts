// Which labelled tiles train, validate and test. A tile is never divided; tiles that overlap stay in one set.

/** A tile with its place (lower-left and upper-right) and the classes it holds. */
export interface SplitTile {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
  readonly classes: readonly number[];
}

/**
 * The group of each tile in a split by blocks: the square of `side` map units, counted from the origin of the CRS, that holds
 * its middle. Tiles that overlap are in one group, also across a border of blocks: no pixel is both learned and tested.
 */
export function tileBlocks(tiles: readonly SplitTile[], side: number): string[] {
  const parent = tiles.map((_, i) => i);
  const root = (i: number): number => {
    let at = i;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  };
  const join = (i: number, j: number) => {
    const [a, b] = [root(i), root(j)];
    if (a !== b) parent[Math.max(a, b)] = Math.min(a, b);
  };
  const first = new Map<string, number>();
  for (const [i, { minX, minY, maxX, maxY }] of tiles.entries()) {
    const key = `${Math.floor((minX + maxX) / 2 / side)}:${Math.floor((minY + maxY) / 2 / side)}`;
    const known = first.get(key);
    if (known === undefined) first.set(key, i);
    else join(known, i);
  }
  // Swept from west to east: only tiles that begin before another ends can overlap.
  const order = [...tiles.keys()].toSorted((p, q) => tiles[p]!.minX - tiles[q]!.minX);
  let open: number[] = [];
  for (const i of order) {
    const own = tiles[i]!;
    // An overlap below a millionth of a tile is a common edge.
    const slack = 1e-6 * (own.maxX - own.minX);
    open = open.filter((j) => tiles[j]!.maxX - own.minX > slack);
    for (const j of open) {
      const other = tiles[j]!;
      if (Math.min(own.maxY, other.maxY) - Math.max(own.minY, other.minY) > slack) join(i, j);
    }
    open.push(i);
  }
  return tiles.map((_, i) => String(root(i)));
}
