// Whether a cluster of our own can be had on this machine. What is missing is named: a test that is passed over says so loudly.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmdirSync } from "node:fs";

/** Why no cluster can be had here; `undefined` where one can. */
export function whyNoCluster(): string | undefined {
  if (process.platform !== "linux") return "a cluster of our own runs on Linux only: name one in TEST_KUBE_CONTEXT";
  if (process.getuid?.() !== 0)
    return "a cluster of our own needs root: run it by sudo, or name one in TEST_KUBE_CONTEXT";
  if (!runs("apt-get", "--version")) return "a cluster of our own takes Debian's packages, and there is no apt-get";
  const go = /go1\.(\d+)/.exec(spawnSync("go", ["version"], { encoding: "utf8" }).stdout ?? "")?.[1];
  if (!(Number(go) >= 24)) return "a cluster of our own is built with Go 1.24 or later, and there is none";
  if (!runs(process.env["PYTHON"] ?? "python3.11", "--version"))
    return "its images are made with CPython 3.11: there is no python3.11, and PYTHON names none";
  return whatTheKernelRefuses();
}

/** Namespaces, mounts and control groups of its own, as up.sh and containerd make them. */
function whatTheKernelRefuses(): string | undefined {
  if (!runs("unshare", "--mount", "--pid", "--fork", "--mount-proc", "--propagation", "shared", "true"))
    return "the kernel refuses mount and pid namespaces of its own (unshare --mount --pid)";
  if (!runs("unshare", "--net", "true")) return "the kernel refuses a network namespace of its own (unshare --net)";
  const overlay =
    "d=$(mktemp -d) && mount -t tmpfs tmpfs $d && mkdir $d/l $d/u $d/w $d/m && " +
    "mount -t overlay overlay -o lowerdir=$d/l,upperdir=$d/u,workdir=$d/w $d/m && umount $d/m && umount $d && rmdir $d";
  if (!runs("unshare", "--mount", "sh", "-c", overlay))
    return "the kernel refuses overlay mounts, which containers need";
  const groups = existsSync("/sys/fs/cgroup/memory") ? "/sys/fs/cgroup/memory" : "/sys/fs/cgroup";
  const probe = `${groups}/model-road-probe-${process.pid}`;
  try {
    mkdirSync(probe);
    rmdirSync(probe);
  } catch {
    return `no control group can be made in ${groups}`;
  }
  return undefined;
}

function runs(command: string, ...args: string[]): boolean {
  const { status, error } = spawnSync(command, args, { stdio: "ignore", timeout: 20_000 });
  return error === undefined && status === 0;
}
