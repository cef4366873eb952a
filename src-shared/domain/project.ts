import type { ProjectGrid } from "./job.ts";

/** What a project is: a name and the grid that all its work is placed on. */
export interface Project {
  readonly name: string;
  readonly grid: ProjectGrid;
  readonly createdAt: string;
  /** the program that last wrote to it */
  readonly appVersion: string;
}

export type ProjectSettings = Pick<Project, "name" | "grid">;
