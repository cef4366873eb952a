/** Colours that stay apart from each other, also for most colour-blind eyes; the first of each are the safest. */
export const palettes = {
  tableau: [
    "#4e79a7",
    "#f28e2b",
    "#e15759",
    "#76b7b2",
    "#59a14f",
    "#edc948",
    "#b07aa1",
    "#ff9da7",
    "#9c755f",
    "#bab0ac",
  ],
  okabe: ["#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#999999"],
  land: ["#006400", "#46a546", "#b7d968", "#ffff4c", "#f096ff", "#fa0000", "#b4b4b4", "#0064c8", "#0096a0", "#8b5a2b"],
} as const;
