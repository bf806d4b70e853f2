require("./rolldown-runtime.cjs");
// src/domain/image/trial.ts
/**
* Starts a server other than seldon-core's on loopback: MLServer by its own settings, any other program with its sockets bound
* there whatever it asks for. Standard input is a lifeline: when it ends, the whole group ends.
* Called as `python launcher.py mlserver` or `python launcher.py program FILE [ARGUMENTS]`.
*/
const TRIAL_LAUNCHER = `import json, os, runpy, signal, socket, sys, threading


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
    sys.argv = sys.argv[2:]
    sys.path[0] = os.getcwd()
    runpy.run_path(path, run_name="__main__")


threading.Thread(target=watch_lifeline, daemon=True).start()
sys.path.insert(0, os.getcwd())
mlserver() if sys.argv[1] == "mlserver" else program(sys.argv[2])
`;
/** The file that a start command runs by Python: `python3 -u app.py --debug` → `app.py`. */
function programOf(startCommand) {
	return /^(?:\S*\/)?python[0-9.]*\s+(?:-[A-Za-z]\s+)*([\w./-]+\.py)\s*$/.exec(startCommand)?.[1];
}
/** The value below which a share of all lies. @param sorted from the least */
function percentile(sorted, share) {
	if (sorted.length === 0) return 0;
	return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}
/** Where an image that is tried finds the launcher. */
const LAUNCHER_AT = "/model-road";
const LAUNCH = `${LAUNCHER_AT}/launcher.py`;
/** Reads what an image starts, of what docker prints of its config, or buildah of the image. */
function imageStart(printed) {
	const all = JSON.parse(printed) ?? {};
	const { Entrypoint, Cmd } = all.OCIv1?.config ?? all;
	const texts = (value) => Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
	return {
		entrypoint: texts(Entrypoint),
		cmd: texts(Cmd)
	};
}
/**
* The line that starts an image's server on loopback, in that image: what it would start by itself, by way of the launcher.
* @param modelClass for Seldon's wrapper
* @returns `undefined` where the launcher can not get between: a script, or another language
*/
function launchLine({ entrypoint, cmd }, wrapper, modelClass) {
	const all = [...entrypoint, ...cmd];
	const line = /^(?:\S*\/)?(?:ba|da|a)?sh$/.test(all[0] ?? "") && all[1] === "-c" ? all[2] : all.map(shellWord).join(" ");
	const [, before] = (wrapper === "seldon" ? /^(.*?)(?:\S*\/)?seldon-core-microservice\b/s : wrapper === "mlserver" ? /^(.*?)(?:\S*\/)?mlserver start\b/s : /(?!)/).exec(line) ?? [];
	if (wrapper !== "flask") {
		const server = wrapper === "mlserver" ? "mlserver" : modelClass === void 0 ? void 0 : `${modelClass} 1`;
		return server === void 0 ? void 0 : `${before ?? "exec "}python3 ${LAUNCH} ${server}`;
	}
	const program = /^(.*?\bpython[\d.]*)((?:\s+-[A-Za-z])*)\s+([\w./-]+\.py)(?=\s|$)/s.exec(line);
	if (program === null) return void 0;
	const [found, python, options, file] = program;
	return `${python}${options} ${LAUNCH} program ${file}${line.slice(found.length)}`;
}
const shellWord = (text) => /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
exports.LAUNCHER_AT = LAUNCHER_AT;
exports.TRIAL_LAUNCHER = TRIAL_LAUNCHER;
exports.imageStart = imageStart;
exports.launchLine = launchLine;
exports.percentile = percentile;
exports.programOf = programOf;
