import type { Agent, ClientRequest, IncomingMessage } from "node:http";
import type { LookupFunction } from "node:net";
import { createReadStream } from "node:fs";
import { readFile, rename, rm, open } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { MANIFEST_MEDIA, MAX_MANIFEST_BYTES, parseManifest, type ImageReference } from "../domain/image/manifest.ts";
import { parseJson, type Json } from "../domain/text/json.ts";
import { ActionError, messageOf, quote, refuse } from "../errors.ts";
import type { ImageStore, Log } from "../ports.ts";

const CHUNK = 1024 * 1024;
const STALL_MS = 30_000;
/** After its last byte a registry may have to put a large blob together in a store of its own. */
const COMMIT_MS = 300_000;
const TRIES = 4;
const MAX_REDIRECTS = 5;
const MAX_TAG_PAGES = 100;
const MAX_WAIT_MS = 30_000;
const HELPER_MS = 30_000;
const DOCKER_HUB = "docker.io";

export type RegistryOptions = {
  readonly log: Log;
  /** The job's own token: it opens ghcr.io where docker is not logged in there. Never sent to another registry. */
  readonly githubToken?: string | undefined;
  readonly actor?: string | undefined;
  /** What the user gave for one registry, in place of docker's own logins. Never sent to another. */
  readonly login?: {
    readonly username: string | undefined;
    readonly password: string | undefined;
    readonly image: { readonly kind: string; readonly host?: string } | undefined;
  };
  /** How long a connection may say nothing while bytes are due. */
  readonly stallMs?: number;
};

type Registry = Extract<ImageReference, { kind: "registry" }>;
type Body = { readonly bytes: number; readonly open: () => Buffer | AsyncIterable<Uint8Array> };
type Call = {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body;
};
type Answer = { readonly status: number; readonly message: IncomingMessage; readonly outgoing: ClientRequest };
type Whole = { readonly status: number; readonly headers: IncomingMessage["headers"]; readonly body: Buffer };

/** Makes stores for registries: a client of the OCI distribution specification 1.1. */
export function openRegistry(options: RegistryOptions): (reference: Registry) => ImageStore {
  return (reference) => registryStore(reference, options);
}

