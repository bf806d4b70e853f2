import type { Outcome, Story } from "../action.ts";
import type { ReleaseRecord } from "../domain/record/record.ts";
import type { GateReport } from "../domain/report/gate-report.ts";
import { withStrangersNotice } from "../domain/trust/handover.ts";
import { ActionError, refuse } from "../errors.ts";
import { integer, text, type Run } from "../inputs.ts";
import type { Clock, GitHub, Log, Workspace } from "../ports.ts";
import { readEvent } from "./event.ts";
import { gateReportPath } from "./gate-inputs.ts";
import { recordInput, takeRecord } from "./record.ts";
import { keptRequest } from "./smoke-request.ts";
import { keptSeconds } from "./step-seconds.ts";

const inputs = {
  record: recordInput,
  "pull-request": integer({
    description:
      "The number of the pull request to comment on, where the event has none of its own: as the other part has verified it.",
    least: 1,
    most: 1_000_000_000,
  }),
  "github-token": text({
    description:
      "Writes the comment; needs `pull-requests: write`, and `actions: read` with `take-over`. Leave it out: the comment of the job's own token (by github-actions[bot]) is found again at once, that of another token only when it has written a second one, which is then taken away.",
    expression: "${{ github.token }}",
    secret: true,
  }),
};

type Ports = {
  readonly log: Log;
  readonly clock: Pick<Clock, "sleep">;
  readonly workspace: Workspace;
  readonly github: GitHub;
};

/**
 * Tells a release in the job summary and, in a pull request, in one comment that is kept up to date. Telling is a side step:
 * where GitHub does not let it comment, a notice says so and the step stays green.
 */
export const report: Story<typeof inputs, Ports> = {
  id: "report",
  inputs,
  outputs: {
    "comment-url": "The comment on the pull request; empty where there is none.",
    report: "The report as a Markdown file, under the runner's temporary folder; empty without a record.",
  },
  run: async (inputs, run, ports) => {
    const record = await takeRecord(inputs.record, run, ports);
    if (!record) {
      const message = "This job has no release record: train has not come to its end, or no record was handed on.";
      return { outputs: {}, annotations: [{ level: "notice", title: "Nothing to report", message }] };
    }
    const { renderReport } = await import("../domain/report/report.ts");
    const judged = await judgedHere(record, run, ports);
    const rendered = renderReport(record, run, {
      request: await keptRequest(run, ports.workspace),
      judged,
      imageSeconds: record.image && (await keptSeconds(record.image.digest, run, ports.workspace)),
    });
    const strange = inputs["pull-request"];
    const body = strange === undefined ? rendered : withStrangersNotice(rendered);
    const file = `${run.temp}/model-road/report.md`;
    await ports.workspace.write(file, body);
    return { summary: body, ...(await tell(body, record.model.name, file, strange, run, ports)) };
  },
};

/** What the gate of this job told of this very model; nothing where it ran elsewhere. */
async function judgedHere(record: ReleaseRecord, run: Run, { workspace, log }: Ports): Promise<GateReport | undefined> {
  if (record.gate === undefined) return undefined;
  const { MAX_GATE_REPORT_BYTES, parseGateReport } = await import("../domain/report/gate-report.ts");
  try {
    const text = await workspace.readText(gateReportPath(run), { maxBytes: MAX_GATE_REPORT_BYTES });
    const report = text === undefined ? undefined : parseGateReport(text, "the gate's report");
    return report?.digest === record.model.digest ? report : undefined;
  } catch (thrown) {
    if (!(thrown instanceof ActionError)) throw thrown;
    log.info(`The gate's report is left out: ${thrown.message}`);
    return undefined;
  }
}

async function tell(
  body: string,
  model: string,
  file: string,
  given: number | undefined,
  run: Run,
  ports: Ports,
): Promise<Omit<Outcome, "summary">> {
  try {
    const number = given ?? (await pullRequest(run, ports.workspace));
    if (number === undefined) {
      ports.log.info(`The event ${run.event} has no pull request: the report is in the job summary only.`);
      return { outputs: { report: file } };
    }
    const { keepComment } = await import("./sticky-comment.ts");
    const { url, newer } = await keepComment({ body, model, issue: number }, ports);
    ports.log.info(
      newer
        ? `A newer run has told of ${model} already, so its comment stands: ${url}`
        : `The report is a comment: ${url}`,
    );
    return { outputs: { "comment-url": url, report: file } };
  } catch (thrown) {
    // No permission, a locked conversation, GitHub in trouble: none of it makes a good release a bad one.
    if (!(thrown instanceof ActionError)) throw thrown;
    const message = `The report is in the job summary. ${thrown.message}`;
    return {
      outputs: { report: file },
      annotations: [{ level: "notice", title: "No comment on the pull request", message }],
    };
  }
}

/** The number of the pull request that the run is about. */
async function pullRequest(run: Run, workspace: Workspace): Promise<number | undefined> {
  if (run.event !== "pull_request") return undefined;
  const number = (await readEvent(run, workspace)).pullRequest?.number ?? 0;
  if (!Number.isSafeInteger(number) || number < 1) {
    refuse({ where: "the event's payload", expected: "the number of a pull request", seen: "none" });
  }
  return number;
}
