import type { ImageManifest, ImageReference } from "./domain/image/manifest.ts";
import type { Want } from "./domain/image/pickle.ts";
import type { KubernetesObject } from "./domain/kubernetes/object.ts";
import type { ListedObject, StoreAddress } from "./domain/record/model-store.ts";
import type { ServingRequest, ServingState } from "./domain/seldon/serving.ts";

/** What a story says while it works. Every text is data: the adapter disarms it before the runner can read a command in it. */
export type Log = {
  info(text: string): void;
  warning(text: string): void;
  /** Seen only with step debugging on. */
  debug(text: string): void;
  /** Runs work in a fold of the log. */
  group<T>(title: string, work: () => Promise<T>): Promise<T>;
  /** Hides a value wherever the runner would show it. Never for host names, namespaces or short words. */
  mask(secret: string): void;
};

export type Clock = {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds on a clock that never jumps, for durations. */
  elapsed(): number;
  /** Ends early, with the signal's reason thrown, when the run is cancelled. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
};

export type FileKind = "file" | "folder" | "link" | "other";
export type FileFacts = {
  readonly kind: FileKind;
  readonly bytes: number;
  readonly modifiedMs: number;
  /** When content, name or mode last changed here; unlike `modifiedMs` no program can set it back. */
  readonly changedMs: number;
  readonly mode: number;
};
/** A file below a folder: its path relative to that folder, with `/`. Links are told, never followed. */
export type WalkedFile = FileFacts & { readonly path: string };

/** A file as git's index has it. */
export type TrackedFile = {
  /** Of the content; of a submodule the commit. */
  readonly blob: string;
  /** `100644`, `100755` executable, `120000` link, `160000` submodule. */
  readonly mode: string;
};

/** What git knows of a working tree. Absent where there is no git or no repository. */
export type TrackedFiles = {
  /** Path relative to the asked folder → what the index has, for files whose content on disk is that of the index. */
  readonly clean: ReadonlyMap<string, TrackedFile>;
  /** Tracked, but other on disk than in the index, or in conflict. What is deleted on disk stands nowhere. */
  readonly changed: readonly string[];
};

