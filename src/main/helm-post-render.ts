import { helmPostRender } from "../actions/helm-post-render.ts";
import { standardStreams } from "../adapters/standard-streams.ts";
import { runProgram } from "../run-action.ts";

void runProgram(async () => helmPostRender(process.argv.slice(2), standardStreams()));
