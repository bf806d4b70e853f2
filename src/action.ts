import type { InputTable, Run, Values } from "./inputs.ts";

/** An annotation as GitHub shows it on the run. At most ten of each level count for one step. */
export type Annotation = {
  readonly level: "error" | "warning" | "notice";
  readonly title: string;
  readonly message: string;
};

/**
 * What a story ends with. A negative answer that was asked for (a rejected gate, an unhealthy rollout) is data: it stands in
 * the outputs and the summary like any other, and `failure` alone makes the step red.
 */
export type Outcome = {
  /** Fixed names, kebab-case; values on one line or JSON. An absent output is the empty string. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Markdown for the job summary. Everything from outside in it is escaped already. */
  readonly summary?: string;
  readonly annotations?: readonly Annotation[];
  /** Why the step is red although the story came to its end. One sentence or a few lines. */
  readonly failure?: string;
};

/** An output as the README and action.yml tell it. */
export type OutputTable = Readonly<Record<string, string>>;

/** An action's part: its contract, and the four beats in order. Importing it has no effect. */
export type Story<Table extends InputTable, Ports> = {
  /** `train-plan`; the same in every place: folder, door, story, bundle, test. */
  readonly id: string;
  readonly inputs: Table;
  /** Name → what it holds. `Outcome.outputs` may hold no other. */
  readonly outputs: OutputTable;
  readonly run: (inputs: Values<Table>, run: Run, ports: Ports) => Promise<Outcome>;
};