function registryStore({ host, repository }: Registry, options: RegistryOptions): ImageStore {
  const { log } = options;
  const where = `registry ${host}, ${repository}`;
  const wire = connection({ kind: "registry", host, repository }, where, options);
  const at = (path: string): URL => new URL(`/v2/${repository}/${path}`, wire.origin);

  async function startUpload(query: string): Promise<Whole> {
    return await wire.ask(
      { method: "POST", url: new URL(`blobs/uploads/${query}`, at("")), headers: { "content-length": "0" } },
      { write: true },
    );
  }

  async function upload(digest: string, body: Body, session?: Whole): Promise<void> {
    // A session that breaks is begun anew as a whole: registries differ too much in what they resume.
    await wire.insist(async (attempt) => {
      const begun = attempt === 1 && session?.status === 202 ? session : await startUpload("");
      if (begun.status !== 202) return wire.refused("a new upload", begun);
      const target = wire.uploadTarget(begun.headers.location, at("blobs/uploads/"));
      target.searchParams.set("digest", digest);
      const answer = await wire.ask(
        {
          method: "PUT",
          url: target,
          headers: { "content-type": "application/octet-stream", "content-length": String(body.bytes) },
          body,
        },
        { write: true, once: true },
      );
      if (answer.status !== 201 && answer.status !== 204) return wire.refused(`the upload of ${digest}`, answer, true);
      return undefined;
    });
  }

  /** How much of an upload the registry has; `undefined` when it has to begin anew. */
  async function received(session: URL, bytes: number): Promise<number | undefined> {
    try {
      const { status, headers } = await wire.ask({ method: "GET", url: session }, { write: true, once: true });
      const [, last] = /^(?:bytes=)?0-(\d{1,15})$/.exec(headers.range ?? "") ?? [];
      if (status !== 204 || last === undefined) return undefined;
      // "0-0" is said of an empty upload as well as of one byte: then nothing is lost by a new one.
      const offset = Number(last) + 1;
      return offset > 1 && offset < bytes ? offset : undefined;
    } catch {
      return undefined;
    }
  }

  const store: ImageStore = {
    async manifest(reference) {
      const answer = await wire.ask({ method: "GET", url: at(`manifests/${reference}`), headers: ACCEPT });
      if (answer.status === 404) return undefined;
      if (answer.status !== 200) return wire.refused(`the manifest ${reference}`, answer);
      const digest = sha256(answer.body);
      const said = answer.headers["docker-content-digest"];
      const expected = reference.startsWith("sha256:") ? reference : said;
      if (expected !== undefined && expected !== digest) return wrongDigest(where, String(expected), digest);
      return { manifest: parseManifest(answer.body, `${where}, ${reference}`), digest, bytes: answer.body };
    },

    async head(reference) {
      const answer = await wire.ask({ method: "HEAD", url: at(`manifests/${reference}`), headers: ACCEPT });
      if (answer.status === 404) return undefined;
      if (answer.status !== 200) return wire.refused(`the manifest ${reference}`, answer);
      const said = answer.headers["docker-content-digest"];
      return isDigest(said) ? said : (await store.manifest(reference))?.digest;
    },

    async blob(digest, { maxBytes }) {
      const answer = await wire.ask({ method: "GET", url: at(`blobs/${digest}`) }, { maxBytes });
      if (answer.status !== 200) return wire.refused(`the blob ${digest}`, answer);
      const seen = sha256(answer.body);
      return seen === digest ? answer.body : wrongDigest(where, digest, seen);
    },

    async blobToFile(digest, file) {
      await wire.insist(async () => {
        const beside = `${file}.${process.pid}.part`;
        try {
          const target = await open(beside, "w", 0o644);
          try {
            for await (const piece of store.readBlob(digest)) {
              for (let done = 0; done < piece.length;) {
                done += (await target.write(piece, done, piece.length - done)).bytesWritten;
              }
            }
          } finally {
            await target.close();
          }
          await rename(beside, file);
        } finally {
          await rm(beside, { force: true });
        }
      });
    },

    async *readBlob(digest) {
      const answer = await wire.stream({ method: "GET", url: at(`blobs/${digest}`) });
      if (answer.status !== 200) return wire.refused(`the blob ${digest}`, await whole(answer, where));
      const hash = process.getBuiltinModule("node:crypto").createHash("sha256");
      try {
        for await (const piece of answer.message as AsyncIterable<Buffer>) {
          hash.update(piece);
          yield piece;
        }
      } catch (thrown) {
        throw new Passing({ where, expected: `the whole of ${digest}`, seen: messageOf(thrown).slice(0, 200) }, thrown);
      }
      const seen = `sha256:${hash.digest("hex")}`;
      if (seen !== digest) wrongDigest(where, digest, seen);
      return undefined;
    },

    async hasBlob(digest) {
      const answer = await wire.ask({ method: "HEAD", url: at(`blobs/${digest}`) });
      if (answer.status === 200) return true;
      return answer.status === 404 ? false : wire.refused(`the blob ${digest}`, answer);
    },

    async putBlob(content) {
      const digest = Buffer.isBuffer(content) ? sha256(content) : content.digest;
      const bytes = Buffer.isBuffer(content) ? content.length : content.bytes;
      const already = await store.hasBlob(digest);
      if (!already) {
        await upload(digest, {
          bytes,
          open: () => (Buffer.isBuffer(content) ? content : createReadStream(content.file, { highWaterMark: CHUNK })),
        });
      }
      return { digest, bytes, already };
    },

    async putStream({ bytes, open: pieces }, commit) {
      let digest = "";
      const { createHash } = process.getBuiltinModule("node:crypto");
      /** All is digested, also what the registry has already; only what it has not is sent. */
      async function* from(offset: number): AsyncIterable<Uint8Array> {
        const hash = createHash("sha256");
        let at = 0;
        for await (const piece of pieces()) {
          hash.update(piece);
          const skip = Math.min(piece.length, Math.max(0, offset - at));
          at += piece.length;
          if (skip < piece.length) yield piece.subarray(skip);
        }
        digest = `sha256:${hash.digest("hex")}`;
      }
      let session: URL | undefined;
      await wire.insist(async (attempt) => {
        let offset = attempt === 1 || session === undefined ? undefined : await received(session, bytes);
        if (offset === undefined) {
          const begun = await startUpload("");
          if (begun.status !== 202) return wire.refused("a new upload", begun);
          session = wire.uploadTarget(begun.headers.location, at("blobs/uploads/"));
          offset = 0;
        } else log.info(`${host}: the upload goes on at byte ${offset} of ${bytes}`);
        const start = offset;
        const answer = await wire.ask(
          {
            method: "PATCH",
            url: session!,
            headers: {
              "content-type": "application/octet-stream",
              "content-length": String(bytes - start),
              ...(start === 0 ? {} : { "content-range": `${start}-${bytes - 1}` }),
            },
            body: { bytes: bytes - start, open: () => from(start) },
          },
          { write: true, once: true },
        );
        if (answer.status !== 202 && answer.status !== 204) return wire.refused("a part of an upload", answer, true);
        const target = wire.uploadTarget(answer.headers.location ?? session!.href, session!);
        session = target;
        try {
          commit(digest);
        } catch (thrown) {
          await wire.ask({ method: "DELETE", url: target }, { write: true, once: true }).catch(() => undefined);
          throw thrown;
        }
        const last = new URL(target);
        last.searchParams.set("digest", digest);
        const done = await wire.ask(
          { method: "PUT", url: last, headers: { "content-length": "0" } },
          { write: true, once: true },
        );
        if (done.status !== 201 && done.status !== 204) {
          session = undefined;
          return wire.refused(`the upload of ${digest}`, done, true);
        }
        return undefined;
      });
      return { digest, bytes };
    },

    async takeBlob(from, fromReference, { digest, size }) {
      if (await store.hasBlob(digest)) return "already";
      let session: Whole | undefined;
      if (fromReference.kind === "registry" && fromReference.host === host) {
        const scope = `repository:${fromReference.repository}:pull`;
        wire.alsoAllow(scope);
        try {
          session = await startUpload(`?mount=${digest}&from=${encodeURIComponent(fromReference.repository)}`);
        } catch (thrown) {
          // A token service may refuse both repositories at once, although it gives a token for each.
          if (!(thrown instanceof ActionError)) throw thrown;
          wire.noLonger(scope);
        }
        if (session?.status === 201) return "mounted";
        log.debug(`${host} did not mount ${digest} from ${fromReference.repository}: it is streamed`);
      }
      await upload(digest, { bytes: size, open: () => from.readBlob(digest) }, session);
      return "streamed";
    },

    async tryPush() {
      const begun = await startUpload("");
      if (begun.status !== 202) wire.refused("a new upload", begun);
      const target = wire.uploadTarget(begun.headers.location, at("blobs/uploads/"));
      // Where a registry can not end an upload, it forgets it after some time.
      await wire.ask({ method: "DELETE", url: target }, { write: true, once: true }).catch(() => undefined);
    },

    async putManifest(bytes, mediaType, tags) {
      const digest = sha256(bytes);
      for (const name of tags.length > 0 ? tags : [digest]) {
        const answer = await wire.ask(
          {
            method: "PUT",
            url: at(`manifests/${name}`),
            headers: { "content-type": mediaType, "content-length": String(bytes.length) },
            body: { bytes: bytes.length, open: () => bytes },
          },
          { write: true },
        );
        if (answer.status !== 201 && answer.status !== 200) return wire.refused(`the manifest ${name}`, answer);
        const said = answer.headers["docker-content-digest"];
        if (said !== undefined && said !== digest) wrongDigest(where, digest, String(said));
      }
      return digest;
    },

    async tags() {
      const all: string[] = [];
      let url: URL | undefined = at("tags/list?n=1000");
      for (let page = 0; url !== undefined && page < MAX_TAG_PAGES; page++) {
        const answer: Whole = await wire.ask({ method: "GET", url });
        if (answer.status === 404) return [];
        if (answer.status !== 200) return wire.refused("the list of tags", answer);
        const told = parseJson(answer.body.toString("utf8"), { where, maxBytes: MAX_MANIFEST_BYTES });
        const tags = isObject(told) && Array.isArray(told.tags) ? told.tags : [];
        all.push(
          ...(tags.filter((each) => typeof each === "string" && /^[A-Za-z0-9_][\w.-]{0,127}$/.test(each)) as string[]),
        );
        url = nextPage(String(answer.headers.link ?? ""), url);
      }
      return all;
    },

    async untag(tag) {
      // A digest here would delete the image under all its names.
      if (!/^[A-Za-z0-9_][\w.-]{0,127}$/.test(tag)) refuse({ where, expected: "a tag", seen: quote(tag) });
      const answer = await wire.ask({ method: "DELETE", url: at(`manifests/${tag}`) }, { write: true });
      if (answer.status === 202 || answer.status === 200) return "gone";
      if (answer.status === 404) return "absent";
      return answer.status === 400 || answer.status === 405
        ? "unable"
        : wire.refused(`to delete the tag ${tag}`, answer);
    },
  };
  return store;
}

