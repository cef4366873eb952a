import type { Chain, ChainPlan, ChainProblem, ChainStep } from "../../src-shared/domain/chain.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { fromJson, fromJsonOrNull, toJson } from "./json-columns.ts";
import type { Sql } from "./sql.ts";

interface Row {
  readonly id: number;
  readonly plan: string;
  readonly jobs: string;
  readonly ended: Chain["ended"];
  readonly problem: string | null;
  readonly createdAt: string;
}

/** From labels to a trained map in several jobs: what was asked, and which job each step is. */
export function chainTable(sql: Sql) {
  const columns = "id, plan, jobs, ended, problem, created_at AS createdAt";
  const read = ({ plan, jobs, problem, ...row }: Row): Chain => ({
    ...row,
    plan: fromJson<ChainPlan>(sql, "chains.plan", plan),
    jobs: fromJson<Chain["jobs"]>(sql, "chains.jobs", jobs),
    problem: fromJsonOrNull<ChainProblem>(sql, "chains.problem", problem),
  });

  const table = {
    list(): Chain[] {
      return sql.all<Row>(`SELECT ${columns} FROM chains ORDER BY id`).map(read);
    },

    /** @throws AppError "chain-not-found" */
    get(id: number): Chain {
      const row = sql.get<Row>(`SELECT ${columns} FROM chains WHERE id = ?`, id);
      if (!row) throw new AppError("chain-not-found", { id });
      return read(row);
    },

    add(plan: ChainPlan): number {
      return sql.run(
        "INSERT INTO chains (plan, jobs, created_at) VALUES (?, '{}', ?)",
        toJson("chains.plan", plan),
        new Date().toISOString(),
      ).id;
    },

    /** A step has begun, perhaps once more. */
    begun(id: number, step: ChainStep, job: number): void {
      sql.run(
        "UPDATE chains SET jobs = ?, problem = NULL WHERE id = ?",
        toJson("chains.jobs", { ...table.get(id).jobs, [step]: job }),
        id,
      );
    },

    /** Why the next step could not begin; `null`: it is tried again. */
    setProblem(id: number, problem: ChainProblem | null): void {
      sql.run("UPDATE chains SET problem = ? WHERE id = ?", problem && toJson("chains.problem", problem), id);
    },

    end(id: number, how: NonNullable<Chain["ended"]>): void {
      sql.run("UPDATE chains SET ended = ?, problem = NULL WHERE id = ?", how, id);
    },
  };
  return table;
}
