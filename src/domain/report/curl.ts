/** Text as one word of a POSIX shell, whatever stands in it. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Stands in where no request of the model is known: the shape that Seldon's protocol asks for. */
const TEMPLATE = '{"data": {"ndarray": [[0.0, 1.0, 2.0]]}}';
/** More is no screen to paste from. */
const LONGEST_BODY = 2000;

/**
 * What is to be asked of a model, as text to paste. `undefined` where the URL is none of HTTP, since then nothing could be pasted.
 * @param body the request that is known to work, as JSON; longer than a screen, it is left out
 */
export function pasteableRequest(
  url: string,
  body: string | undefined,
): { readonly url: string; readonly body: string; readonly template: boolean } | undefined {
  if (!/^https?:\/\/[^\s\u0000-\u001f\u007f]+$/i.test(url) || !URL.canParse(url)) return undefined;
  const template = body === undefined || body.length > LONGEST_BODY;
  return { url, body: template ? TEMPLATE : body, template };
}

/** A prediction request to paste into a shell. */
export function predictionCurl(
  url: string,
  body: string | undefined,
): { readonly command: string; readonly template: boolean } | undefined {
  const request = pasteableRequest(url, body);
  if (request === undefined) return undefined;
  const command = [
    `curl -sS --fail-with-body ${shellQuote(request.url)}`,
    `  -H 'Content-Type: application/json'`,
    `  -d ${shellQuote(request.body)}`,
  ].join(" \\\n");
  return { command, template: request.template };
}
