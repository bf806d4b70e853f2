/**
 * Starts a server other than seldon-core's on loopback: MLServer by its own settings, any other program with its sockets bound
 * there whatever it asks for. Standard input is a lifeline: when it ends, the whole group ends.
 * Called as `python launcher.py mlserver` or `python launcher.py program FILE`.
 */
export const TRIAL_LAUNCHER = `import json, os, runpy, signal, socket, sys, threading


def free():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def watch_lifeline():
    while os.read(0, 4096):
        pass
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def announce(port):
    print("model-road-ports " + json.dumps({"http": port}), flush=True)


def mlserver():
    ports = {name: free() for name in ("HTTP", "GRPC", "METRICS")}
    os.environ["MLSERVER_HOST"] = "127.0.0.1"
    for name, port in ports.items():
        os.environ["MLSERVER_" + name + "_PORT"] = str(port)
    announce(ports["HTTP"])
    from mlserver.cli import main

    sys.argv = ["mlserver", "start", "."]
    main()


def program(path):
    port = free()
    plain, taken = socket.socket.bind, []

    def bind(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and self.type == socket.SOCK_STREAM and address[1] != 0:
            host = "127.0.0.1" if self.family == socket.AF_INET else "::1"
            # The first port that it asks for is the one that is announced.
            chosen = port if not taken else 0
            taken.append(address[1])
            return plain(self, (host, chosen) + tuple(address[2:]))
        return plain(self, address)

    socket.socket.bind = bind
    announce(port)
    sys.argv = [path]
    sys.path[0] = os.getcwd()
    runpy.run_path(path, run_name="__main__")


threading.Thread(target=watch_lifeline, daemon=True).start()
sys.path.insert(0, os.getcwd())
mlserver() if sys.argv[1] == "mlserver" else program(sys.argv[2])
`;

/** The file that a start command runs by Python: `python3 -u app.py --debug` → `app.py`. */
export function programOf(startCommand: string): string | undefined {
  return /^(?:\S*\/)?python[0-9.]*\s+(?:-[A-Za-z]\s+)*([\w./-]+\.py)\s*$/.exec(startCommand)?.[1];
}

/** The value below which a share of all lies. @param sorted from the least */
export function percentile(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) return 0;
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
}