/** Files on this machine. All paths are absolute; every write is whole or not at all. */
export type Workspace = {
  /** `undefined` when there is no such file. @throws ActionError when it is larger, or no regular file */
  readText(path: string, options: { maxBytes: number }): Promise<string | undefined>;
  readBytes(path: string, options: { maxBytes: number }): Promise<Buffer | undefined>;
  /** The first bytes of a file, at most so many. */
  readHead(path: string, bytes: number): Promise<Buffer | undefined>;
  /** Writes beside, syncs, renames; makes the folders it needs. */
  write(path: string, content: string | Uint8Array, options?: { mode?: number }): Promise<void>;
  append(path: string, content: string): Promise<void>;
  /** Does not follow a link. */
  facts(path: string): Promise<FileFacts | undefined>;
  realPath(path: string): Promise<string | undefined>;
  /** What a symbolic link says; `undefined` when it is none. */
  linkTarget(path: string): Promise<string | undefined>;
  /** Every file below a folder, sorted by the bytes of its path; `.git` left out. One path that is a file: that file, as its name. */
  walk(
    root: string,
    options?: { maxFiles?: number; /** 1: the folder's own files only. */ depth?: number },
  ): Promise<readonly WalkedFile[]>;
  /** All below a folder of `root`, `.git` left out, by what the folders say: paths from `root` on, in no order. */
  list(root: string, below: string): Promise<{ readonly files: readonly string[]; readonly links: readonly string[] }>;
  /** sha256 in hex, and the bytes read. */
  sha256(path: string): Promise<{ hex: string; bytes: number }>;
  /** Many at once, over reused buffers; the answer is in the order asked. */
  sha256All(root: string, paths: readonly string[]): Promise<readonly { hex: string; bytes: number }[]>;
  /** md5 in hex, for what others have recorded by it; never as a proof of ours. */
  md5All(root: string, paths: readonly string[]): Promise<readonly string[]>;
  /** What git knows of the tree at and below a folder. */
  tracked(folder: string): Promise<TrackedFiles | undefined>;
  /** A new folder under the run's temporary one. */
  temporary(prefix: string): Promise<string>;
  move(from: string, to: string): Promise<void>;
  copy(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  freeBytes(path: string): Promise<number>;
};

/** What lies in files, as a fingerprint counts it. */
export type Contents = {
  /** Says ahead that about so many files will be asked for, so that threads can start meanwhile. */
  expect(files: number): void;
  /**
   * `sha256:<hex>`, and above 32 MiB `sha256-16m:<hex>`, which is over the sha256 of each 16 MiB; with the file's mode. By
   * several threads where that is worth it, and in the order asked.
   */
  digests(
    root: string,
    paths: readonly string[],
  ): Promise<readonly { readonly digest: string; readonly mode: number }[]>;
};

export type Command = {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** The whole environment of the child. Nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
};

export type Finished = {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** A program that goes on while the story works. It has a process group of its own. */
export type Started = {
  readonly pid: number;
  /** Ends when the program has; never throws. */
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
  /** Asks, waits `graceMs`, then kills the whole group. Resolves when it is gone. */
  stop(graceMs?: number): Promise<void>;
};

export type Processes = {
  /** Runs a short program to its end. @throws ActionError when it can not be started or takes too long */
  run(command: Command, options: { timeoutMs: number; maxBytes?: number; input?: string }): Promise<Finished>;
  /** Starts a long one; its lines (ended by \n, \r\n or \r) are handed on as they come, raw and capped at `maxLine` bytes. */
  start(
    command: Command,
    options: {
      onLine?: (line: string, stream: "stdout" | "stderr") => void;
      maxLine?: number;
      /** Both streams go to this file instead. */
      logFile?: string;
      /** It may outlive us: nothing of ours waits for it, and a cancelled step leaves it running. */
      detached?: boolean;
      /** Its standard input is a pipe that ends when we do, so that a program that watches it never outlives us. */
      lifeline?: boolean;
    },
  ): Promise<Started>;
  /** The full path of a program in PATH, or undefined. */
  find(program: string): Promise<string | undefined>;
  /** Memory of a started program and its children now, shared parts counted once; `undefined` where the system does not tell. */
  memory(pid: number): Promise<number | undefined>;
  /** Our own environment, for choosing what a child may see. */
  environment(): Readonly<Record<string, string>>;
  /** The Node that runs us. */
  readonly node: string;
  /** The file of another door of ours, for `node`. */
  door(id: string): string;
};

/** Of a program that another calls as a filter. */
export type StandardStreams = {
  /** @throws ActionError when there is more */
  read(options: { readonly maxBytes: number }): Promise<string>;
  write(text: string): void;
  complain(text: string): void;
};

/** Locks between processes, by files. One whose holder has died is free. */
export type Locks = {
  /** Resolves to what gives the lock back. @throws ActionError when another process still holds it after `waitMs` */
  take(path: string, options: { waitMs: number; onWait?: (pid: number) => void }): Promise<() => Promise<void>>;
};

/** One tar, stored, that keeps modes and holds regular files and folders only. */
export type Archives = {
  /**
   * Same files, same bytes: sorted, no owner, no time. `paths` are relative to `root`; `name` says what a path is called in
   * the archive. The folders above a file are entries of their own.
   */
  pack(
    root: string,
    paths: readonly string[],
    archive: string,
    options?: { name?: (path: string) => string },
  ): Promise<{ sha256: string; bytes: number }>;
  /**
   * The same bytes as `pack` makes, without a file: read anew at each `open`. A piece is only good until the one after the next
   * but one is asked for, because its memory is used again.
   */
  stream(
    root: string,
    paths: readonly string[],
    options?: {
      name?: (path: string) => string;
      /** Told at the end of each file, at each reading. */
      onFile?: (file: { path: string; sha256: string; bytes: number; mode: number }) => void;
    },
  ): Promise<{ bytes: number; open: () => AsyncIterable<Uint8Array> }>;
  /**
   * Unpacks below `folder`, which it makes; into one that is there already it overwrites nothing. Says the files. Refuses links, devices, absolute or climbing names, names that clash by case or
   * Unicode form, and anything over the limits; then nothing is left behind.
   */
  unpack(
    archive: string,
    folder: string,
    limits: { maxFiles: number; maxBytes: number },
  ): Promise<readonly WalkedFile[]>;
};

/** Artifacts of this run, by the runner's own token. */
export type Artifacts = {
  /** One file, stored as it is. Its base name is the artifact's. */
  upload(file: string, options: { retentionDays?: number }): Promise<{ id: string; sha256: string; bytes: number }>;
};

/** The Actions cache, used as an index only: a key says where to look, its content is never unpacked. */
export type CacheIndex = {
  /** The newest key that starts with the prefix, looked up only. `undefined` on a miss or any trouble (which is warned of). */
  find(prefix: string): Promise<string | undefined>;
  /** Says false, with a warning, when the service refuses: an index entry is never worth a failed run. */
  put(key: string): Promise<boolean>;
};

export type StoredArtifact = {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly expired: boolean;
  /** Hex; of the artifact as GitHub stores it. */
  readonly sha256: string | undefined;
  readonly createdAt: string;
  readonly run: {
    readonly id: string;
    readonly repositoryId: string;
    readonly headRepositoryId: string;
    readonly headBranch: string;
    readonly headSha: string;
  };
};

export type WorkflowRun = {
  readonly id: string;
  /** Counted up for each workflow: the `#17` of its page. */
  readonly number: number;
  /** `queued`, `in_progress`, `completed` … */
  readonly status: string;
  readonly event: string;
  readonly headSha: string;
  readonly headBranch: string;
  /** `.github/workflows/main.yml` */
  readonly path: string;
  readonly repositoryId: string;
  readonly headRepositoryId: string;
  readonly pullRequests: readonly number[];
  /** The latest attempt. */
  readonly attempt: number;
};

/** A deployment as GitHub keeps it: who deployed what to which environment. */
export type StoredDeployment = {
  readonly id: string;
  readonly environment: string;
  readonly sha: string;
  readonly createdAt: string;
  /** As whoever deployed wrote it: an object, or a text. */
  readonly payload: unknown;
  /** Of a preview: gone when its pull request is. */
  readonly transient: boolean;
  /** What was deployed in that environment, where several things are. */
  readonly task: string;
};

/** A deployment to be told to GitHub. */
export type NewDeployment = {
  /** The commit that is deployed. */
  readonly sha: string;
  readonly environment: string;
  readonly task: string;
  readonly payload: object;
  readonly description: string;
  readonly transient: boolean;
  readonly production: boolean;
};

/** How a deployment stands. */
export type DeploymentWord = {
  readonly state: "in_progress" | "success" | "failure" | "error" | "inactive";
  /** Cut to GitHub's 140 characters. */
  readonly description: string;
  /** Where it answers; of a success. */
  readonly url?: string | undefined;
  /** The run that tells it. */
  readonly logUrl?: string | undefined;
};

/** A pull request as it stands now. */
export type Pull = {
  readonly number: number;
  readonly open: boolean;
  readonly headSha: string;
  /** Empty when that repository is gone. */
  readonly headRepositoryId: string;
  readonly labels: readonly string[];
};

export type Comment = {
  readonly id: string;
  readonly body: string;
  readonly author: string;
  readonly authorIsBot: boolean;
  readonly url: string;
};

/** A pull request that was merged. */
export type MergedPull = {
  readonly number: number;
  readonly headSha: string;
  /** Empty when that repository is gone. */
  readonly headRepositoryId: string;
  /** The commit on the base branch by which it came: a merge, a squash, or the last of a rebase. */
  readonly mergeSha: string;
};

/** GitHub's REST API, by the token that the action was given. Trouble is an ActionError with the status and what to do. */
export type GitHub = {
  /** Makes the client ready, for a story that waits for something else and will ask soon. Never throws. */
  prepare(): void;
  /** `undefined` when it does not exist (any more). */
  artifact(id: string): Promise<StoredArtifact | undefined>;
  /** Newest first; exact name; whole repository, or one run. */
  artifactsNamed(name: string, options?: { runId?: string }): Promise<readonly StoredArtifact[]>;
  /** Writes the artifact's bytes to a file. @throws ActionError when larger or when sha256 differs from the one given */
  downloadArtifact(id: string, file: string, expect: { maxBytes: number; sha256: string }): Promise<void>;
  workflowRun(id: string): Promise<WorkflowRun | undefined>;
  /** Where `head` stands seen from `base`; `undefined` when one is unknown. */
  compare(base: string, head: string): Promise<"identical" | "ahead" | "behind" | "diverged" | undefined>;
  defaultBranch(): Promise<string>;
  /** The merged pull requests from a branch of this repository, the last changed first. */
  mergedPulls(headBranch: string): Promise<readonly MergedPull[]>;
  /** The runs by pull_request for a commit, newest first. */
  pullRequestRuns(headSha: string): Promise<readonly WorkflowRun[]>;
  /** Whether a user may write to this repository. */
  mayWrite(login: string): Promise<boolean>;
  /** The environments that reviewers have let a run into. */
  approvedEnvironments(runId: string): Promise<readonly string[]>;
  /** The blob id of a file at a commit; `undefined` when it is not there, or is no file. */
  blobAt(path: string, sha: string): Promise<string | undefined>;
  /** All tags of git, each with the commit that it names, whatever kind of tag it is. */
  tags(): Promise<readonly { readonly name: string; readonly sha: string }[]>;
  /** `undefined` when there is none of this number. */
  pull(number: number): Promise<Pull | undefined>;
  /** The numbers of all that are open. @throws ActionError when not all of them can be seen */
  openPulls(): Promise<ReadonlySet<number>>;
  /** The latest hundred, newest first, of all environments or one, of all tasks or one; `all`: not only a hundred. */
  deployments(options?: {
    environment?: string | undefined;
    task?: string | undefined;
    all?: boolean;
  }): Promise<readonly StoredDeployment[]>;
  /** The newest status of a deployment: `success`, `failure`, `inactive` …; `undefined` when it has none. */
  deploymentState(id: string): Promise<string | undefined>;
  /** The same, with the address of the run that told it. */
  deploymentStatus(id: string): Promise<{ readonly state: string; readonly logUrl: string } | undefined>;
  /** Its id. Sent once only: an answer that is lost would make it twice. */
  createDeployment(deployment: NewDeployment): Promise<string>;
  /** False when the deployment is gone. */
  tellDeployment(id: string, word: DeploymentWord): Promise<boolean>;
  /** Only an inactive one can go. False when it is gone already. */
  deleteDeployment(id: string): Promise<boolean>;
  /** All comments of an issue or pull request, oldest first. */
  comments(issue: number): Promise<readonly Comment[]>;
  createComment(issue: number, body: string): Promise<Comment>;
  /** `undefined` when it is gone. */
  updateComment(id: string, body: string): Promise<Comment | undefined>;
  /** Also when it is gone already. */
  deleteComment(id: string): Promise<void>;
};

/** A store of files in a cloud, reached by the program rclone and the remotes that its variables or its file configure. */
export type ModelStore = {
  /**
   * All objects below a folder; none where there is no such folder.
   * @returns `unreachable` where the store does not answer, which may pass
   * @throws ActionError when rclone, its configuration, a right or the bucket is missing
   */
  list(
    store: StoreAddress,
    folder: string,
  ): Promise<
    | { readonly kind: "listed"; readonly objects: readonly ListedObject[] }
    | { readonly kind: "unreachable"; readonly because: string }
  >;
  /** A small object; `undefined` when there is none. @throws ActionError when it is larger, or can not be had */
  read(uri: string, options: { maxBytes: number }): Promise<string | undefined>;
  /** A file to an object of that name. @throws ActionError */
  putFile(file: string, uri: string): Promise<void>;
  /** Some files of a folder, by their paths below it, to the same paths below a URI. @throws ActionError */
  putFolder(folder: string, paths: readonly string[], uri: string): Promise<void>;
  /** Some objects below a URI into a folder: none of another name, and at most so many bytes. @throws ActionError */
  take(
    uri: string,
    files: readonly { readonly path: string; readonly executable: boolean }[],
    folder: string,
    options: { maxBytes: number },
  ): Promise<void>;
};

/** A place where images lie: a registry, or an OCI layout on disk. */
export type ImageStore = {
  /** The manifest by tag or digest, and its digest; `undefined` when there is none. */
  manifest(reference: string): Promise<{ manifest: ImageManifest; digest: string; bytes: Buffer } | undefined>;
  /** The digest behind a tag without reading the manifest. */
  head(reference: string): Promise<string | undefined>;
  /** A small blob (a config) whole; its digest is checked. */
  blob(digest: string, options: { maxBytes: number }): Promise<Buffer>;
  /** A large blob into a file, whole or not at all; its digest is checked. */
  blobToFile(digest: string, file: string): Promise<void>;
  /** A large blob piece by piece. Throws at the end when its digest is another. */
  readBlob(digest: string): AsyncIterable<Uint8Array>;
  hasBlob(digest: string): Promise<boolean>;
  putBlob(
    content: Buffer | { readonly file: string; readonly digest: string; readonly bytes: number },
  ): Promise<{ digest: string; bytes: number; already: boolean }>;
  /**
   * A blob whose digest is known only when it has been read: read once, digested on its way. `commit` is called before it counts;
   * when that throws nothing stays.
   */
  putStream(
    content: { readonly bytes: number; readonly open: () => AsyncIterable<Uint8Array> },
    commit: (digest: string) => void,
  ): Promise<{ digest: string; bytes: number }>;
  /** Makes a blob of another store stand here: mounted where both are one registry, else streamed across. Says how. */
  takeBlob(
    from: ImageStore,
    fromReference: ImageReference,
    descriptor: { digest: string; size: number },
  ): Promise<"already" | "mounted" | "streamed">;
  /** Whether we may write here: an upload is begun and given up, so nothing stays. @throws ActionError when not */
  tryPush(): Promise<void>;
  /** Writes the manifest under its digest and under each tag. */
  putManifest(bytes: Buffer, mediaType: string, tags: readonly string[]): Promise<string>;
  /** All tags; none where there is no such repository. */
  tags(): Promise<readonly string[]>;
  /** Takes a tag away, and nothing else: what it named stays. `unable`: this registry does not do that. */
  untag(tag: string): Promise<"gone" | "absent" | "unable">;
};

export type Images = {
  open(reference: ImageReference): Promise<ImageStore>;
};

/** Reads a file for a walk that asks for its bytes as it goes, and for a file that is packed unpacks it on the way. */
export type Pieces = {
  /** @throws what the walk throws, and ActionError when the file can not be read or unpacked to its very end */
  walk<T>(path: string, walk: Generator<Want, T, Buffer | undefined>, packing: "stored" | "zlib" | "gzip"): Promise<T>;
};

/** A Python environment that holds what a requirements file asks for; made once per content, kept in the cache folder. */
export type Pythons = {
  /** @throws ActionError when there is no Python, or when pip fails (its last lines are told) */
  environment(options: {
    requirements: string | undefined;
    python?: string;
    log: Log;
  }): Promise<{ python: string; bin: string; version: string }>;
};

/** The small processes that serve models on loopback, each behind a front with a stable URL. */
export type LocalServing = {
  /** Everything that is served here, also what has stopped. */
  list(): Promise<readonly ServingState[]>;
  state(namespace: string, name: string): Promise<ServingState | undefined>;
  /**
   * Takes the one place to deploy under a name, and starts its front where none runs.
   * @throws ActionError when another deploy has the place, or the port is in use
   */
  begin(
    namespace: string,
    name: string,
    options: { port: number | undefined; outliveJob: boolean },
  ): Promise<LocalDeploy>;
  /** Stops the front and its servers and forgets them. False when there was nothing. */
  remove(namespace: string, name: string): Promise<boolean>;
};

/** One deploy at work. It is given back when our process ends, however it ends, and what was not promoted ends with it. */
export type LocalDeploy = {
  readonly state: ServingState;
  /** A new folder, empty; removed when the version that lies in it serves no longer. */
  releaseFolder(deployId: string): Promise<string>;
  /** Starts a model server that gets no traffic yet. One at a time. */
  startCandidate(request: ServingRequest): Promise<Candidate>;
  /** Gives the place back. A front behind which nothing serves ends. */
  end(): Promise<void>;
};

export type Candidate = {
  /** `http://127.0.0.1:PORT` of the new server itself. */
  readonly url: string;
  /** Ends when the server does, or with it its front. */
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
  /** The server's last log lines, raw. */
  lastLines(count: number): Promise<readonly string[]>;
  /** Sends new requests here. The server before keeps what it has begun, and stays until `settle`. */
  promote(): Promise<ServingState>;
  /** Ends the server before, once it has answered what it had begun. */
  settle(): Promise<ServingState>;
  /** Ends this server; after a promotion the one before serves again. */
  discard(): Promise<void>;
};

/** What the front of a deployment asks of its machine. */
export type FrontHost = {
  /** Serves HTTP on 127.0.0.1. @throws ActionError when the port is in use */
  listen(
    port: number,
    route: (target: string) => FrontRoute,
  ): Promise<{ readonly port: number; close(): Promise<void> }>;
  /** Takes control connections of this user, by a socket that belongs to a state folder. */
  control(folder: string, accept: (peer: ControlPeer) => void): Promise<{ close(): Promise<void> }>;
  /** Names of the folders in a folder; none where there is none. */
  folders(path: string): Promise<readonly string[]>;
  readonly pid: number;
  /** A log of bounded size. */
  logFile(path: string): { line(text: string): void };
  /** Says why the front could not do its work, to whoever started it. */
  failed(why: string): void;
  /** Resolves when the front is asked to end by a signal. */
  readonly asked: Promise<string>;
};

/** What becomes of a request at the front. */
export type FrontRoute =
  | {
      readonly kind: "pass";
      /** `http://127.0.0.1:PORT/predict?x=1` */
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      /** Called once, when the request is over, however it went. */
      done(): void;
    }
  | { readonly kind: "answer"; readonly status: number; readonly body: string };

/** One control connection: a message a line, as JSON. */
export type ControlPeer = {
  send(message: object): void;
  onMessage(take: (message: unknown) => void): void;
  onClose(ended: () => void): void;
};

export type HttpAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** A plain HTTP client for prediction requests. */
export type Http = {
  /** @throws ActionError when nothing answers in time, or the answer is over its size */
  request(options: {
    url: string;
    method?: string;
    headers?: Record<string, string>;
    body?: string;
    timeoutMs: number;
    maxBytes?: number;
    signal?: AbortSignal;
    /** PEM of the authorities that an https server's certificate must come from; left out, those that Node knows. */
    ca?: string;
  }): Promise<HttpAnswer>;
};

/** What a gRPC server answered: a status of gRPC, its words, and the message. */
export type GrpcAnswer = { readonly code: number; readonly message: string; readonly body: Buffer };

/** Unary gRPC calls, by messages that are encoded already. */
export type Grpc = {
  /** One HTTP/2 connection, made at the first call. `http://host:port` speaks without TLS. */
  connect(options: { readonly origin: string; readonly ca?: string | undefined }): {
    /** @throws ActionError when nothing answers in time, or the answer is over its size */
    call(options: {
      /** `/seldon.protos.Seldon/Predict` */
      readonly path: string;
      readonly message: Buffer;
      readonly headers: Readonly<Record<string, string>>;
      readonly timeoutMs: number;
      readonly signal: AbortSignal;
    }): Promise<GrpcAnswer>;
    close(): void;
  };
};

/** A connection whose bytes pass both ways, as Node's streams do. */
export type Pipe = NodeJS.ReadWriteStream & { destroy(): void };

/** Ports of pods, each under a free port of this machine's loopback. */
export type PortForwards = {
  /** Every connection to the port is one by `dial`, a WebSocket to the pod's port. */
  open(dial: () => Promise<Pipe>): Promise<{ readonly port: number; close(): void }>;
};

/** Clusters, each found by a kubeconfig. */
export type Kubernetes = {
  /**
   * Reads the kubeconfig (given, of `KUBECONFIG`, or of the home folder) and its credential. No request is sent yet.
   * @throws ActionError when there is none, or when it asks for what is not allowed
   */
  connect(options: {
    /** YAML, or its base64; left out, the environment's. */
    readonly kubeconfig: string | undefined;
    readonly context: string | undefined;
    readonly allowExec: readonly string[];
  }): Promise<Cluster>;
};

/** What a server-side apply came to, where the cluster did not refuse it. */
export type Applying =
  | { readonly kind: "applied"; readonly object: KubernetesObject }
  /** The object is another than the one that was read. */
  | { readonly kind: "stale" }
  | { readonly kind: "conflict"; readonly with: readonly { readonly manager: string; readonly field: string }[] };

/**
 * One cluster's API server. Paths start with `/api`. Every call has a time limit; reads and applies are repeated where the
 * server is in trouble. What it refuses is an ActionError with the status, its words and what to do.
 */
export type Cluster = {
  /** `https://host:port` */
  readonly server: string;
  readonly context: string;
  /** Of the kubeconfig's context. */
  readonly namespace: string | undefined;
  /** Requests sent so far. */
  readonly calls: number;
  /** `undefined` when there is no such object. */
  get(path: string): Promise<KubernetesObject | undefined>;
  list(
    path: string,
    options?: { readonly labels?: string; readonly fields?: string },
  ): Promise<readonly KubernetesObject[]>;
  /** Strict about fields; `metadata.resourceVersion` is the fence. */
  apply(path: string, object: object, options?: { readonly dryRun?: boolean }): Promise<Applying>;
  /** A JSON patch. False when one of its tests does not hold, or the object is gone. */
  patch(path: string, operations: readonly object[]): Promise<boolean>;
  /** A question that is asked by a POST and leaves nothing behind: a review of rights. */
  review(path: string, object: object): Promise<KubernetesObject>;
  /** What stands at a path that is no object: `/version`. `undefined` when there is nothing. */
  read(path: string): Promise<string | undefined>;
  /**
   * With all that it owns, in the foreground. False when it is gone, or is another than the one of this uid; with a version, also
   * when it has been written since.
   */
  remove(path: string, uid: string, resourceVersion?: string): Promise<boolean>;
  /**
   * Keeps a list up to date until aborted: one GET, a watch from there, a GET again when the watch is cut, too old or silent
   * for ten seconds. `take` is called with the whole list after every change.
   * @throws ActionError when the server refuses; the signal's reason never
   */
  follow(
    path: string,
    options: { readonly labels?: string; readonly fields?: string; readonly signal: AbortSignal },
    take: (items: readonly KubernetesObject[]) => void,
  ): Promise<void>;
  /** The last lines of a container's log, raw. */
  logs(
    namespace: string,
    pod: string,
    options: { readonly container: string; readonly lines: number; readonly previous: boolean },
  ): Promise<readonly string[]>;
  /**
   * A container's log, a line at a time and raw, until the container has ended or the signal is aborted, whatever is cut between.
   * `lines`: from the last so many on; left out, from its beginning. Lines are cut at 16 KiB.
   * @throws ActionError when the server refuses
   */
  followLogs(
    namespace: string,
    pod: string,
    options: { readonly container: string; readonly lines?: number; readonly signal: AbortSignal },
    take: (line: string) => void,
  ): Promise<void>;
  /** A request through the API server's proxy. @throws ActionError when nothing answers, or the right is missing */
  through(
    path: string,
    options: {
      readonly method: string;
      readonly body: string | undefined;
      readonly timeoutMs: number;
      readonly signal: AbortSignal;
    },
  ): Promise<HttpAnswer>;
  /** A WebSocket to the API server, as its bytes. @throws ActionError when it refuses */
  dial(path: string, protocol: string): Promise<Pipe>;
  close(): void;
};

/** Long texts made short enough for an annotation. */
export type Compression = {
  pack(text: string): Promise<string>;
  /** @throws ActionError when it is no packed text, or longer than it may be */
  unpack(packed: string, options: { readonly where: string; readonly maxBytes: number }): Promise<string>;
};
