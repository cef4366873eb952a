// What new images make of a project's modalities: what a person changed stays, what the program proposed follows the images.
import {
  type Acquisition,
  type DuplicateDates,
  type Modality,
  measuredPieces,
  tilesOf,
} from "../../../src-shared/eo/index.ts";
import {
  duplicateAcquisitions,
  incompletePieces,
  membersOf,
  modalityName,
  proposeModalities,
  suppliesBands,
} from "../../cube/index.ts";

export interface ProposalOptions {
  readonly patchMeters: number;
  readonly nativeMeters: Readonly<Record<string, number>>;
}

export interface PlanOptions extends ProposalOptions {
  /** of the project until now */
  readonly before: readonly Acquisition[];
  readonly modalities: readonly Modality[];
  /** as it would be */
  readonly after: readonly Acquisition[];
  /** those of `after` that are new or not as they were */
  readonly changed: readonly Acquisition[];
  /** what acquisitions of before are called now, where that differs */
  readonly renamed?: ReadonlyMap<string, string>;
  readonly duplicateDates?: DuplicateDates | undefined;
}

/** Fields that follow the proposal until a person sets them. */
export const proposedFields = ["kind", "bands", "resolutionMeters", "resampling", "clearClasses"] as const;

export interface PlannedInput {
  readonly modality: Modality;
  /** as it is in the project; `null` for a new one */
  readonly known: Modality | null;
  /** acquisitions of one name belong to it, members or not */
  readonly group: string;
}

/**
 * The modalities that the changed acquisitions belong to, each with the name it had before where there was one. Members are
 * those with all of its bands in some place; what a person took out stays out. A second product of a place is a member only where products
 * of a day are kept side by side or joined.
 */
export function planModalities(options: PlanOptions): PlannedInput[] {
  const { before, after, changed, renamed = new Map<string, string>() } = options;
  const nameNow = (id: string) => renamed.get(id) ?? id;
  const modalities = options.modalities.map((modality) => ({
    ...modality,
    acquisitions: [...new Set(modality.acquisitions.map(nameNow))],
  }));
  const byId = new Map(after.map((acquisition) => [acquisition.id, acquisition]));
  const groupOf = new Map(after.map((acquisition) => [acquisition.id, modalityName(acquisition)]));
  const touched = new Set(changed.map((acquisition) => groupOf.get(acquisition.id)));
  for (const modality of modalities)
    if (modality.acquisitions.some((id) => !byId.has(id)))
      for (const id of modality.acquisitions) if (byId.has(id)) touched.add(groupOf.get(id));
  const sizes = { patchMeters: options.patchMeters, nativeMeters: options.nativeMeters };
  const proposedBefore = new Map(proposeModalities(before, sizes).map((proposal) => [proposal.name, proposal]));
  const taken = new Set<string>();
  return proposeModalities(after, sizes)
    .filter(({ name }) => touched.has(name))
    .map((proposal) => {
      const known = bestMatch(modalities, proposal, taken);
      if (known) taken.add(known.name);
      const earlier = proposedBefore.get(proposal.name);
      const chosen: Partial<Modality> = {};
      for (const field of known ? proposedFields : []) {
        const untouched = earlier && JSON.stringify(earlier[field]) === JSON.stringify(known![field]);
        if (!untouched) Object.assign(chosen, { [field]: known![field] });
      }
      const resolution = chosen.resolutionMeters ?? proposal.resolutionMeters;
      const before0 = known && options.modalities.find(({ name }) => name === known.name);
      const leftOut = leftOutByHand(before0 ?? undefined, earlier, before, nameNow);
      const wanted: Modality = {
        ...proposal,
        ...chosen,
        name: known?.name ?? freeName(proposal.name, modalities),
        patchPixels: Math.round(options.patchMeters / resolution),
        duplicateDates: known?.duplicateDates ?? "error",
      };
      const whole = proposal.acquisitions.filter((id) => !leftOut.has(id) && suppliesBands(wanted, byId.get(id)!));
      const twice =
        whole.some((id) => (byId.get(id)!.copy ?? 1) > 1) ||
        duplicateAcquisitions(whole.map((id) => byId.get(id)!)).length > 0;
      const duplicateDates =
        twice && options.duplicateDates !== undefined ? options.duplicateDates : wanted.duplicateDates;
      const both = duplicateDates === "keep" || duplicateDates === "merge";
      return {
        known: before0 ?? null,
        group: proposal.name,
        modality: {
          ...wanted,
          duplicateDates,
          acquisitions: whole.filter((id) => both || (byId.get(id)!.copy ?? 1) === 1),
        },
      };
    });
}

