// Reads the recordings in test/golden/operator/: what the real operator and the real controllers did, a change a line.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Condition, Deployment, Pod } from "../../../src/domain/kubernetes/object.ts";
import { SPEC_ID_ANNOTATION, type Applied, type RolloutFacts } from "../../../src/domain/rollout/verdict.ts";
import { DEPLOY_ID_LABEL } from "../../../src/domain/seldon/deploy-ids.ts";
import type { SeldonDeployment } from "../../../src/domain/seldon/resource.ts";

const FOLDER = join(import.meta.dirname, "../../golden/operator");
const OLD = "0".repeat(40);

type Fields = Map<string, string>;
type Line = { readonly at: number; readonly kind: string; readonly name: string; readonly text: string };

export type Recording = {
  readonly title: string;
  readonly applied: Applied;
  /** One entry for each change seen, in time; `now` is milliseconds since the apply. */
  readonly moments: readonly RolloutFacts[];
};

export function readRecording(name: string): Recording {
  const text = readFileSync(join(FOLDER, `timeline-${name}.txt`), "utf8");
  const lines = text
    .split("\n")
    .flatMap(parseLine)
    .toSorted((a, b) => a.at - b.at);
  const before = lines.filter(({ at }) => at < 0);
  const sdep: Fields = new Map();
  const depls = new Map<string, Fields>();
  const pods = new Map<string, Fields>();
  const finalTemplates = templatesAtTheEnd(lines);
  const ids = new Map([...finalTemplates.keys()].map((depl, nth) => [depl, `${nth + 1}`.repeat(40)]));
  for (const line of before) take(line, sdep, depls, pods);
  const generation = Number(/gen=(\d+)/.exec(lines.find(({ kind }) => kind === "apply")!.text)?.[1] ?? "0");
  const facts = (now: number): RolloutFacts => ({
    now,
    sdep: sdep.get("gone") === "yes" ? undefined : sdepOf(sdep, generation),
    deployments: [...depls].map(([depl, fields]) =>
      deploymentOf(depl, fields, templateOf(fields) === finalTemplates.get(depl) ? ids.get(depl)! : OLD),
    ),
    pods: [...pods].map(([pod, fields]) => podOf(pod, fields, ids)),
  });
  const moments: RolloutFacts[] = [];
  for (const line of lines.filter(({ at }) => at >= 0)) {
    take(line, sdep, depls, pods);
    moments.push(facts(line.at));
  }
  const last = moments.at(-1)!;
  return {
    title: text.slice(2, text.indexOf("\n")),
    moments,
    applied: {
      uid: "uid",
      generation,
      deployId: "f".repeat(40),
      predictors: [...ids].map(([depl, deployId]) => ({
        name: depl,
        deployId,
        deployments: 1,
        replicas: last.deployments.find((each) => each.metadata.name === depl)?.spec.replicas ?? 1,
      })),
    },
  };
}

function parseLine(line: string): Line[] {
  const [, at, kind, name = "", text] = /^\s*(-|\+\d+) \| (\w+)(?: (\S+))? \| (.*)$/.exec(line) ?? [];
  return at === undefined ? [] : [{ at: at === "-" ? -1 : Number(at.slice(1)), kind: kind!, name, text: text! }];
}

function take({ kind, name, text }: Line, sdep: Fields, depls: Map<string, Fields>, pods: Map<string, Fields>): void {
  if (kind === "watch") {
    sdep.set("gen", /gen=(\d+)/.exec(text)![1]!);
    sdep.set("state", / state=(\w+)/.exec(text)![1]!);
    if (text.startsWith("DELETED")) sdep.set("gone", "yes");
  } else if (kind === "sdep") {
    if (text === "GONE") sdep.set("gone", "yes");
    else change(sdep, text);
  } else if (kind === "depl") takeInto(depls, name, text);
  else if (kind === "pod") takeInto(pods, name, text);
}

function takeInto(all: Map<string, Fields>, name: string, text: string): void {
  if (text === "GONE") {
    all.delete(name);
    return;
  }
  const fields = all.get(name) ?? new Map<string, string>(text.startsWith("NEW") ? [["new", "yes"]] : []);
  change(fields, text);
  all.set(name, fields);
}

