import { oneOf, seconds, text } from "../inputs.ts";

/** How a deploy is told to GitHub. */
export const deploymentInputs = {
  environment: text({
    description:
      "The GitHub environment under which the deployment is told: `staging`, `production`. Left out, the namespace. Previews are told under `preview`, all of them.",
    pattern: /^[^\u0000-\u001f\u007f]{1,255}$/,
    accepts: "a name of at most 255 characters",
  }),
  "github-deployment": oneOf(["auto", "true", "false"], {
    description:
      "Tell GitHub of the deployment, with the release record as payload, by which `baseline: live` finds what serves. `auto` leaves it out where the job's own `environment:` makes one, and where `deployments: write` is missing.",
    default: "auto",
  }),
};

/** Deploys of a pull request. */
export const previewInputs = {
  preview: oneOf(["auto", "false"], {
    description:
      "`auto` deploys a pull request's model as a preview: under a name of its own, in this namespace, until the pull request is closed. Runs on branches and tags deploy as ever.",
    default: "false",
  }),
  "preview-of": text({
    description:
      "With `preview: auto` in a run that is no pull request's own, such as the trusted half of the fork-safe pair: pull request and head commit, `12@<sha>`, that someone has approved. They are compared with what GitHub says.",
    pattern: /^[1-9]\d{0,9}@[0-9a-f]{40}$/,
    accepts: "`<number>@<commit>`",
  }),
  "preview-label": text({
    description:
      "The label that asks for a preview. It counts for the commit on which it was set (event `pull_request`, type `labeled`). Left out, every push of a pull request from this repository is previewed.",
    pattern: /^[^\u0000-\u001f\u007f]{1,50}$/,
    accepts: "a label's name",
  }),
  "preview-ttl": seconds({
    description: "How long a preview stays although its pull request is open. Each deploy of it starts anew.",
    default: "168h",
    most: 8784 * 3600,
  }),
};