/** The `next` of a Link header, on the registry itself. */
function nextPage(link: string, from: URL): URL | undefined {
  const [, target] = /<([^<>]{1,2000})>\s*;\s*rel="?next"?/.exec(link) ?? [];
  const next = target === undefined ? null : URL.parse(target, from.href);
  return next !== null && next.origin === from.origin ? next : undefined;
}

/** Thrown where another try may go better; what is left when all tries are used is the mistake in it. */
class Passing extends ActionError {
  readonly waitMs: number | undefined;

  constructor(mistake: ConstructorParameters<typeof ActionError>[0], cause?: unknown, waitMs?: number) {
    super(mistake, { cause });
    this.name = "ActionError";
    this.waitMs = waitMs;
  }
}

/** Requests to one registry: who we are, redirects, second tries, and where a request may go. */
function connection({ host, repository }: Registry, where: string, options: RegistryOptions) {
  const origin = new URL(
    `${isLoopbackName(host) ? "http" : "https"}://${host === DOCKER_HUB ? "registry-1.docker.io" : host}`,
  );
  const { stallMs = STALL_MS } = options;
  const scopes = new Set<string>();
  const agents = new Map<string, Agent>();
  let authorization: string | undefined;
  let credentials: Promise<Credentials | undefined> | undefined;
  let ownKinds: Promise<ReadonlySet<AddressKind>> | undefined;

  const kindsOfOurs = (): Promise<ReadonlySet<AddressKind>> => (ownKinds ??= kindsOf(origin.hostname));

  function agentFor(url: URL): Agent {
    const known = agents.get(url.protocol);
    if (known) return known;
    const { Agent } = process.getBuiltinModule(url.protocol === "https:" ? "node:https" : "node:http");
    const direct = isLoopbackName(url.host);
    const agent = new Agent({ keepAlive: true, maxSockets: 8, ...(direct ? {} : { proxyEnv: process.env }) });
    agents.set(url.protocol, agent);
    return agent;
  }

  /** One request, answered by a head; its body is the caller's to read. */
  async function exchange(call: Call, authorized: string | undefined): Promise<Answer> {
    const foreign = call.url.origin !== origin.origin;
    const lookup = foreign ? await guard(call.url) : undefined;
    const { request } = process.getBuiltinModule(call.url.protocol === "https:" ? "node:https" : "node:http");
    return await new Promise((resolve, reject) => {
      const outgoing = request(call.url, {
        method: call.method,
        agent: agentFor(call.url),
        headers: {
          "user-agent": "model-road",
          ...call.headers,
          ...(authorized === undefined || foreign ? {} : { authorization: authorized }),
        },
        ...(lookup === undefined ? {} : { lookup }),
      });
      outgoing.setTimeout(stallMs, () => outgoing.destroy(new Error("no answer in time")));
      if (call.body !== undefined) outgoing.on("finish", () => outgoing.setTimeout(COMMIT_MS));
      outgoing.on("response", (message) => resolve({ status: message.statusCode ?? 0, message, outgoing }));
      outgoing.on("error", (cause) => reject(unreachable(call.url, cause)));
      const body = call.body?.open();
      if (body === undefined || Buffer.isBuffer(body)) outgoing.end(body);
      // The request reports what breaks, also when it was the source; so nothing is left to say here.
      else void send(body, outgoing).catch((cause: unknown) => outgoing.destroy(cause as Error));
    });
  }

  function unreachable(url: URL, cause: unknown): ActionError {
    if (cause instanceof ActionError) return cause;
    const mistake = { where, expected: `an answer from ${url.host}`, seen: messageOf(cause).slice(0, 200) };
    return TERMINAL.has((cause as NodeJS.ErrnoException).code ?? "")
      ? new ActionError(mistake, { cause })
      : new Passing(mistake, cause);
  }

  /** Where an answer sends us: never to plain http, and never to addresses that the registry itself is not among (T16). */
  async function guard(url: URL): Promise<LookupFunction> {
    const allowed = await kindsOfOurs();
    const turnedAway = (kind: AddressKind): ActionError =>
      new ActionError({
        where,
        expected: "to be sent to a public https address, or one like its own",
        seen: `${url.origin}${kind === "public" ? "" : `, a ${kind} address`}`,
        fix: "The registry, or something that answers in its place, is set up wrongly.",
      });
    if (
      url.protocol !== "https:" &&
      !(url.protocol === "http:" && allowed.has("loopback") && isLoopbackName(url.host))
    ) {
      throw turnedAway("public");
    }
    const literal = literalKind(url.hostname);
    if (literal !== undefined && literal !== "public" && !allowed.has(literal)) throw turnedAway(literal);
    return (name, lookupOptions, done) => {
      process.getBuiltinModule("node:dns").lookup(name, { ...lookupOptions, all: true }, (fault, found) => {
        if (fault) return done(fault, "", 4);
        const bad = found.map(({ address }) => kindOf(address)).find((kind) => kind !== "public" && !allowed.has(kind));
        if (bad !== undefined) return done(turnedAway(bad), "", 4);
        if (lookupOptions.all) return done(null, found);
        return done(null, found[0]!.address, found[0]!.family);
      });
    };
  }

  /** Sends with what we are known by; asks for a token when the registry wants one. Follows redirects of reads. */
  async function admitted(call: Call, write: boolean): Promise<Answer> {
    let answer = await exchange(call, authorization);
    if (answer.status === 401 && call.url.origin === origin.origin) {
      const challenge = answer.message.headers["www-authenticate"];
      await drain(answer);
      authorization = await authorize(challenge, write);
      answer = await exchange(call, authorization);
    }
    let { url } = call;
    for (let hops = 0; (call.method === "GET" || call.method === "HEAD") && isRedirect(answer.status); hops++) {
      const { location } = answer.message.headers;
      await drain(answer);
      if (location === undefined || hops === MAX_REDIRECTS || !URL.canParse(location, url.href)) {
        refuse({
          where,
          expected: `an answer after at most ${MAX_REDIRECTS} redirects`,
          seen: location === undefined ? "one to nowhere" : "another",
        });
      }
      url = new URL(location, url);
      answer = await exchange({ ...call, url }, authorization);
    }
    return answer;
  }

  async function authorize(challenge: string | undefined, write: boolean): Promise<string> {
    const { scheme, fields } = parseChallenge(challenge ?? "");
    const known = await (credentials ??= findCredentials(host, options));
    if (scheme === "basic") {
      return known?.basic ?? notLoggedIn();
    }
    const realm = fields.get("realm") ?? "";
    if (scheme !== "bearer" || !URL.canParse(realm)) {
      return refuse({ where, expected: "a challenge for a bearer token or a password", seen: quote(scheme) });
    }
    for (const scope of (fields.get("scope") ?? "").split(" ")) if (scope !== "") scopes.add(scope);
    if (write) scopes.add(`repository:${repository}:pull,push`);
    const url = new URL(realm);
    // A registry names the service that knows its users; it may not send their passwords to a stranger.
    const near =
      url.hostname === origin.hostname ||
      (literalKind(origin.hostname) === undefined && parentDomain(url.hostname) === parentDomain(origin.hostname));
    if (!near && known !== undefined) {
      return refuse({
        where,
        expected: `a token service of ${parentDomain(origin.hostname)}`,
        seen: url.origin,
        fix: "The password was not sent there.",
      });
    }
    const service = fields.get("service");
    if (service !== undefined) url.searchParams.set("service", service);
    for (const scope of scopes) url.searchParams.append("scope", scope);
    return await insist(async () => {
      const answer = await whole(await exchangeToken(url, known), where, 256 * 1024);
      if (answer.status === 401 || answer.status === 403) return notLoggedIn();
      if (answer.status !== 200) return refused("a token", answer, true);
      const reply = parseJson(answer.body.toString("utf8"), {
        where: `${where}, its token service`,
        maxBytes: 256 * 1024,
      });
      const token = isObject(reply) ? (reply.token ?? reply.access_token) : undefined;
      if (typeof token !== "string" || !/^[\u0021-\u007e]+$/.test(token)) {
        return refuse({ where, expected: "a token from its token service", seen: "none" });
      }
      options.log.mask(token);
      return `Bearer ${token}`;
    });
  }

  /** The token service may be on another host: the password goes there by name, not by the rule for redirects. */
  async function exchangeToken(url: URL, known: Credentials | undefined): Promise<Answer> {
    if (known !== undefined && known.basic === undefined) {
      const form = new URLSearchParams({
        grant_type: "refresh_token",
        client_id: "model-road",
        refresh_token: known.identity,
        service: url.searchParams.get("service") ?? "",
        scope: url.searchParams.getAll("scope").join(" "),
      });
      const body = Buffer.from(form.toString());
      const headers = { "content-type": "application/x-www-form-urlencoded", "content-length": String(body.length) };
      return await exchange(
        { method: "POST", url: new URL(url.pathname, url), headers, body: { bytes: body.length, open: () => body } },
        undefined,
      );
    }
    return await exchange(
      { method: "GET", url, headers: known?.basic === undefined ? {} : { authorization: known.basic } },
      undefined,
    );
  }

  function notLoggedIn(): never {
    return refuse({
      where,
      expected: "to be let in",
      seen: "401 Unauthorized",
      fix:
        host === "ghcr.io"
          ? "Give the job `permissions: packages: write` (or read), or log in by docker/login-action before."
          : `Log in before, by docker/login-action with registry: ${host}, or give registry-username and registry-password.`,
    });
  }

  function refused(what: string, { status, body }: Whole, fresh = false): never {
    const code = errorCode(body);
    const mistake = {
      where,
      expected: what,
      seen: `${status}${code === undefined ? "" : ` ${code}`}`,
      ...(ADVICE[status] === undefined ? {} : { fix: ADVICE[status] }),
    };
    if (fresh && (PASSING.has(status) || RESTARTS.has(status))) throw new Passing(mistake);
    throw new ActionError(mistake);
  }

  /** Tries again while what went wrong may pass. */
  async function insist<T>(work: (attempt: number) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work(attempt);
      } catch (thrown) {
        if (!(thrown instanceof Passing)) throw thrown;
        // Whoever tries around this one shall not begin all of it again.
        if (attempt === TRIES) throw new ActionError(thrown.mistakes, { cause: thrown.cause });
        options.log.debug(`${thrown.message} Trying again.`);
        await delay(thrown.waitMs ?? 200 * 2 ** attempt * (0.5 + Math.random()));
      }
    }
  }

  async function admittedOrPassing(call: Call, write: boolean): Promise<Answer> {
    const answer = await admitted(call, write);
    if (!PASSING.has(answer.status)) return answer;
    const { headers, status } = await whole(answer, where);
    const wait = Number(headers["retry-after"] ?? Number.NaN) * 1000;
    throw new Passing(
      {
        where,
        expected: `an answer to ${call.method}`,
        seen: String(status),
        ...(ADVICE[status] ? { fix: ADVICE[status] } : {}),
      },
      undefined,
      Number.isFinite(wait) ? Math.min(Math.max(wait, 0), MAX_WAIT_MS) : undefined,
    );
  }

  return {
    origin,
    refused,
    insist,

    /** A scope that the next token shall have as well. */
    alsoAllow(scope: string): void {
      if (scopes.has(scope)) return;
      scopes.add(scope);
      // The token at hand does not know it; where none was wanted, none will be.
      if (authorization?.startsWith("Bearer ")) authorization = undefined;
    },

    noLonger(scope: string): void {
      scopes.delete(scope);
    },

    /** A request whose answer is small. `once`: the caller tries again by itself, from further back. */
    async ask(
      call: Call,
      {
        write = false,
        maxBytes = MAX_MANIFEST_BYTES,
        once = false,
      }: { write?: boolean; maxBytes?: number; once?: boolean } = {},
    ): Promise<Whole> {
      const go = async (): Promise<Whole> => await whole(await admittedOrPassing(call, write), where, maxBytes);
      return once ? await go() : await insist(go);
    },

    /** A request whose answer is read piece by piece. */
    stream: async (call: Call): Promise<Answer> => await insist(async () => await admittedOrPassing(call, false)),

    uploadTarget(location: string | undefined, base: URL): URL {
      if (location === undefined || !URL.canParse(location, base.href)) {
        return refuse({ where, expected: "a place to upload to", seen: "none" });
      }
      return new URL(location, base);
    },
  };
}

