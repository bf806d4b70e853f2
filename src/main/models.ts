import { models } from "../actions/models.ts";
import { fileLocks } from "../adapters/lock.ts";
import { localProcesses } from "../adapters/process.ts";
import { localServing } from "../adapters/serving.ts";
import { runAction } from "../run-action.ts";

void runAction(models, ({ log, signal }) => {
  const processes = localProcesses({ signal });
  return { log, serving: localServing({ processes, locks: fileLocks() }) };
});
