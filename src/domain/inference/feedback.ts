import { anything, check, number, object, optional, type Of } from "../text/shape.ts";
import { parseYaml } from "../text/yaml.ts";

const MAX_BYTES = 1024 * 1024;

/** Where Seldon's executor takes feedback, and the wrapper where it stands by itself. */
export const FEEDBACK_PATHS = ["/api/v1.0/feedback", "/send-feedback"] as const;

const shape = object({
  reward: number,
  request: optional(anything),
  response: optional(anything),
  truth: optional(anything),
});

/** What a prediction was worth. Without a request of its own it is about the smoke request and its answer. */
export type Feedback = Of<typeof shape>;

/** Reads the input `feedback`: YAML or JSON. @throws ActionError with every mistake */
export async function parseFeedback(text: string): Promise<Feedback> {
  return check(shape, await parseYaml(text, { where: "YAML", maxBytes: MAX_BYTES }), "feedback");
}
