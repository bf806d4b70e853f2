// A graph on this machine: each node a process of the real seldon-core 1.17.1 with the class that stands for its image, and before
// them the stand-in for Seldon's executor, as the operator would start them all in one pod.
import { spawn, type ChildProcess } from "node:child_process";
import { copyFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { buildGraph, flatten, parseGraph } from "../../../src/domain/seldon/graph.ts";
import { LAUNCHER } from "../../../src/domain/seldon/launcher.ts";
import type { GraphNode } from "../../../src/domain/seldon/resource.ts";
import { announced, end, pythonWith, untilAnswers } from "../../actions/predict-bench.ts";

const EXECUTOR = new URL("../cluster/prepackaged/executor.py", import.meta.url).pathname;

/** What stands for an image: the service type it was built with, and the file of its class, by its path or its text. */
export type Component =
  | { readonly type: string; readonly file: string }
  | { readonly type: string; readonly text: string };

export type LocalGraph = {
  /** Of the executor: `http://127.0.0.1:…`. */
  readonly url: string;
  stop(): Promise<void>;
};

/**
 * @param graph in short form; an image's name is that of its class
 * @param components by class
 */
export async function startGraph(
  requirements: string,
  graph: string,
  components: Readonly<Record<string, Component>>,
): Promise<LocalGraph> {
  const python = await pythonWith(requirements);
  const root = await parseGraph(graph);
  const { graph: node, svcOrchSpec } = buildGraph(root, {
    storageSecret: undefined,
    serviceAccount: undefined,
    pod: {},
  });
  const running: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(running.map(async (each) => await each()));
  };
  const start = (folder: string, args: readonly string[], env: Readonly<Record<string, string>>) => {
    const child: ChildProcess = spawn(python, args, {
      cwd: folder,
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        PYTHONUNBUFFERED: "1",
        OMP_NUM_THREADS: "1",
        OPENBLAS_NUM_THREADS: "1",
        ...env,
      },
    });
    running.push(async () => await end(child, folder));
    return child;
  };
  try {
    const ports = new Map<string, number>();
    await Promise.all(
      flatten(root)
        .filter(({ image }) => image !== undefined)
        .map(async ({ name, image, parameters, env }) => {
          const component = components[image!]!;
          const folder = mkdtempSync(join(tmpdir(), "node-"));
          if ("file" in component) copyFileSync(component.file, join(folder, basename(component.file)));
          else writeFileSync(join(folder, `${image}.py`), component.text);
          writeFileSync(join(folder, "launcher.py"), LAUNCHER);
          const child = start(folder, [join(folder, "launcher.py"), image!, "1"], {
            SERVICE_TYPE: component.type,
            PREDICTIVE_UNIT_ID: name,
            PREDICTIVE_UNIT_PARAMETERS: JSON.stringify(parameters),
            ...env,
          });
          const { http } = await announced(child);
          await untilAnswers(`http://127.0.0.1:${http}/health/ping`, child);
          ports.set(name, http);
        }),
    );
    const placed = (each: GraphNode): object => ({
      ...each,
      endpoint: { httpPort: ports.get(each.name) },
      children: (each.children ?? []).map(placed),
    });
    const folder = mkdtempSync(join(tmpdir(), "executor-"));
    const executor = start(folder, [EXECUTOR], {
      ENGINE_PREDICTOR: Buffer.from(JSON.stringify({ graph: placed(node) })).toString("base64"),
      HOST: "127.0.0.1",
      PORT: "0",
      ...Object.fromEntries((svcOrchSpec?.env ?? []).map(({ name, value }) => [name, value])),
    });
    const url = `http://127.0.0.1:${await portOf(executor)}`;
    await untilAnswers(`${url}/ready`, executor);
    return { url, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

async function portOf(child: ChildProcess): Promise<string> {
  let said = "";
  return await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the executor says no port within 30 s: ${said}`)), 30_000);
    const read = (chunk: Buffer): void => {
      said += chunk.toString();
      const port = /^listening on (\d+)$/m.exec(said)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(port);
    };
    child.stdout!.on("data", read);
    child.stderr!.on("data", read);
  });
}
