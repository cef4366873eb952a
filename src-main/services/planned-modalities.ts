// What new images make of a project's modalities: what a person changed stays, what the program proposed follows the images.
import { type Acquisition, type DuplicateDates, type Modality, sensors } from "../../src-shared/eo/index.ts";
import { membersOf, modalityName, proposeModalities } from "../cube/index.ts";

export interface ProposalOptions {
  readonly patchMeters: number;
  readonly nativeMeters: Readonly<Record<string, number>>;
}

export interface PlanOptions extends ProposalOptions {
  /** of the project until now */
  readonly before: readonly Acquisition[];
  readonly modalities: readonly Modality[];
  /** as it would be: those of before, joined with what is found */
  readonly after: readonly Acquisition[];
  readonly found: readonly Acquisition[];
  readonly duplicateDates?: DuplicateDates | undefined;
}

/** Fields that follow the proposal until a person sets them. */
export const proposedFields = ["kind", "bands", "resolutionMeters", "resampling", "clearClasses"] as const;

/** The modalities that the found acquisitions belong to, each with the name it had before where there was one. */
export function planModalities(
  options: PlanOptions,
): { readonly modality: Modality; readonly known: Modality | null }[] {
  const { before, after, found, modalities } = options;
  const foundIds = new Set(found.map(({ id }) => id));
  const groupOf = new Map(after.map((acquisition) => [acquisition.id, modalityName(acquisition)]));
  const touched = new Set(found.map((acquisition) => groupOf.get(acquisition.id)));
  const sizes = { patchMeters: options.patchMeters, nativeMeters: options.nativeMeters };
  const proposedBefore = new Map(proposeModalities(before, sizes).map((proposal) => [proposal.name, proposal]));
  const taken = new Set<string>();
  return proposeModalities(after, sizes)
    .filter(({ name }) => touched.has(name))
    .map((proposal) => {
      const known = bestMatch(modalities, proposal, taken);
      if (!known) {
        const duplicateDates = options.duplicateDates ?? "error";
        // What was taken out of the project's inputs before stays out.
        const knownIds = new Set(before.map(({ id }) => id));
        const acquisitions = proposal.acquisitions.filter((id) => foundIds.has(id) || !knownIds.has(id));
        return {
          modality: { ...proposal, name: freeName(proposal.name, modalities), acquisitions, duplicateDates },
          known: null,
        };
      }
      taken.add(known.name);
      const earlier = proposedBefore.get(proposal.name);
      const changed: Partial<Modality> = {};
      for (const field of proposedFields) {
        const untouched = earlier && JSON.stringify(earlier[field]) === JSON.stringify(known[field]);
        if (!untouched) Object.assign(changed, { [field]: known[field] });
      }
      const resolution = changed.resolutionMeters ?? proposal.resolutionMeters;
      const members = new Set(known.acquisitions);
      const duplicateDates = options.duplicateDates ?? known.duplicateDates;
      const dates = new Set(membersOf(known, before).map(({ date }) => date));
      const dateOf = new Map(after.map(({ id, date }) => [id, date]));
      return {
        known,
        modality: {
          ...proposal,
          ...changed,
          name: known.name,
          patchPixels: Math.round(options.patchMeters / resolution),
          duplicateDates,
          // The clearest of a day is chosen anew among all products of that day.
          acquisitions: proposal.acquisitions.filter(
            (id) => members.has(id) || foundIds.has(id) || (duplicateDates === "best" && dates.has(dateOf.get(id)!)),
          ),
        },
      };
    });
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

export function freeName(wanted: string, modalities: readonly Modality[]): string {
  const names = new Set(modalities.map(({ name }) => name));
  let name = wanted;
  for (let n = 2; names.has(name); n++) name = `${wanted}-${n}`;
  return name;
}

/** Days of a series that more than one product of the modality has. */
export function duplicateDays(modality: Modality, acquisitions: readonly Acquisition[]) {
  if (modality.kind === "image") return [];
  return [...Map.groupBy(membersOf(modality, acquisitions), ({ date }) => date)]
    .filter(([, sameDay]) => sameDay.length > 1)
    .map(([date, sameDay]) => ({
      date,
      paths: sameDay.map(({ bands, id }) => bands[0]?.path ?? id),
      members: sameDay,
    }));
}

/** Members without some of the modality's bands. */
export function incompleteMembers(modality: Modality, acquisitions: readonly Acquisition[]) {
  return membersOf(modality, acquisitions).flatMap((acquisition) => {
    const names = new Set(acquisition.bands.map(({ name }) => name));
    const missing = modality.bands.filter((band) => !names.has(band));
    const path = acquisition.bands[0]?.path ?? acquisition.quality?.path ?? acquisition.id;
    return missing.length > 0 ? [{ id: acquisition.id, date: acquisition.date, missing, path }] : [];
  });
}

/** Files of one acquisition may come in several imports: what is new joins what is known. */
export function joined(known: Acquisition | undefined, found: Acquisition): Acquisition {
  if (!known) return found;
  const names = new Set(found.bands.map(({ name }) => name));
  const quality = found.quality ?? known.quality;
  const { bands } = sensors[found.sensor];
  const order = (name: string) => bands.findIndex((band) => band.name === name);
  return {
    ...(found.bands.length ? found : known),
    bands: [...known.bands.filter(({ name }) => !names.has(name)), ...found.bands].sort(
      (p, q) => order(p.name) - order(q.name),
    ),
    ...(quality ? { quality } : {}),
    evidence: [...new Set([...known.evidence, ...found.evidence])],
  };
}
