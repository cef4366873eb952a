/** A piece of a line. */
export type Span =
  | { readonly kind: "text" | "code" | "strong" | "emphasis"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

/** A piece of a page. */
export type Block =
  | { readonly kind: "heading"; readonly level: number; readonly id: string; readonly text: string }
  | { readonly kind: "paragraph" | "quote"; readonly lines: readonly (readonly Span[])[] }
  | { readonly kind: "list"; readonly ordered: boolean; readonly items: readonly (readonly Span[])[] }
  | {
      readonly kind: "table";
      readonly head: readonly (readonly Span[])[];
      readonly rows: readonly (readonly (readonly Span[])[])[];
    }
  | { readonly kind: "picture"; readonly name: string; readonly text: string };

/** The part of Markdown that our guide is written in, as data: nothing of it becomes HTML by itself. */
export function parse(markdown: string): readonly Block[] {
  return markdown
    .replaceAll("\r\n", "\n")
    .split(/\n{2,}/)
    .map((chunk) => chunk.trim())
    .filter((chunk) => chunk !== "")
    .map(block);
}

function block(chunk: string): Block {
  const lines = chunk.split("\n");
  const first = lines[0]!;
  const heading = /^(#{1,4}) (.+)$/.exec(first);
  if (heading) return { kind: "heading", level: heading[1]!.length, id: slug(heading[2]!), text: heading[2]! };
  const picture = /^!\[([^\]]*)\]\((?:[^)]*\/)?([^/)]+)\)$/.exec(first);
  if (picture) return { kind: "picture", text: picture[1]!, name: picture[2]! };
  if (first.startsWith("> ")) {
    return { kind: "quote", lines: lines.map((line) => spans(line.replace(/^> ?/, ""))) };
  }
  if (first.startsWith("|")) {
    const cells = (line: string) =>
      line
        .slice(1, line.lastIndexOf("|"))
        .split("|")
        .map((cell) => spans(cell.trim()));
    return { kind: "table", head: cells(first), rows: lines.slice(2).map(cells) };
  }
  if (/^(- |\d+\. )/.test(first)) {
    const items = lines.map((line) => spans(line.replace(/^(- |\d+\. )/, "")));
    return { kind: "list", ordered: /^\d/.test(first), items };
  }
  return { kind: "paragraph", lines: lines.map(spans) };
}

function spans(line: string): readonly Span[] {
  const found: Span[] = [];
  const pattern = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]+)\]\(([^)]+)\)/g;
  let at = 0;
  for (const match of line.matchAll(pattern)) {
    if (match.index > at) found.push({ kind: "text", text: line.slice(at, match.index) });
    const [, code, strong, emphasis, link, href] = match;
    if (code !== undefined) found.push({ kind: "code", text: code });
    else if (strong !== undefined) found.push({ kind: "strong", text: strong });
    else if (emphasis !== undefined) found.push({ kind: "emphasis", text: emphasis });
    else found.push({ kind: "link", text: link!, href: href! });
    at = match.index + match[0].length;
  }
  if (at < line.length) found.push({ kind: "text", text: line.slice(at) });
  return found;
}

/** A heading as it is named in addresses: `what-the-figures-mean`. */
const slug = (text: string): string =>
  text
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");

/** A chapter: a second-level heading and what stands under it. */
export interface Chapter {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
  /** everything it says, for searching */
  readonly text: string;
}

export function chapters(blocks: readonly Block[]): readonly Chapter[] {
  const found: { id: string; title: string; blocks: Block[] }[] = [];
  const lead: Block[] = [];
  for (const one of blocks) {
    if (one.kind === "heading" && one.level === 1) continue;
    // What stands before the first chapter leads into it.
    if (one.kind === "heading" && one.level === 2) found.push({ id: one.id, title: one.text, blocks: lead.splice(0) });
    else (found.at(-1)?.blocks ?? lead).push(one);
  }
  return found.map((chapter) => ({ ...chapter, text: [chapter.title, ...chapter.blocks.map(plainText)].join("\n") }));
}

const joined = (some: readonly Span[]): string => some.map((span) => span.text).join("");

function plainText(one: Block): string {
  switch (one.kind) {
    case "heading":
    case "picture":
      return one.text;
    case "paragraph":
    case "quote":
      return one.lines.map(joined).join("\n");
    case "list":
      return one.items.map(joined).join("\n");
    case "table":
      return [one.head, ...one.rows].map((row) => row.map(joined).join(" ")).join("\n");
  }
}