/** `BEFORE a=1 b=2`, `NEW a=1` or `a: 1 -> 2; b: x -> y`. */
function change(fields: Fields, text: string): void {
  const whole = /^(?:BEFORE|NEW) ?(.*)$/.exec(text);
  if (whole) {
    for (const [, name, value] of whole[1]!.matchAll(/(\S+?)=(.*?)(?= [\w.-]+=|$)/g)) fields.set(name!, value!);
    return;
  }
  for (const part of text.split("; ")) {
    const [, name, value] = /^(\S+): .*? -> (.*)$/.exec(part) ?? [];
    if (name !== undefined) fields.set(name, value!);
    else if (/^containers: {2}-> /.test(part)) fields.set("containers", part.slice("containers:  -> ".length));
  }
}

const templateOf = (fields: Fields): string => `${fields.get("template")}/${fields.get("template.metadata")}`;

function templatesAtTheEnd(lines: readonly Line[]): Map<string, string> {
  const depls = new Map<string, Fields>();
  for (const line of lines) if (line.kind === "depl") takeInto(depls, line.name, line.text === "GONE" ? "" : line.text);
  return new Map([...depls].map(([name, fields]) => [name, templateOf(fields)]));
}

function sdepOf(fields: Fields, generation: number): SeldonDeployment {
  const gen = Number(fields.get("gen") ?? "0");
  const state = fields.get("state");
  return {
    apiVersion: "machinelearning.seldon.io/v1",
    kind: "SeldonDeployment",
    metadata: {
      name: "recorded",
      uid: "uid",
      generation: gen,
      annotations: { [SPEC_ID_ANNOTATION]: gen >= generation ? "f".repeat(40) : OLD },
    },
    spec: { predictors: [] },
    status: {
      ...(state === undefined || state === "None" ? {} : { state }),
      ...(fields.has("description") ? { description: fields.get("description")! } : {}),
    },
  };
}

function deploymentOf(name: string, fields: Fields, id: string): Deployment {
  const number = (field: string): number => Number(/^\d+/.exec(fields.get(field) ?? "")?.[0] ?? "0");
  const conditions: Condition[] = [];
  for (const [field, value] of fields) {
    const [, type] = /^cond\.(\w+)$/.exec(field) ?? [];
    const [, status, reason = ""] = /^(\w+)(?:\(([^)]*)\))?/.exec(value) ?? [];
    if (type !== undefined) conditions.push({ type, status: status!, reason });
  }
  return {
    metadata: {
      name,
      generation: number("gen"),
      ownerReferences: [{ uid: "uid" }],
    },
    spec: { replicas: number("spec.replicas"), template: { metadata: { labels: { [DEPLOY_ID_LABEL]: id } } } },
    status: {
      observedGeneration: number("obsGen"),
      replicas: number("replicas"),
      updatedReplicas: number("updatedReplicas"),
      readyReplicas: number("readyReplicas"),
      availableReplicas: number("availableReplicas"),
      unavailableReplicas: number("unavailableReplicas"),
      conditions,
    },
  };
}

function podOf(name: string, fields: Fields, ids: ReadonlyMap<string, string>): Pod {
  const owner = [...ids.keys()].find((depl) => name.startsWith(`${depl}-`));
  const id = fields.get("new") === "yes" && owner !== undefined ? ids.get(owner)! : OLD;
  const containers = (fields.get("containers") ?? "").split(" ").filter((each) => each !== "");
  return {
    metadata: {
      name,
      uid: name,
      labels: { [DEPLOY_ID_LABEL]: id },
      ...(fields.get("phase")?.includes("terminating") ? { deletionTimestamp: "now" } : {}),
    },
    status: {
      phase: fields.get("phase")?.replace(/\(.*/, "") ?? "Pending",
      containerStatuses: containers.map((each) => {
        const [container = "", state = "", reason = ""] = each.split(/[:/]/);
        return {
          name: container,
          ready: each.endsWith("/ready"),
          restartCount: 0,
          state:
            state === "waiting"
              ? { waiting: { reason } }
              : state === "running"
                ? { running: {} }
                : { terminated: { reason } },
        };
      }),
    },
  };
}
