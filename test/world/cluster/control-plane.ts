// Faults of a cluster of our own: its parts are processes of this machine, so they can be frozen, killed and started again.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type Part = "etcd" | "kube-apiserver";

/** The process of a part of the cluster that keeps its state there. */
function processOf(part: Part, state: string): number {
  const binary = join(state, "bin/kubeall");
  const found = readdirSync("/proc").find((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const [program, name] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      return program === binary && name === part;
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error(`${part} does not run`);
  return Number(found);
}

/** Freezes a part while `work` goes on. */
export async function frozen(part: Part, state: string, work: () => Promise<void>): Promise<void> {
  const pid = processOf(part, state);
  process.kill(pid, "SIGSTOP");
  try {
    await work();
  } finally {
    process.kill(pid, "SIGCONT");
  }
}

/** Kills a part as a crash would, and starts it again in the cluster's namespaces, with the arguments that it had. */
export async function killed(part: Part, state: string, downMs: number): Promise<void> {
  const pid = processOf(part, state);
  const args = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
  const init = readFileSync(join(state, "run/init.pid"), "utf8").trim();
  process.kill(pid, "SIGKILL");
  await new Promise((resolve) => setTimeout(resolve, downMs));
  // It ends with the cluster: whatever runs in that pid namespace does.
  spawn("nsenter", ["-t", init, "--net", "--mount", "--pid", "--", ...args], {
    detached: true,
    stdio: "ignore",
  }).unref();
}
