import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";

/** Markdown as a page that looks as GitHub shows a comment or a summary. Works offline; light and dark. */
export function githubPage(title: string, markdown: string): string {
  const html = micromark(markdown, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>
  :root { --ink: light-dark(#1f2328, #f0f6fc); --paper: light-dark(#fff, #0d1117); --line: light-dark(#d1d9e0, #3d444d); --shade: light-dark(#f6f8fa, #151b23); --link: light-dark(#0969da, #4493f8); }
  body { margin: 32px auto; max-width: 860px; padding: 0 16px; color: var(--ink); background: var(--paper); font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }
  article { border: 1px solid var(--line); border-radius: 6px; }
  header { padding: 8px 16px; background: var(--shade); border-bottom: 1px solid var(--line); border-radius: 6px 6px 0 0; font-weight: 600; }
  main { padding: 16px; overflow-wrap: break-word; }
  main > :first-child { margin-top: 0; } main > :last-child { margin-bottom: 0; }
  h1, h2 { border-bottom: 1px solid var(--line); padding-bottom: .3em; } h1 { font-size: 1.6em; } h2 { font-size: 1.35em; } h3 { font-size: 1.15em; }
  table { border-collapse: collapse; display: block; overflow: auto; margin: 0 0 16px; } th, td { border: 1px solid var(--line); padding: 6px 13px; } tr:nth-child(2n) { background: var(--shade); }
  code { background: var(--shade); padding: .2em .4em; border-radius: 6px; font: 85% ui-monospace, "Liberation Mono", Menlo, monospace; }
  pre { background: var(--shade); padding: 16px; border-radius: 6px; overflow: auto; } pre code { padding: 0; background: none; }
  a { color: var(--link); } summary { cursor: pointer; } blockquote { margin: 0; padding: 0 1em; border-left: .25em solid var(--line); }
</style>
<article><header>${title}</header><main>
${html}
</main></article>
</html>
`;
}
