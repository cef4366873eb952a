import type { JobEvent, JobState } from "../domain/job.ts";
import type { TableName } from "../domain/tables.ts";
import type { AlignmentCommands } from "./alignment.ts";
import type { AppCommands } from "./app.ts";
import type { AreaCommands } from "./areas.ts";
import type { ChainCommands } from "./chains.ts";
import type { DeviceCommands } from "./device.ts";
import type { DisplayCommands } from "./display.ts";
import type { EditCommands } from "./edits.ts";
import type { ExportCommands, ReportCommands } from "./exports.ts";
import type { InspectCommands } from "./inspect.ts";
import type { InstantCommands } from "./instant.ts";
import type { JobCommands } from "./jobs.ts";
import type { LabelCommands } from "./labels.ts";
import type { LayerCommands } from "./layers.ts";
import type { LegendCommands } from "./legends.ts";
import type { MapLayerCommands } from "./map-layers.ts";
import type { MapCommands } from "./maps.ts";
import type { ModalityCommands } from "./modalities.ts";
import type { ModelCommands } from "./models.ts";
import type { NumberCommands } from "./numbers.ts";
import type { ProjectCommands } from "./project.ts";
import type { RadiometryCommands } from "./radiometry.ts";
import type { RasterCommands } from "./rasters.ts";
import type { RunCommands, RunHistoryCommands } from "./runs.ts";
import type { SimilarCommands } from "./similar.ts";
import type { StackCommands } from "./stack.ts";
import type { TileCommands } from "./tiles.ts";

/** Commands on the open project. Each slice is what one service returns. */
export interface OpenProjectCommands
  extends ProjectCommands,
    RasterCommands,
    RadiometryCommands,
    StackCommands,
    LayerCommands,
    ModalityCommands,
    LabelCommands,
    TileCommands,
    LegendCommands,
    ModelCommands,
    RunCommands,
    RunHistoryCommands,
    MapCommands,
    JobCommands,
    ReportCommands,
    ExportCommands,
    InspectCommands,
    AlignmentCommands,
    EditCommands,
    DeviceCommands,
    DisplayCommands,
    MapLayerCommands,
    InstantCommands,
    ChainCommands,
    AreaCommands,
    SimilarCommands,
    NumberCommands {}

/** Everything a window can ask: one request object in, one value out, named `domain.verb`. */
export interface Commands extends AppCommands, OpenProjectCommands {}

export type CommandName = keyof Commands;
export type RequestOf<Name extends CommandName> = Parameters<Commands[Name]>[0];
export type AnswerOf<Name extends CommandName> = Awaited<ReturnType<Commands[Name]>>;

/** What the services tell every window of a project without being asked. */
export interface Topics {
  /** a row of this table came, went or became another */
  readonly "catalog.changed": { readonly table: TableName };
  /** how far a command is that is no job */
  readonly work: { readonly name: string; readonly fraction: number };
  readonly "job.state": { readonly id: number; readonly state: JobState; readonly reason: string | null };
  readonly "job.event": { readonly id: number; readonly event: JobEvent };
  /** what the host's menu or command line asks this window to do: a command of the renderer's registry */
  readonly "window.command": { readonly id: string; readonly argument: string | null };
  /** the settings were changed, perhaps in another window */
  readonly "settings.changed": Readonly<Record<string, never>>;
  /** a card of the start screen has another picture */
  readonly "recent.changed": Readonly<Record<string, never>>;
}
export type TopicName = keyof Topics;
