/** Just enough XML for GDAL's metadata: elements, attributes and text. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

export function unescaped(text: string): string {
  return text.replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (whole, body: string) => {
    if (body.startsWith("#")) {
      const code = /^#x/i.test(body) ? Number.parseInt(body.slice(2), 16) : Number(body.slice(1));
      return code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    }
    return entities[body] ?? whole;
  });
}

export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** The root element, or `undefined` when `source` is not XML. Unclosed elements end with their parent. */
export function parseXml(source: string): XmlElement | undefined {
  type Open = { name: string; attributes: Record<string, string>; children: XmlElement[]; text: string };
  const root: Open = { name: "", attributes: {}, children: [], text: "" };
  const stack: Open[] = [root];
  const close = () => {
    const element = stack.pop()!;
    stack.at(-1)!.children.push(element);
  };
  const token =
    /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<[?!][^>]*>|<\/\s*([^\s>]+)\s*>|<([^\s/>]+)((?:\s+[^\s=>]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/g;
  for (const match of source.matchAll(token)) {
    const [, cdata, closing, opening, attributeText, selfClosing, text] = match;
    if (cdata !== undefined) stack.at(-1)!.text += cdata;
    else if (text !== undefined) stack.at(-1)!.text += unescaped(text);
    else if (opening !== undefined) {
      const attributes: Record<string, string> = {};
      for (const [, name, double, single] of (attributeText ?? "").matchAll(
        /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g,
      )) {
        attributes[name!] = unescaped(double ?? single ?? "");
      }
      stack.push({ name: opening, attributes, children: [], text: "" });
      if (selfClosing) close();
    } else if (closing !== undefined && stack.some((open) => open.name === closing)) {
      while (stack.at(-1)!.name !== closing) close();
      close();
    }
  }
  while (stack.length > 1) close();
  return root.children[0];
}

export const childrenNamed = (element: XmlElement | undefined, name: string): readonly XmlElement[] =>
  element?.children.filter((child) => child.name === name) ?? [];

export const childText = (element: XmlElement | undefined, name: string): string | undefined =>
  childrenNamed(element, name)[0]?.text;
