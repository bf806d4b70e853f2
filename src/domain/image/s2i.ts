import { ActionError, quote, type Mistake } from "../../errors.ts";
import { parseJson } from "../text/json.ts";
import { MODEL_CLASS, SERVICE_TYPES, type ServiceType } from "./source.ts";

/** Where the builders of source-to-image look for variables. */
export const S2I_ENVIRONMENT = ".s2i/environment";

export type S2iEnvironment = {
  readonly modelClass: string | undefined;
  readonly serviceType: ServiceType | undefined;
  /** All but MODEL_NAME, SERVICE_TYPE and what the Python wrapper does not read. */
  readonly others: Readonly<Record<string, string>>;
  /** What is read no more, to be told: `API_TYPE`. */
  readonly ignored: readonly string[];
};

/** Since 1.5 the Python wrapper serves REST and gRPC at once, and ends when it is told which. */
const IGNORED = new Set(["API_TYPE", "PERSISTENCE"]);

/** Reads `.s2i/environment`: `NAME=value`, a line each. @throws ActionError with every mistake */
export function parseS2iEnvironment(text: string, where: string): S2iEnvironment {
  const mistakes: Mistake[] = [];
  const all = new Map<string, string>();
  for (const [at, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const [, name, value = ""] = /^([A-Za-z_][A-Za-z0-9_]*)\s*=(.*)$/.exec(line) ?? [];
    if (name === undefined) {
      mistakes.push({ where: `${where}, line ${at + 1}`, expected: "NAME=value", seen: quote(line) });
      continue;
    }
    all.set(name, value.trim().replace(/^(["'])(.*)\1$/, "$2"));
  }
  const modelClass = all.get("MODEL_NAME");
  if (modelClass !== undefined && !MODEL_CLASS.test(modelClass)) {
    mistakes.push({
      where: `${where}, MODEL_NAME`,
      expected: "a Python class: Name, or package.module.Name",
      seen: quote(modelClass),
    });
  }
  const service = all.get("SERVICE_TYPE");
  const serviceType = SERVICE_TYPES.find((each) => each === service);
  if (service !== undefined && serviceType === undefined) {
    mistakes.push({
      where: `${where}, SERVICE_TYPE`,
      expected: `one of ${SERVICE_TYPES.join(", ")}`,
      seen: quote(service),
    });
  }
  if (mistakes.length > 0) throw new ActionError(mistakes);
  return {
    modelClass,
    serviceType,
    others: Object.fromEntries(
      [...all].filter(([name]) => name !== "MODEL_NAME" && name !== "SERVICE_TYPE" && !IGNORED.has(name)),
    ),
    ignored: [...all.keys()].filter((name) => name === "API_TYPE"),
  };
}

/** The file as the builders want it; PERSISTENCE is asked for by their assembly alone. */
export function formatS2iEnvironment(
  modelClass: string,
  serviceType: string,
  others: Readonly<Record<string, string>>,
): string {
  const all = { ...others, MODEL_NAME: modelClass, SERVICE_TYPE: serviceType, API_TYPE: "REST,GRPC", PERSISTENCE: "0" };
  return Object.entries(all)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

/** The labels by which a builder says where its scripts lie; the second is what it was called before. */
const SCRIPTS = ["io.openshift.s2i.scripts-url", "io.s2i.scripts-url"];

/** Where a builder image has its scripts, and as whom they run, by what its config says. */
export function builderFacts(config: string, where: string): { scripts: string | undefined; user: string } {
  type Config = { config?: { User?: unknown; Labels?: Readonly<Record<string, unknown>> | null } };
  const { config: settings } = parseJson(config, { where, maxBytes: 4 * 1024 * 1024 }) as Config;
  const label = (name: string): string | undefined => {
    const value = settings?.Labels?.[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const scripts = SCRIPTS.map(label).find((each) => each !== undefined);
  if (scripts !== undefined && !/^(?:image|https):\/\/[\w./:-]+$/.test(scripts)) {
    throw new ActionError({ where, expected: "scripts at image:///… or https://…", seen: quote(scripts) });
  }
  const user = label("io.openshift.s2i.assemble-user") ?? settings?.User;
  // Docker runs them as the image's own user; an image without one is root's.
  return { scripts, user: typeof user === "string" && /^[\w.:-]{1,64}$/.test(user) ? user : "root" };
}

/** Parameters as the wrapper is given them, each with the type that its constructor gets. @throws ActionError */
export function typedParameters(value: unknown): string | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new ActionError({
      where: "parameters",
      expected: "name: value, one a line",
      seen: quote(JSON.stringify(value) ?? "nothing"),
    });
  }
  const entries = Object.entries(value).map(([name, each]) => {
    const type =
      typeof each === "boolean"
        ? "BOOL"
        : typeof each === "string"
          ? "STRING"
          : Number.isInteger(each)
            ? "INT"
            : typeof each === "number"
              ? "FLOAT"
              : undefined;
    if (type === undefined || !/^[A-Za-z_]\w*$/.test(name)) {
      throw new ActionError({
        where: `parameters, ${quote(name)}`,
        expected: "a name and a number, a text, true or false",
        seen: quote(JSON.stringify(each) ?? "nothing"),
      });
    }
    return { name, value: String(each), type };
  });
  return entries.length === 0 ? undefined : JSON.stringify(entries);
}
