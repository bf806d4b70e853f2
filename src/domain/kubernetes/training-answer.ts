import { ActionError, quote, refuse } from "../../errors.ts";
import { canonicalJson, parseJson, type Json } from "../text/json.ts";
import { check, count, object, optional, string, anything, type Of } from "../text/shape.ts";
import type { KubernetesObject, Pod } from "./object.ts";

/** Kubernetes keeps no more of a termination message. */
const MOST_BYTES = 4096;
const MOST_PARAMETER_BYTES = 256 * 1024;

const URI = /^[a-z][a-z0-9+.-]{1,63}:\/\/(?!.*(?:^|\/)\.{1,2}(?:\/|$))[!-~]+$/;

const answerShape = object({
  /** A map of metrics, or the URI of a file of them in the model store. */
  metrics: optional(anything),
  model: object({
    uri: string({ most: 2048, form: URI, called: "a URI, as pvc://claim/path or s3://bucket/path" }),
    digest: string({ form: /^sha256:[0-9a-f]{64}$/, called: "sha256: and 64 hex digits" }),
    files: optional(count),
    bytes: optional(count),
  }),
});

/** What a training in a cluster tells of what it made. */
export type TrainingAnswer = Of<typeof answerShape>;

export const parseTrainingAnswer = (value: Json, where: string): TrainingAnswer => check(answerShape, value, where);

/** A container's last words. */
export type LastWords = { readonly pod: string; readonly container: string; readonly message: string };

/** The termination messages of a pod's containers that have ended well. */
export function lastWordsOf({ metadata, status }: Pod): readonly LastWords[] {
  return (status?.containerStatuses ?? []).flatMap(({ name, state }) => {
    const { exitCode, message = "" } = state?.terminated ?? {};
    return exitCode === 0 && message.trim() !== "" ? [{ pod: metadata.name, container: name, message }] : [];
  });
}

const FIX =
  'Let the training write {"metrics": {…}, "model": {"uri": "…", "digest": "sha256:…"}} to /dev/termination-log.';

/**
 * What the pods of a training have told. Of several workers one tells it; two that tell different things are refused.
 * @throws ActionError when nobody told it, or not in its form
 */
export function answerOfPods(words: readonly LastWords[], where: string): TrainingAnswer {
  const told = words.filter(({ message }) => message.trimStart().startsWith("{"));
  const different = new Set(told.map(({ message }) => message.trim()));
  if (different.size === 0) {
    refuse({ where, expected: "a termination message with the model's URI and digest", seen: "none", fix: FIX });
  }
  if (different.size > 1) {
    refuse({
      where,
      expected: "one container that tells of the model",
      seen: told.map(({ pod, container }) => `${pod}/${container}`).join(", "),
    });
  }
  const { message, pod, container } = told[0]!;
  const at = `the termination message of ${pod}/${container}`;
  return parseTrainingAnswer(parseMessage(message, at), at);
}

function parseMessage(message: string, where: string): Json {
  try {
    return parseJson(message, { where, maxBytes: MOST_BYTES });
  } catch (thrown) {
    if (!(thrown instanceof ActionError) || Buffer.byteLength(message) < MOST_BYTES) throw thrown;
    return refuse({
      where,
      expected: `at most ${MOST_BYTES} bytes`,
      seen: "a longer one, of which Kubernetes has kept the beginning",
      fix: "Tell fewer metrics, or put them into the model store and tell their URI.",
    });
  }
}

const PARAMETERS = ["metrics", "model-uri", "model-digest"] as const;

/**
 * What a Workflow has put out: global output parameters (`globalName`) first, else those of its steps.
 * @throws ActionError when one is missing, or two steps say different things
 */
export function answerOfWorkflow({ status }: KubernetesObject, where: string): TrainingAnswer {
  const { outputs, nodes } = fieldsOf(status);
  const whole = parametersOf(outputs);
  const steps = Object.values(fieldsOf(nodes)).map((node) => parametersOf(fieldsOf(node).outputs));
  const found = (name: (typeof PARAMETERS)[number]): string | undefined => {
    if (whole[name] !== undefined) return whole[name];
    const all = new Set(steps.flatMap((each) => (each[name] === undefined ? [] : [each[name]])));
    if (all.size > 1) {
      refuse({
        where,
        expected: `one output parameter ${name}`,
        seen: `${all.size} that differ`,
        fix: "Give the one that counts a globalName.",
      });
    }
    return [...all][0];
  };
  const [metrics, uri, digest] = PARAMETERS.map(found);
  if (uri === undefined || digest === undefined) {
    refuse({
      where,
      expected: "the output parameters model-uri and model-digest",
      seen: uri === undefined ? (digest === undefined ? "neither" : "no model-uri") : "no model-digest",
      fix: "Put them out by the step that trains, with globalName: model-uri and globalName: model-digest.",
    });
  }
  return parseTrainingAnswer(
    {
      ...(metrics === undefined ? {} : { metrics: metricsOf(metrics.trim(), where) }),
      model: { uri: uri.trim(), digest: digest.trim() },
    },
    where,
  );
}

const metricsOf = (text: string, where: string): Json =>
  text.startsWith("{") ? parseJson(text, { where: `${where}, metrics`, maxBytes: MOST_PARAMETER_BYTES }) : text;

function parametersOf(outputs: Json | undefined): Record<string, string> {
  const { parameters } = fieldsOf(outputs);
  const found: Record<string, string> = Object.create(null);
  for (const each of Array.isArray(parameters) ? parameters : []) {
    const { name, globalName, value } = fieldsOf(each);
    const called = typeof globalName === "string" && globalName !== "" ? globalName : name;
    if (typeof called === "string" && typeof value === "string") found[called] = value;
  }
  return found;
}

/** The metrics of an answer: as JSON text, or the URI where they lie; `undefined` where it has none. */
export function answeredMetrics(
  { metrics }: TrainingAnswer,
  where: string,
): { readonly text: string } | { readonly uri: string } | undefined {
  const value: Json | undefined = metrics;
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") {
    if (URI.test(value)) return { uri: value };
    return refuse({ where, expected: "a map of metrics, or the URI of a file of them", seen: quote(value) });
  }
  return { text: canonicalJson(value) };
}

const fieldsOf = (value: Json | undefined): { readonly [name: string]: Json } =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
