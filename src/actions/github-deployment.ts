import type { Outcome } from "../action.ts";
import { deploymentPayload, placeOfPayload, type DeployedPlace } from "../domain/record/deployment-payload.ts";
import type { ReleaseRecord } from "../domain/record/record.ts";
import { ActionError, messageOf } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { DeploymentWord, GitHub, Log, StoredDeployment } from "../ports.ts";

/** What a deploy tells before it changes anything. */
export type Announced = DeployedPlace & { readonly record: ReleaseRecord | undefined };
export type Announce = (version: Announced) => Promise<void>;

export type Asked = {
  readonly "github-deployment": "auto" | "true" | "false";
  readonly environment: string | undefined;
  readonly "github-token": string | undefined;
};
/** Of a preview: the pull request's own commit, and not the merge that was built. */
export type PreviewTold = { readonly headSha: string };

type Ports = { readonly github: GitHub; readonly log: Log };

/** One for all previews: each environment is a line on the repository's page, and takes an administrator to remove. */
export const PREVIEW_ENVIRONMENT = "preview";
/** Each costs a request or two, and a run has fifteen: of the deployments before, the last few. */
const MOST_EARLIER = 2;
const MOST_LOOKED_AT = 3;

/** The task of a preview's deployments names its pull request; of others, what is deployed. */
export const taskOf = (name: string, preview: boolean): string => `${preview ? "preview" : "deploy"}:${name}`;

/** The page of this run. */
export const runUrl = ({ serverUrl, repository, runId }: Run): string =>
  `${serverUrl}/${repository}/actions/runs/${runId}`;

/**
 * Deploys, and tells GitHub: a deployment in progress before anything is changed, its end afterwards, with the address only when
 * the new version was proven to answer there. That it can not be told never fails a deploy.
 */
export async function tellGitHub(
  asked: Asked,
  preview: PreviewTold | undefined,
  run: Run,
  ports: Ports,
  deploy: (announce: Announce) => Promise<Outcome>,
): Promise<Outcome> {
  const side = sideStep(asked, ports.log);
  const logUrl = runUrl(run);
  let begun: Begun | undefined;
  const end = async (word: DeploymentWord): Promise<void> => {
    const at = begun;
    if (at !== undefined) await side(async () => void (await ports.github.tellDeployment(at.id, { logUrl, ...word })));
  };
  let outcome: Outcome;
  try {
    outcome = await deploy(async (version) => {
      begun = await side(async () => begin(version, asked, preview, run, ports));
    });
  } catch (thrown) {
    await end({ state: "error", description: messageOf(thrown) });
    throw thrown;
  }
  const { "prediction-url": url = "", reason = "" } = outcome.outputs;
  if (outcome.failure !== undefined) await end({ state: "failure", description: reason });
  else if (/^https?:\/\//.test(url)) {
    await end({ state: "success", description: reason, url });
    const at = begun;
    if (at !== undefined) await side(async () => retireEarlier(at, ports.github));
  } else await end({ state: "error", description: "It was deployed, and answers at no address" });
  return outcome;
}

type Begun = { readonly id: string; readonly environment: string; readonly task: string };

async function begin(
  version: Announced,
  asked: Asked,
  preview: PreviewTold | undefined,
  run: Run,
  { github, log }: Ports,
): Promise<Begun | undefined> {
  const { record, ...deployed } = version;
  const { namespace, name } = deployed;
  const environment = preview === undefined ? (asked.environment ?? namespace) : PREVIEW_ENVIRONMENT;
  const named = preview === undefined ? asked.environment : environment;
  if (asked["github-deployment"] === "auto" && (await isToldByJob(named, run, github))) {
    log.info(
      "This job's own environment makes a GitHub deployment, so none is added. With `deployment: false` in the job's environment it would carry the release record.",
    );
    return undefined;
  }
  const task = taskOf(name, preview !== undefined);
  const id = await github.createDeployment({
    sha: preview?.headSha ?? run.sha,
    environment,
    task,
    payload: deploymentPayload(record, deployed),
    description: `${namespace}/${name} ${deployed.deployId.slice(0, 12)}`,
    transient: preview !== undefined,
    production: preview === undefined && environment === "production",
  });
  const begun = { id, environment, task };
  // Its id must not be lost when only this second word fails.
  await github
    .tellDeployment(id, { state: "in_progress", description: "Deploying", logUrl: runUrl(run) })
    .catch((thrown: unknown) => log.warning(messageOf(thrown)));
  return begun;
}

/** Whether the runner has made a deployment for this job's `environment:`, which is in progress while the job runs. */
async function isToldByJob(environment: string | undefined, run: Run, github: GitHub): Promise<boolean> {
  const all = await github.deployments({ environment });
  const others = all.filter((each) => !isOurs(each) && (run.event.startsWith("pull_request") || each.sha === run.sha));
  for (const { id } of others.slice(0, MOST_LOOKED_AT)) {
    const status = await github.deploymentStatus(id);
    if (status === undefined || !["in_progress", "queued", "pending", "waiting"].includes(status.state)) continue;
    if (`${status.logUrl}/`.includes(`/actions/runs/${run.runId}/`)) return true;
  }
  return false;
}

/** What these actions have told, and nobody else. */
export const isOurs = ({ payload, id }: StoredDeployment): boolean =>
  placeOfPayload(payload, `the payload of deployment ${id}`) !== undefined;

/** One success of a task is active at a time; GitHub's own `auto_inactive` knows no tasks and spares previews. */
async function retireEarlier({ id, environment, task }: Begun, github: GitHub): Promise<void> {
  const all = await github.deployments({ environment, task });
  const earlier = all.filter((each) => BigInt(each.id) < BigInt(id) && each.task === task && isOurs(each));
  for (const each of earlier.slice(0, MOST_EARLIER)) {
    const state = await github.deploymentState(each.id);
    // What was left in progress by a run that was killed ends here too.
    if (state !== undefined && ["inactive", "failure", "error"].includes(state)) continue;
    await github.tellDeployment(each.id, { state: "inactive", description: "Another version serves" });
    // When that one succeeded, it ended those before it.
    if (state === "success") break;
  }
}

/** Does what may fail without harm, and says so: a missing permission is only worth a warning to who has asked for it. */
export function sideStep(asked: Pick<Asked, "github-deployment">, log: Log) {
  return async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (thrown) {
      if (!(thrown instanceof ActionError)) throw thrown;
      const missing = thrown.mistakes[0]?.seen.startsWith("status 403") === true;
      const told = `The GitHub deployment could not be told: ${messageOf(thrown)}`;
      if (missing && asked["github-deployment"] === "auto") log.info(told);
      else log.warning(told);
      return undefined;
    }
  };
}