/** Pieces under way at once; whoever makes them uses their memory again only after more than these. */
const UNDER_WAY = 4;

async function send(pieces: AsyncIterable<Uint8Array>, outgoing: ClientRequest): Promise<void> {
  const written: Promise<void>[] = [];
  for await (const piece of pieces) {
    const now = new Promise<void>((resolve, reject) => {
      outgoing.write(piece, (fault) => (fault ? reject(fault) : resolve()));
    });
    // Its own fault is met when its turn comes.
    now.catch(() => undefined);
    if (written.push(now) > UNDER_WAY) await written.shift();
  }
  await Promise.all(written);
  outgoing.end();
}

const ACCEPT = { accept: MANIFEST_MEDIA.join(", ") };
/** Answers after which the same request may go well. */
const PASSING = new Set([408, 429, 500, 502, 503, 504]);
/** Answers to an upload that mean: its session is gone, or its bytes were cut on the way. */
const RESTARTS = new Set([400, 404, 416]);
/** Faults of a connection that a second try will meet again. */
const TERMINAL = new Set([
  "ENOTFOUND",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "CERT_HAS_EXPIRED",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "EPROTO",
]);
const ADVICE: Record<number, string> = {
  401: "Log in to the registry before, by docker/login-action.",
  403: "The credentials do not allow this: for ghcr.io the job needs `permissions: packages: write`.",
  404: "Is the repository's name right, and does it exist? Some registries want it to be made before.",
  405: "The registry takes nothing: it is read-only, or a mirror.",
  413: "The registry, or a proxy before it, refuses a layer of this size.",
  429: "The registry asks for fewer requests: log in, or try later.",
  500: "The registry itself is in trouble, perhaps its disk is full: its own log tells.",
};

