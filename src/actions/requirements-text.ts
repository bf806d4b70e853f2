import { quote, refuse } from "../errors.ts";
import type { Workspace } from "../ports.ts";

const MAX_REQUIREMENTS_BYTES = 1024 * 1024;

/**
 * What the file of the input `requirements` holds, with line ends as Unix writes them: an environment is kept by this text.
 * `undefined` where the input is not set. @throws ActionError when the file is not there
 */
export async function requirementsText(
  path: string | undefined,
  folder: string,
  workspace: Workspace,
): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const content = await workspace.readText(`${folder}/${path}`, { maxBytes: MAX_REQUIREMENTS_BYTES });
  if (content !== undefined) return content.replaceAll("\r\n", "\n");
  return refuse({ where: `input "requirements"`, expected: `a file ${quote(path)}`, seen: "none" });
}
