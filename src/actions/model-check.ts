import { modelFormat, unsafeModel } from "../domain/image/model-file.ts";
import { UnsafePickle, walkPickle } from "../domain/image/pickle.ts";
import { ActionError, quote, type Mistake } from "../errors.ts";
import type { Pieces, Workspace } from "../ports.ts";

const HEAD_BYTES = 512;

/** What the files of a model were found to be. Nothing of them was loaded. */
export type CheckedModel = {
  /** `pickle (2 files), json` */
  readonly formats: string;
  /** The scikit-learn that wrote it, where its pickle says so. */
  readonly sklearn: string | undefined;
};

/**
 * Walks every pickle of a model and tells the formats of the rest.
 * @param root absolute; `paths` below it
 * @throws ActionError for a file that would run something when it is loaded, and for one that can not be looked into
 */
export async function checkModel(
  root: string,
  paths: readonly string[],
  allowed: readonly string[],
  { workspace, pieces }: { readonly workspace: Workspace; readonly pieces: Pieces },
): Promise<CheckedModel> {
  const admitted = new Set(allowed);
  const mistakes: Mistake[] = [];
  const formats = new Map<string, number>();
  let sklearn: string | undefined;
  for (const path of paths) {
    const head = (await workspace.readHead(`${root}/${path}`, HEAD_BYTES)) ?? Buffer.alloc(0);
    if (head.length === 0) continue;
    const found = modelFormat(head, path);
    if (found.kind === "refused") {
      const { seen, fix } = found;
      mistakes.push({
        where: `model file ${quote(path, 200)}`,
        expected: "a format that can be looked into",
        seen,
        fix,
      });
      continue;
    }
    let format = found.kind === "data" ? found.format : "pickle";
    if (found.kind === "pickle") {
      try {
        const walked = await pieces.walk(`${root}/${path}`, walkPickle(admitted), found.packing);
        sklearn ??= walked.sklearn;
      } catch (thrown) {
        if (thrown instanceof UnsafePickle) {
          if (found.sure || thrown.certain) mistakes.push(unsafeModel(quote(path, 200), thrown));
          else format = "other";
        } else if (thrown instanceof ActionError) mistakes.push(...thrown.mistakes);
        else throw thrown;
      }
    }
    formats.set(format, (formats.get(format) ?? 0) + 1);
  }
  if (mistakes.length > 0) throw new ActionError(mistakes.slice(0, 20));
  return {
    formats: [...formats].map(([format, count]) => (count === 1 ? format : `${format} (${count} files)`)).join(", "),
    sklearn,
  };
}