/** Acquisitions of before that had all bands and were no second product, and yet no members: somebody took them out. */
function leftOutByHand(
  known: Modality | undefined,
  earlier: Modality | undefined,
  before: readonly Acquisition[],
  nameNow: (id: string) => string,
): Set<string> {
  if (!earlier) return new Set();
  const byId = new Map(before.map((acquisition) => [acquisition.id, acquisition]));
  const members = new Set(known?.acquisitions ?? []);
  const could = earlier.acquisitions.filter((id) => {
    const acquisition = byId.get(id)!;
    return (acquisition.copy ?? 1) === 1 && suppliesBands(known ?? earlier, acquisition);
  });
  return new Set(could.filter((id) => !members.has(id)).map(nameNow));
}

/** The modality that most of the group's images feed; of a group without any, the one of its name. */
function bestMatch(
  modalities: readonly Modality[],
  proposal: Modality,
  taken: ReadonlySet<string>,
): Modality | undefined {
  const ids = new Set(proposal.acquisitions);
  const scored = modalities
    .filter(({ name, sensor }) => !taken.has(name) && sensor === proposal.sensor)
    .map((modality) => ({ modality, common: modality.acquisitions.filter((id) => ids.has(id)).length }))
    .filter(({ modality, common }) => common > 0 || modality.name === proposal.name)
    .sort((p, q) => q.common - p.common);
  return scored[0]?.modality;
}

function freeName(wanted: string, modalities: readonly Modality[]): string {
  const names = new Set(modalities.map(({ name }) => name));
  let name = wanted;
  for (let n = 2; names.has(name); n++) name = `${wanted}-${n}`;
  return name;
}

/** Days of a series on which several members show one overpass. */
export function duplicateDays(modality: Modality, acquisitions: readonly Acquisition[]) {
  if (modality.kind === "image") return [];
  return duplicateAcquisitions(membersOf(modality, acquisitions)).map((members) => ({
    date: members[0]!.date,
    paths: members.map((member) => measuredPieces(member)[0]?.files[0]?.path ?? member.id),
    members,
  }));
}

/** Members that have all bands of the modality in no place. */
export function incompleteMembers(modality: Modality, acquisitions: readonly Acquisition[]) {
  return membersOf(modality, acquisitions)
    .filter((acquisition) => !suppliesBands(modality, acquisition))
    .flatMap((acquisition) => missingFrom(modality, acquisition).slice(0, 1));
}

/** Places of acquisitions of a group, members or not, that wait for bands of the modality. */
export function waitingFor(modality: Modality, acquisitions: readonly Acquisition[], group: string) {
  return acquisitions
    .filter((one) => modalityName(one) === group && ((one.copy ?? 1) === 1 || modality.acquisitions.includes(one.id)))
    .flatMap((acquisition) => missingFrom(modality, acquisition));
}

function missingFrom(modality: Modality, acquisition: Acquisition) {
  return incompletePieces(modality, acquisition).map(({ piece, missing }) => ({
    id: acquisition.id,
    date: acquisition.date,
    missing,
    path: piece.files[0]?.path ?? acquisition.id,
  }));
}

/** `S2A · ascending · 31UFS`: what distinguishes acquisitions of one date. */
export function detailOf(acquisition: Acquisition): string | null {
  const { platform, level, pass, copy } = acquisition;
  const tiles = tilesOf(acquisition);
  const words = [
    platform,
    level === "L1C" ? level : undefined,
    pass,
    tiles.length > 0 && tiles.length < 4 ? tiles.join(" ") : undefined,
    copy === undefined ? undefined : `product ${copy}`,
  ];
  return words.filter(Boolean).join(" · ") || null;
}
