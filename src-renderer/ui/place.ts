/** Where something floating stands relative to its anchor. */
export type Side = "bottom-start" | "bottom-end" | "bottom" | "top" | "right-start";

/** Puts `floating` (position: fixed) beside `anchor`, flipped or moved so that it stays inside the window. */
export function place(floating: HTMLElement, anchor: DOMRect, side: Side = "bottom-start", gap = 4): void {
  const { offsetWidth: width, offsetHeight: height } = floating;
  const margin = 6;
  let left = anchor.left;
  let top = anchor.bottom + gap;
  if (side === "bottom-end") left = anchor.right - width;
  if (side === "bottom" || side === "top") left = anchor.left + anchor.width / 2 - width / 2;
  if (side === "top") top = anchor.top - gap - height;
  if (side === "right-start") {
    left = anchor.right + gap;
    top = anchor.top - 4;
    if (left + width > innerWidth - margin) left = anchor.left - gap - width;
  } else if (top + height > innerHeight - margin && anchor.top - gap - height > margin) {
    top = anchor.top - gap - height;
  } else if (top < margin) {
    top = anchor.bottom + gap;
  }
  floating.style.left = `${Math.round(Math.max(margin, Math.min(left, innerWidth - width - margin)))}px`;
  floating.style.top = `${Math.round(Math.max(margin, Math.min(top, innerHeight - height - margin)))}px`;
}
