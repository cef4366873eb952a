// Patch and tile sizes that make sense, with the imagery each was made for. The window has their words.

/** One kind of imagery a preset reckons with. */
export interface PresetNeed {
  readonly sensor: "sentinel-2" | "sentinel-1" | "aerial";
  readonly kind: "image" | "series";
  /** pixels of this size are usual, in metres */
  readonly resolutionMeters: number;
  /** without it the preset makes little sense */
  readonly required: boolean;
}

export interface ProjectPreset {
  readonly id: "crops" | "forest" | "land-cover" | "trees-fine" | "custom";
  readonly patchMeters: number;
  readonly tilePatches: number;
  readonly needs: readonly PresetNeed[];
}

const sentinel2 = { sensor: "sentinel-2", kind: "series", resolutionMeters: 10 } as const;
const sentinel1 = { sensor: "sentinel-1", kind: "series", resolutionMeters: 10 } as const;
const aerial = { sensor: "aerial", kind: "image", resolutionMeters: 0.2 } as const;

/**
 * `forest` is TreeSatAI-TS of the paper (tiles of 60 m, patches of 10 m), `land-cover` FLAIR (patches of 10 m in aerial
 * images of 0.2 m), `crops` PASTIS at the resolution of its pixels instead of patches of four, so that the map shows fields.
 */
export const projectPresets: readonly ProjectPreset[] = [
  {
    id: "crops",
    patchMeters: 10,
    tilePatches: 8,
    needs: [
      { ...sentinel2, required: true },
      { ...sentinel1, required: false },
    ],
  },
  {
    id: "forest",
    patchMeters: 10,
    tilePatches: 6,
    needs: [
      { ...aerial, required: true },
      { ...sentinel2, required: true },
      { ...sentinel1, required: false },
    ],
  },
  {
    id: "land-cover",
    patchMeters: 10,
    tilePatches: 10,
    needs: [
      { ...aerial, required: true },
      { ...sentinel2, required: false },
    ],
  },
  {
    id: "trees-fine",
    patchMeters: 5,
    tilePatches: 12,
    needs: [
      { ...aerial, required: true },
      { ...sentinel2, resolutionMeters: 5, required: false },
    ],
  },
];

export const presetOf = (id: string | null): ProjectPreset | undefined =>
  projectPresets.find((preset) => preset.id === id);

/** Under this key of the project's view state the chosen preset is kept. */
export const presetKey = "project.preset";