/** `identity` is docker's name for a token that is changed for others, in place of a password. */
type Credentials = { readonly basic: string } | { readonly basic: undefined; readonly identity: string };

/** Inputs first, then docker's own configuration, then the job's token for ghcr.io. All is masked before its first use. */
async function findCredentials(host: string, options: RegistryOptions): Promise<Credentials | undefined> {
  const { log, githubToken, actor, login } = options;
  if (login?.username !== undefined && login.password !== undefined && (login.image?.host ?? "ghcr.io") === host) {
    return masked(`${login.username}:${login.password}`, log);
  }
  const file = join(process.env.DOCKER_CONFIG ?? join(homedir(), ".docker"), "config.json");
  const text = await readFile(file, "utf8").catch(() => undefined);
  const config = text === undefined ? null : parseJson(text, { where: "docker's config.json", maxBytes: 1024 * 1024 });
  const section = (name: string): { [name: string]: Json } => {
    const found = isObject(config) ? config[name] : undefined;
    return isObject(found) ? found : {};
  };
  const helpers = section("credHelpers");
  const helper = Object.entries(helpers).find(([name]) => hostOf(name) === host)?.[1];
  if (typeof helper === "string") {
    const found = await askHelper(helper, host, log);
    if (found !== undefined) return found;
  }
  for (const [name, entry] of Object.entries(section("auths"))) {
    if (hostOf(name) !== host || !isObject(entry)) continue;
    if (typeof entry.identitytoken === "string" && entry.identitytoken !== "")
      return identity(entry.identitytoken, log);
    const pair =
      typeof entry.auth === "string" && entry.auth !== ""
        ? Buffer.from(entry.auth, "base64").toString("utf8")
        : typeof entry.username === "string" && typeof entry.password === "string"
          ? `${entry.username}:${entry.password}`
          : undefined;
    if (pair?.includes(":")) return masked(pair, log);
  }
  const store = isObject(config) ? config.credsStore : undefined;
  if (typeof store === "string") {
    const found = await askHelper(store, host, log);
    if (found !== undefined) return found;
  }
  if (host === "ghcr.io" && githubToken) return masked(`${actor || "x-access-token"}:${githubToken}`, log);
  return undefined;
}

