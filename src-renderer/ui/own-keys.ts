/**
 * Which keys an element keeps to itself: a text field all of them, its own undo included; a list and a slider those that are
 * pressed alone (letters, Home, arrows), while Ctrl+Z there means the last step in the project; a button, a checkbox and a
 * radio button none.
 */
export function ownKeys(target: EventTarget | null): "all" | "alone" | "none" {
  if (!(target instanceof HTMLElement)) return "none";
  if (target.isContentEditable || target.matches(`textarea, input:not(${withoutText})`)) return "all";
  return target.matches("select, input[type=range]") ? "alone" : "none";
}

const withoutText = ["checkbox", "radio", "range", "color", "button", "submit", "reset", "image", "file"]
  .map((type) => `[type=${type}]`)
  .join(", ");
