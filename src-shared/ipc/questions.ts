import { type TableName, tableNames } from "../domain/tables.ts";
import type { CommandName } from "./contract.ts";

const images = ["project", "rasters", "acquisitions", "pieces", "piece_files"] as const;
const series = [...images, "modalities", "modality_acquisitions"] as const;
/** Which legend is worked with, where none was chosen: that of the last import, else one with classes and labels. */
const legends = ["legends", "classes", "label_imports"] as const;
const labels = ["project", "labels", "label_imports", "classes", "legends", "splits", "split_parts"] as const;
const tiles = [
  "project",
  "tile_labels",
  "tile_shares",
  "tile_imports",
  "tile_splits",
  "tile_parts",
  "classes",
  "legends",
] as const;

/**
 * Every command: the tables from which a question is answered, so that what shows the answer asks again when one of them
 * changes; none where the answer comes from elsewhere (the disk, the machine). `null`: no question, it changes something or
 * begins work. A new command without its line is a compile error, and `questions.test.ts` in `src-main/services` holds every
 * line against the SQL that the question runs.
 */
export const questionTables = {
  // app
  "app.info": [],
  "app.recent": [],
  "app.forgetRecent": null,
  "app.device": [],
  "app.settings": [],
  "app.saveSettings": null,
  "files.roots": [],
  "files.list": [],
  "files.makeFolder": null,
  "files.choose": null,
  "files.reveal": null,
  "crs.search": [],
  "crs.describe": [],
  "project.create": null,
  "project.areaOf": [],
  "project.plan": [],
  "project.suggestFolder": [],
  "project.open": null,
  "project.sample": null,
  "project.close": null,
  "project.current": [],

  // project
  "project.describe": ["project", ...series, ...labels, "models", "maps", "jobs"],
  "project.places": series,
  "project.imagery": series,
  "project.withheld": [
    "rasters",
    "vectors",
    "label_imports",
    "tile_imports",
    "tile_maps",
    "models",
    "jobs",
    "maps",
    "comparisons",
    "number_targets",
    "number_models",
    "surfaces",
  ],
  "project.allow": null,
  "project.area": ["project"],
  "project.setArea": null,
  "project.rename": null,

  // rasters
  "rasters.list": ["rasters"],
  "acquisitions.list": series,
  "rasters.preview": series,
  "rasters.quickLook": null,
  "rasters.stop": null,
  "rasters.import": null,
  "rasters.remove": null,
  "rasters.relink": null,
  "rasters.relinkAll": null,

  // radiometry
  "radiometry.set": null,
  "radiometry.repairs": series,
  "radiometry.repair": null,
  // stack
  "stack.check": null,
  "stack.stop": null,
  "stack.repair": null,

  // layers
  "layers.list": [...series, "maps", "comparisons", "surfaces", ...legends, "vectors", "splits"],
  "layers.properties": [...series, "maps", "comparisons", "surfaces", "legends", "classes", "vectors"],
  "layers.rename": null,
  "layers.remove": null,
  "vectors.list": ["vectors"],
  "vectors.add": null,

  // map-layers
  "layers.sources": [...series, "maps", "comparisons", "surfaces"],
  "layers.statistics": [...series, "maps", "comparisons", "surfaces"],

  // display
  "layers.display": ["layers"],
  "layers.setDisplay": null,
  "bookmarks.list": ["bookmarks"],
  "bookmarks.add": null,
  "bookmarks.rename": null,
  "bookmarks.remove": null,
  "view.get": ["view_state"],
  "view.put": null,

  // modalities
  "modalities.facts": [...series, "models"],
  "modalities.coverage": series,
  "modalities.change": null,
  "modalities.remove": null,
  "modalities.propose": null,

  // labels
  "labels.values": [],
  "labels.inspect": [],
  "labels.previewImport": ["project", "legends", "classes"],
  "labels.import": null,
  "labels.input": [...labels, ...images],
  "labels.list": labels,
  "labels.changes": ["project", "labels"],
  "labels.parts": ["splits", "split_parts", ...legends],
  "labels.summary": [...labels, ...images],
  "labels.problems": [...labels, ...images],
  "labels.add": null,
  "labels.update": null,
  "labels.move": null,
  "labels.setClass": null,
  "labels.setValidity": null,
  "labels.setProperties": null,
  "labels.remove": null,
  "labels.divide": null,
  "labels.merge": null,
  "labels.cut": null,
  "labels.split": null,
  "labels.splitWords": labels,
  "labels.splitState": [...labels, ...images],

  // tiles
  "tiles.preview": ["project", "rasters", "legends", "classes"],
  "tiles.import": null,
  "tiles.summary": tiles,
  "tiles.list": tiles,
  "tiles.remove": null,
  "tiles.split": null,
  "tiles.finetune": null,
  "tiles.evaluate": null,
  "tiles.accuracy": ["runs", "models"],
  "tiles.map": null,
  "tiles.maps": ["tile_maps"],
  "tiles.answers": ["tile_maps"],
  "tiles.removeMap": null,

  // chains
  "chains.list": ["chains", "jobs", "maps"],
  "chains.offer": [...series, ...labels, "models"],
  "chains.start": null,
  "chains.resume": null,
  "chains.stop": null,
  "chains.cancel": null,
  "chains.wait": null,

  // legends
  "legends.list": ["legends", "classes", "labels", "label_imports"],
  "legends.ready": [],
  "legends.activate": null,
  "legends.create": null,
  "legends.rename": null,
  "legends.remove": null,
  "legends.addClass": null,
  "legends.updateClass": null,
  "legends.removeClass": null,
  "legends.recolor": null,
  "legends.import": null,
  "legends.export": null,

  // models
  "models.list": ["models", "runs", "splits", ...legends],
  "models.scores": ["models", "runs", ...labels, ...images],
  "models.details": ["models", "runs", "splits", ...legends],
  "models.shipped": ["modalities", "modality_acquisitions", "acquisitions", "rasters"],
  "models.inputs": ["models", "modalities", "modality_acquisitions"],
  "models.import": null,
  "models.export": null,
  "models.rename": null,
  "models.remove": null,

  // runs
  "runs.list": ["runs"],
  "runs.metrics": ["run_metrics"],
  "runs.pretrain": null,
  "runs.finetune": null,
  "runs.evaluate": null,
  "runs.summaries": ["runs", "run_metrics", "jobs", "models"],
  "runs.reviews": ["run_reviews"],
  "runs.preview": ["run_reviews"],
  "runs.rename": null,
  "runs.delete": null,
  "runs.evaluateAll": null,
  "runs.accuracy": ["runs", "models"],
  "runs.estimate": [...series, ...labels, "models"],

  // maps
  "maps.list": ["maps", "models", "runs", "splits", ...legends],
  "maps.draw": null,
  "maps.estimate": [...series, ...labels, "models"],
  "maps.expected": ["runs", "models", "splits", ...legends],
  "maps.partial": ["jobs"],
  "maps.describe": ["maps", "models", "runs", "splits", ...legends, "area_samples", "area_units"],
  "maps.rename": null,
  "maps.remove": null,
  "maps.compare": null,
  "maps.comparisons": ["comparisons", "maps", "models"],
  "maps.renameComparison": null,
  "maps.removeComparison": null,
  "maps.window": ["project", "maps", "comparisons"],

  // areas
  "areas.plan": ["maps", "models", "runs", "splits"],
  "areas.draw": null,
  "areas.stop": null,
  "areas.list": ["area_samples", "area_units"],
  "areas.places": ["area_samples", "area_units"],
  "areas.answer": null,
  "areas.estimate": ["area_samples", "area_units", "maps"],
  "areas.export": null,
  "areas.import": null,
  "areas.rename": null,
  "areas.remove": null,

  // jobs
  "jobs.list": ["jobs"],
  "jobs.resume": null,
  "jobs.stop": null,
  "jobs.wait": null,
  "jobs.retry": null,
  "jobs.cancel": null,
  "jobs.discard": null,
  "jobs.log": ["jobs"],

  // exports
  "exports.propose": [],
  "exports.raster": null,
  "exports.polygons": null,
  "exports.fields": null,
  "exports.table": null,
  "exports.picture": null,
  "reports.write": null,

  // inspect
  "timeline.list": images,
  "timeline.clouds": images,
  "inspect.series": series,
  "inspect.stop": null,
  "inspect.exportSeries": null,
  "inspect.classes": null,

  // alignment
  "alignment.report": images,
  "alignment.measure": null,
  "alignment.stop": null,
  "alignment.align": null,
  "alignment.dates": ["rasters", "acquisitions", "pieces", "piece_files", "jobs"],
  "alignment.apply": null,
  "alignment.setShift": null,

  // edits
  "edits.list": tableNames,
  "edits.undo": null,
  "edits.redo": null,

  // instant
  "instant.state": [...labels, ...images, "modalities", "modality_acquisitions", "models", "jobs", "view_state"],
  "instant.next": null,
  "instant.suspicious": [...labels, ...images, "modalities", "modality_acquisitions", "models", "view_state"],
  "instant.prepare": null,
  "instant.keep": null,
  "instant.embed": null,
  "instant.importEmbeddings": null,
  "instant.removeLayer": null,
  "instant.learnFrom": null,

  // similar
  "similar.find": null,
  "similar.places": null,
  "similar.outline": null,
  "similar.writeOutlines": null,
  "similar.export": null,
  "similar.keep": null,

  // numbers
  "numbers.targets": ["number_targets"],
  "numbers.preview": ["project"],
  "numbers.import": null,
  "numbers.removeTarget": null,
  "numbers.models": ["number_models"],
  "numbers.train": null,
  "numbers.removeModel": null,
  "numbers.map": null,
  "numbers.change": null,
  "surfaces.list": ["surfaces"],
  "surfaces.at": ["surfaces"],
  "surfaces.rename": null,
  "surfaces.remove": null,
  "surfaces.export": null,

  // device
  "device.usage": [],
} as const satisfies Record<CommandName, readonly TableName[] | null>;

/** The commands that answer and change nothing. */
export type QuestionName = {
  [Name in CommandName]: (typeof questionTables)[Name] extends readonly TableName[] ? Name : never;
}[CommandName];
