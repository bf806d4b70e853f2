import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";

/** Markdown to HTML as GitHub's parser does it, elements written by hand included. */
export function render(markdown: string): string {
  return micromark(markdown, {
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
}

/** Every tag in the order in which it stands, attributes included: what a text from outside must never change. */
export function tags(html: string): string[] {
  return html.match(/<!--.*?-->|<[^>]*>/gs) ?? [];
}

/** What a reader sees outside of code, where GitHub's filters look for names and references to make links of. */
export function prose(html: string): string {
  return html
    .replace(/<pre>.*?<\/pre>|<code[^>]*>.*?<\/code>/gs, " ")
    .replace(/<!--.*?-->|<[^>]*>/gs, " ")
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
}

/** Mentions, references, addresses and emoji, as GitHub finds them in rendered text. */
export const FILTERED = /@[a-z0-9]|#\d|\bgh-\d|:[\w+-]+:|:\/\/|\bwww\./i;
