/** Colours of what the map itself draws: calm in both themes, so that imagery and classes are what one sees. */
export interface MapColors {
  readonly water: string;
  readonly land: string;
  readonly coast: string;
  readonly border: string;
  readonly place: string;
  readonly halo: string;
  readonly graticule: string;
  readonly grid: string;
  readonly mark: string;
  readonly markHalo: string;
}

const light: MapColors = {
  water: "#dce6ea",
  land: "#f2f3ee",
  coast: "#b4c3c9",
  border: "#a9a59b",
  place: "#47524e",
  halo: "rgba(255, 255, 255, 0.85)",
  graticule: "rgba(60, 80, 76, 0.45)",
  grid: "#0b7a68",
  mark: "#0b7a68",
  markHalo: "rgba(255, 255, 255, 0.9)",
};

const dark: MapColors = {
  water: "#11181b",
  land: "#1c2325",
  coast: "#34434a",
  border: "#4a5251",
  place: "#a9b6b2",
  halo: "rgba(10, 14, 15, 0.8)",
  graticule: "rgba(190, 210, 205, 0.35)",
  grid: "#4cc9b0",
  mark: "#66dac3",
  markHalo: "rgba(8, 14, 13, 0.85)",
};

export const mapColors = (isDark: boolean): MapColors => (isDark ? dark : light);
