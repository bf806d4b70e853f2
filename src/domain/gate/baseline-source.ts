import { refuse } from "../../errors.ts";

/** Where the values come from that a candidate is compared with. */
export type BaselineSource =
  | { readonly kind: "none" }
  | { readonly kind: "live" }
  | { readonly kind: "branch"; readonly branch: string }
  | { readonly kind: "artifact"; readonly runId: string; readonly artifactId: string }
  | { readonly kind: "file"; readonly path: string };

/** Reads the input `baseline`. @throws ActionError for any other form */
export function parseBaselineSource(text: string): BaselineSource {
  if (text === "none" || text === "live") return { kind: text };
  const [, scheme, rest = ""] = /^(branch|artifact|file):(.+)$/.exec(text) ?? [];
  if (scheme === "branch") return { kind: "branch", branch: rest.replace(/^refs\/heads\//, "") };
  if (scheme === "file") return { kind: "file", path: rest };
  const [, runId, artifactId] = /^(\d{1,20})\/(\d{1,20})$/.exec(rest) ?? [];
  if (scheme === "artifact" && runId !== undefined && artifactId !== undefined) {
    return { kind: "artifact", runId, artifactId };
  }
  return refuse({
    where: "the baseline",
    expected: "live, branch:<name>, artifact:<run>/<id>, file:<path> or none",
    seen: JSON.stringify(text.slice(0, 60)),
  });
}