/** Asks one of docker's helpers, as docker does: the server on standard input, JSON back. One that has nothing says so. */
async function askHelper(helper: string, host: string, log: Log): Promise<Credentials | undefined> {
  if (!/^[A-Za-z0-9_.-]{1,64}$/.test(helper)) return undefined;
  const { spawn } = process.getBuiltinModule("node:child_process");
  const server = host === DOCKER_HUB ? "https://index.docker.io/v1/" : host;
  const said = await new Promise<string | undefined>((resolve) => {
    const child = spawn(`docker-credential-${helper}`, ["get"], {
      stdio: ["pipe", "pipe", "ignore"],
      timeout: HELPER_MS,
    });
    let out = "";
    child.stdout.on("data", (piece: Buffer) => {
      if (out.length < 64 * 1024) out += piece.toString("utf8");
    });
    child.once("error", () => resolve(undefined));
    child.once("close", (code) => resolve(code === 0 ? out : undefined));
    child.stdin.on("error", () => undefined);
    child.stdin.end(`${server}\n`);
  });
  if (said === undefined) {
    log.debug(`docker-credential-${helper} has nothing for ${host}, or is not here`);
    return undefined;
  }
  const found = parseJson(said, { where: `docker-credential-${helper}`, maxBytes: 64 * 1024 });
  if (!isObject(found) || typeof found.Secret !== "string" || typeof found.Username !== "string") return undefined;
  return found.Username === "<token>" ? identity(found.Secret, log) : masked(`${found.Username}:${found.Secret}`, log);
}

