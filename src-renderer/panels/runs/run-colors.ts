/** Colours of compared runs: distinguishable also for people who see fewer colours, and dark or light enough for each theme. */
const pairs: readonly (readonly [light: string, dark: string])[] = [
  ["#0b7a68", "#4cc9b0"],
  ["#c2571a", "#f2995c"],
  ["#3f63c4", "#8ea9f7"],
  ["#a83279", "#ee8cc6"],
  ["#6f7300", "#cfd24a"],
  ["#7b4fc4", "#bd9cf5"],
  ["#b3261e", "#ff8f85"],
  ["#1d7fa8", "#6cc6ec"],
];

export const runColor = (index: number, dark: boolean): string => pairs[index % pairs.length]![dark ? 1 : 0];
