import { readFile } from "node:fs/promises";
import { resolve as resolvePath } from "node:path";

import type { Variables } from "./environment.ts";
import { textOf } from "./expressions.ts";
import type { RunningJob } from "./running-job.ts";
import type { Outcome, StepRecord } from "./step-report.ts";

const MODELLED = new Set(["subject-name", "subject-digest", "predicate-type", "predicate", "predicate-path"]);

/** actions/attest for a subject by digest and a predicate of one's own: GitHub keeps it, with who signed it. */
export async function attest(job: RunningJob, record: StepRecord, inputs: Variables): Promise<Outcome> {
  const odd = Object.entries(inputs).find(([name, value]) => value !== "" && value !== "false" && !MODELLED.has(name));
  if (odd) throw new Error(`actions/attest: input ${odd[0]} is not modelled by this runner.`);
  const { github, contexts } = job;
  const permissions = github.world.tokens.get(textOf(contexts.github["token"]))?.permissions ?? {};
  for (const scope of ["id-token", "attestations"]) {
    if (permissions[scope] !== "write") throw new Error(`actions/attest: missing "${scope}: write" permission.`);
  }
  const { "subject-name": name = "", "subject-digest": digest = "", "predicate-type": type = "" } = inputs;
  if (name === "" || !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new Error("actions/attest: expected subject-name and subject-digest as sha256:<hex>.");
  }
  if (!URL.canParse(type)) throw new Error("actions/attest: expected a predicate-type that is a URI.");
  const file = inputs["predicate-path"];
  const text = file ? await readFile(resolvePath(job.workspace, file), "utf8") : (inputs["predicate"] ?? "");
  github.world.attestations.push({
    subjectName: name,
    subjectDigest: digest,
    predicateType: type,
    predicate: JSON.parse(text),
    signer: textOf((contexts["job"] as Record<string, string>)["workflow_ref"]),
    runId: Number(contexts.github["run_id"]),
  });
  record.log.write(`Attestation created for ${name}@${digest}`);
  return "success";
}