function identity(token: string, log: Log): Credentials {
  log.mask(token);
  log.mask(encodeURIComponent(token));
  return { basic: undefined, identity: token };
}

function masked(pair: string, log: Log): Credentials {
  const encoded = Buffer.from(pair).toString("base64");
  const password = pair.slice(pair.indexOf(":") + 1);
  // In every form in which it may come back in an error: as it is, in a URL, and as HTTP sends it.
  for (const form of new Set([password, encodeURIComponent(password), encoded])) log.mask(form);
  return { basic: `Basic ${encoded}` };
}

/** `https://index.docker.io/v1/` → `docker.io`: docker's file names a registry in several ways. */
function hostOf(name: string): string {
  const host = name
    .replace(/^https?:\/\//, "")
    .split("/", 1)[0]!
    .toLowerCase();
  return host === "index.docker.io" || host === "registry-1.docker.io" ? DOCKER_HUB : host;
}

function parseChallenge(header: string): { scheme: string; fields: ReadonlyMap<string, string> } {
  const [, scheme = "", rest = ""] = /^\s*([A-Za-z]+)\s*(.*)$/s.exec(header) ?? [];
  const fields = new Map<string, string>();
  for (const [, name, value] of rest.matchAll(/([A-Za-z_]+)="([^"]{0,2000})"/g))
    fields.set(name!.toLowerCase(), value!);
  return { scheme: scheme.toLowerCase(), fields };
}

/** Reads an answer to its end, up to a size. */
async function whole(
  { status, message, outgoing }: Answer,
  where: string,
  maxBytes = MAX_MANIFEST_BYTES,
): Promise<Whole> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of message as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > maxBytes) refuse({ where, expected: `an answer of at most ${maxBytes} bytes`, seen: "a larger one" });
      pieces.push(piece);
    }
  } catch (thrown) {
    if (thrown instanceof ActionError) throw thrown;
    throw new Passing({ where, expected: "a whole answer", seen: messageOf(thrown).slice(0, 200) }, thrown);
  } finally {
    // Answered before all was sent: what is left of the body has no reader any more.
    if (!outgoing.writableFinished) outgoing.destroy();
  }
  return { status, headers: message.headers, body: Buffer.concat(pieces) };
}

