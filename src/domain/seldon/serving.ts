/** What a model server on loopback is started from. */
export type ServingRequest = {
  /** The first 40 hex digits of the digest of all that makes this version. */
  readonly deployId: string;
  /** Full path of the Python that has seldon-core. */
  readonly python: string;
  /** Folder with the code, below the release folder; the server's working directory. */
  readonly folder: string;
  /** `MnistModel`, `src.model.PredictionService`. */
  readonly modelClass: string;
  /** Absolute. Absent for a model without files. */
  readonly modelPath: string | undefined;
  /** Workers that answer requests, each with the model loaded. */
  readonly replicas: number;
  /** The release record that this version came with, as JSON; `undefined` without one. */
  readonly record: string | undefined;
};

/** What is served on this machine under one name. */
export type ServingState = {
  readonly namespace: string;
  readonly name: string;
  /** `http://127.0.0.1:PORT/seldon/<namespace>/<name>/api/v1.0/predictions` */
  readonly url: string;
  readonly port: number;
  /** `running`: the front answers and a server stands behind it. `empty`: only the front. `stopped`: neither. */
  readonly status: "running" | "empty" | "stopped";
  readonly frontPid: number | undefined;
  /** False: the front ends with the job that started it. */
  readonly outliveJob: boolean;
  /** Of the version that serves, or that served last. */
  readonly deployId: string | undefined;
  readonly modelClass: string | undefined;
  readonly replicas: number | undefined;
  readonly servers: readonly ServerState[];
  readonly record: string | undefined;
  /** When the serving version was promoted, in milliseconds since 1970. */
  readonly since: number | undefined;
  /** How often the serving version ended by itself and was started again. */
  readonly restarts: number;
};

type ServerState = {
  readonly pid: number;
  readonly url: string;
  readonly deployId: string;
  readonly role: "serving" | "candidate" | "draining";
};

/** How a server that the front starts is called: the whole of it, nothing is inherited. */
export type ServerProgram = {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
};
