import type { Predictor } from "../seldon/resource.ts";
import type { Json } from "../text/json.ts";

/**
 * Which predictor an answer says that it came from: Seldon writes the serving images into `meta.requestPath`.
 * `undefined` where the answer does not say, or more than one predictor serves that image.
 * @param body as it was answered
 */
export function answeredBy(body: string, predictors: readonly Predictor[]): string | undefined {
  const images = requestPathOf(body);
  const all = predictors.filter((predictor) => imagesOf(predictor).some((image) => images.includes(image)));
  return all.length === 1 ? all[0]!.name : undefined;
}

/** The images that an answer says it went through; none where it does not say. */
export function requestPathOf(body: string): readonly string[] {
  let answer: Json;
  try {
    answer = JSON.parse(body) as Json;
  } catch {
    return [];
  }
  const path = field(field(answer, "meta"), "requestPath");
  if (path === null || typeof path !== "object" || Array.isArray(path)) return [];
  return Object.values(path).filter((each) => typeof each === "string");
}

/** The images of a predictor's own containers. */
export function imagesOf({ componentSpecs = [] }: Predictor): readonly string[] {
  return componentSpecs.flatMap(({ spec }) => (spec?.containers ?? []).flatMap(({ image }) => image ?? []));
}

/** Whether each of several predictors can be told from the others by what it answers. */
export function canBeTold(predictors: readonly Predictor[]): boolean {
  const images = predictors.map((each) => imagesOf(each));
  return images.every((own, at) =>
    own.some((image) => images.every((other, nth) => nth === at || !other.includes(image))),
  );
}

const field = (value: Json, name: string): Json =>
  value !== null && typeof value === "object" && !Array.isArray(value) && Object.hasOwn(value, name)
    ? value[name]!
    : null;