async function drain(answer: Answer): Promise<void> {
  await whole(answer, "registry").catch(() => undefined);
}

function errorCode(body: Buffer): string | undefined {
  // A registry's own words are data of a stranger: only a code of the specification's form is shown.
  return /"code"\s*:\s*"([A-Z_]{3,40})"/.exec(body.toString("utf8", 0, 4096))?.[1];
}

type AddressKind = "public" | "loopback" | "link-local" | "private";

function isLoopbackName(host: string): boolean {
  const name = host.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  return name === "localhost" || literalKind(name) === "loopback";
}

function literalKind(hostname: string): AddressKind | undefined {
  const name = hostname.replace(/^\[|\]$/g, "");
  if (name === "localhost") return "loopback";
  return process.getBuiltinModule("node:net").isIP(name) === 0 ? undefined : kindOf(name);
}

async function kindsOf(hostname: string): Promise<ReadonlySet<AddressKind>> {
  const literal = literalKind(hostname);
  if (literal !== undefined) return new Set([literal]);
  const { promises } = process.getBuiltinModule("node:dns");
  const found = await promises.lookup(hostname, { all: true }).catch(() => []);
  return new Set(found.map(({ address }) => kindOf(address)));
}

function kindOf(address: string): AddressKind {
  const { BlockList, isIPv6 } = process.getBuiltinModule("node:net");
  for (const [kind, ranges] of Object.entries(RANGES)) {
    const list = new BlockList();
    for (const [network, prefix, family] of ranges) list.addSubnet(network, prefix, family);
    if (list.check(address, isIPv6(address) ? "ipv6" : "ipv4")) return kind as AddressKind;
  }
  return "public";
}

const RANGES: Record<Exclude<AddressKind, "public">, readonly [string, number, "ipv4" | "ipv6"][]> = {
  loopback: [
    ["127.0.0.0", 8, "ipv4"],
    ["::1", 128, "ipv6"],
  ],
  "link-local": [
    ["169.254.0.0", 16, "ipv4"],
    ["fe80::", 10, "ipv6"],
  ],
  private: [
    ["0.0.0.0", 8, "ipv4"],
    ["10.0.0.0", 8, "ipv4"],
    ["100.64.0.0", 10, "ipv4"],
    ["172.16.0.0", 12, "ipv4"],
    ["192.168.0.0", 16, "ipv4"],
    ["fc00::", 7, "ipv6"],
    ["::", 128, "ipv6"],
  ],
};

const parentDomain = (hostname: string): string => hostname.split(".").slice(-2).join(".");
const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);
const isDigest = (value: unknown): value is string => typeof value === "string" && /^sha256:[0-9a-f]{64}$/.test(value);
const isObject = (value: Json | undefined): value is { [name: string]: Json } =>
  value !== null && typeof value === "object" && !Array.isArray(value);
const sha256 = (bytes: Uint8Array): string =>
  `sha256:${process.getBuiltinModule("node:crypto").createHash("sha256").update(bytes).digest("hex")}`;

function wrongDigest(where: string, expected: string, seen: string): never {
  return refuse({
    where,
    expected: `content of digest ${expected}`,
    seen,
    fix: "What the registry sent is not what it said: nothing of it was used.",
  });
}
