import { artifactHandlers } from "./artifact-handlers.ts";
import { commentHandlers } from "./comment-handlers.ts";
import { deploymentHandlers } from "./deployment-handlers.ts";
import { pullHandlers } from "./pull-handlers.ts";
import { repositoryHandlers } from "./repository-handlers.ts";
import { runHandlers } from "./run-handlers.ts";
import type { Handler } from "./answer.ts";

/** Who answers which operation. */
export const handlers: Record<string, Handler> = {
  ...artifactHandlers,
  ...commentHandlers,
  ...deploymentHandlers,
  ...pullHandlers,
  ...repositoryHandlers,
  ...runHandlers,
};
