import { figure } from "../gate/figure.ts";
import type { GateSection } from "../record/record.ts";
import { baselineSentence, decisive, type ComparedSlice, type EarlierRun, type GateReport } from "./gate-report.ts";
import { chosenSlices, flipSentence, historyMetric, signed, verdictSentence } from "./gate.ts";
import { escapeMarkup } from "./junit.ts";
import { bytesAsText, counted } from "./quantity.ts";

type Rule = GateSection["rules"][number];

const MOST_SLICES = 120;
const MOST_FLIPS = 200;

/**
 * The gate's report as one page: nothing is loaded from anywhere and nothing runs in it, which its own policy says too. It follows
 * the reader's light or dark scheme; every part that scrolls or folds is reached by keyboard.
 */
export function renderGatePage(report: GateReport): string {
  const { model, gate } = report;
  const sections = [
    section("rules", "Rules", rulesPart(gate)),
    section("metrics", "Metrics", metricsPart(report)),
    section("slices", "Slices", slicesPart(report)),
    section("flips", "Answers that changed", flipsPart(report)),
    section("confusion", "Confusion matrix", confusionPart(report)),
    section("golden", "The same questions to both", goldenPart(report)),
    section("history", "Earlier runs", historyPart(report)),
  ].filter((each) => each !== undefined);
  const title = `Gate ${gate.decision}${model === undefined ? "" : `: ${model}`}`;
  const links = sections.map(({ id, title: name }) => `<a href="#${id}">${name}</a>`).join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeMarkup(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#content">To the rules</a>
<header class="${gate.decision}">
<p class="verdict"><span class="sign" aria-hidden="true">${SIGN[gate.decision]}</span> ${gate.decision}</p>
<h1>${escapeMarkup(model ?? "The model")}</h1>
<p>${escapeMarkup(verdictSentence(gate))}.</p>
${decidedBy(gate)}
${identities(report)}
</header>
<nav aria-label="Parts of this page">
${links}
</nav>
<main id="content">
${sections.map(({ html }) => html).join("\n")}
</main>
</body>
</html>
`;
}

const SIGN: Readonly<Record<GateSection["decision"], string>> = { passed: "✓", rejected: "✕", inconclusive: "?" };

function section(id: string, title: string, body: string): { id: string; title: string; html: string } | undefined {
  if (body === "") return undefined;
  return {
    id,
    title,
    html: `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>\n${body}\n</section>`,
  };
}

function decidedBy(gate: GateSection): string {
  const rules = decisive(gate).slice(0, 10);
  if (rules.length === 0) return "";
  const head = gate.decision === "passed" ? "Closest to its bound" : "Decided by";
  const items = rules.map(({ rule, reason, observed, bound }) => {
    const told = reason ?? (observed === undefined ? "holds" : `observed ${figure(observed, bound)}`);
    return `<li><code>${escapeMarkup(rule)}</code> <span>${escapeMarkup(told)}</span></li>`;
  });
  return `<div class="decided"><h2>${head}</h2><ul>${items.join("")}</ul></div>`;
}

function identities(report: GateReport): string {
  const { digest, sha } = report;
  const [called, identity] = baselineSentence(report);
  const candidate = [
    sha === undefined ? "" : `commit ${sha.slice(0, 7)}`,
    digest === undefined ? "" : `model ${digest.slice(0, 19)}`,
  ];
  const told = candidate.filter((part) => part !== "").join(", ") || "as it was measured here";
  return `<dl><div><dt>Candidate</dt><dd>${escapeMarkup(told)}</dd></div><div><dt>Compared with</dt><dd>${escapeMarkup(called)}${identity === "" ? "" : `: ${escapeMarkup(identity)}`}</dd></div></dl>`;
}

const cell = (text: string, kind = ""): string => `<td${kind === "" ? "" : ` class="${kind}"`}>${text}</td>`;
const numberCell = (value: number | undefined, bound?: number): string =>
  cell(value === undefined ? "–" : figure(value, bound), "number");

function table(label: string, head: readonly string[], rows: readonly string[], kinds: readonly string[] = []): string {
  const heads = head
    .map((each, at) => `<th scope="col"${kinds[at] ? ` class="${kinds[at]}"` : ""}>${each}</th>`)
    .join("");
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeMarkup(label)}"><table><thead><tr>${heads}</tr></thead><tbody>\n${rows.map((row) => `<tr>${row}</tr>`).join("\n")}\n</tbody></table></div>`;
}

function rulesPart({ rules, confidence }: GateSection): string {
  const anyBaseline = rules.some(({ baseline }) => baseline !== undefined);
  const anyInterval = rules.some(({ interval }) => interval !== undefined);
  const rows = rules.map((rule) =>
    [
      cell(
        `<span class="badge ${rule.verdict}"><span aria-hidden="true">${SIGN[rule.verdict]}</span> ${rule.verdict}</span>`,
      ),
      cell(
        `<code>${escapeMarkup(rule.rule)}</code>${rule.reason === undefined ? "" : `<p class="why">${escapeMarkup(rule.reason)}</p>`}`,
      ),
      numberCell(rule.observed, rule.bound),
      ...(anyBaseline ? [numberCell(rule.baseline)] : []),
      numberCell(rule.bound, rule.observed),
      ...(anyInterval ? [cell(intervalPicture(rule), "picture")] : []),
    ].join(""),
  );
  const share = `${Number(((confidence ?? 0.95) * 100).toPrecision(4))} %`;
  const heads = [
    "Verdict",
    "Rule",
    "Observed",
    ...(anyBaseline ? ["Baseline"] : []),
    "Bound",
    ...(anyInterval ? [`Distance to the bound, ${share}`] : []),
  ];
  const note = anyInterval
    ? `<p class="note">The dot is what was observed, the bar where ${share} of the resampled rows lie, the line in the middle is the bound. ${confidence === undefined ? "The values decided as they stand." : "A bar across the line decides nothing."}</p>`
    : "";
  return table("Rules", heads, rows, ["", "", "number", ...(anyBaseline ? ["number"] : []), "number"]) + note;
}

/** The distance to the bound with its interval, each rule on a scale of its own; the good side is to the right. */
function intervalPicture({ observed, bound, interval, verdict, rule }: Rule): string {
  if (observed === undefined || bound === undefined || interval === undefined) return "–";
  const flip = /<=?/.test(rule.replace(/"(?:[^"\\]|\\.)*"/g, "")) ? -1 : 1;
  const distance = (observed - bound) * flip;
  const [low, high] = [interval.low * flip, interval.high * flip].toSorted((a, b) => a - b) as [number, number];
  const reach = Math.max(Math.abs(low), Math.abs(high), Math.abs(distance)) || 1;
  const x = (value: number): string => (90 + (value / reach) * 78).toFixed(1);
  const label = `${signed(observed - bound)}, between ${signed(interval.low)} and ${signed(interval.high)}`;
  return `<svg viewBox="0 0 180 22" width="180" height="22" role="img" class="${verdict}"><title>${escapeMarkup(label)}</title><line class="axis" x1="90" y1="1" x2="90" y2="21"/><line class="bar" x1="${x(low)}" y1="11" x2="${x(high)}" y2="11"/><circle class="dot" cx="${x(distance)}" cy="11" r="4.5"/></svg><span class="small">${escapeMarkup(label)}</span>`;
}

function metricsPart({ metrics }: GateReport): string {
  if (metrics.length === 0) return "";
  const both = metrics.some(({ baseline }) => baseline !== undefined);
  const rows = metrics.map(({ name, candidate, baseline }) =>
    [
      `<th scope="row"><code>${escapeMarkup(name)}</code></th>`,
      numberCell(candidate),
      ...(both ? [numberCell(baseline), cell(change(candidate, baseline), "number")] : []),
    ].join(""),
  );
  return table("Metrics", both ? ["Metric", "Candidate", "Baseline", "Change"] : ["Metric", "Candidate"], rows, [
    "",
    "number",
    "number",
    "number",
  ]);
}

const change = (now: number | undefined, before: number | undefined): string =>
  now === undefined || before === undefined ? "–" : signed(now - before);

function slicesPart(report: GateReport): string {
  const chosen = chosenSlices(report);
  if (chosen.length === 0) return "";
  const both = chosen.some(({ baseline }) => baseline !== undefined);
  const groups = new Map<string, ComparedSlice[]>();
  for (const each of chosen) {
    const key = `${each.name} by ${each.slice.split("=", 1)[0]}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const pictures = [...groups].map(([name, of]) => dumbbells(name, of)).join("\n");
  const rows = chosen.map(({ name, slice, n, candidate, baseline }) =>
    [
      `<th scope="row"><code>${escapeMarkup(slice)}</code></th>`,
      cell(`<code>${escapeMarkup(name)}</code>`),
      numberCell(n),
      numberCell(candidate),
      ...(both ? [numberCell(baseline), cell(change(candidate, baseline), "number")] : []),
    ].join(""),
  );
  const heads = ["Slice", "Metric", "n", "Candidate", ...(both ? ["Baseline", "Change"] : [])];
  return `${pictures}<details><summary>As a table</summary>${table("Slices", heads, rows, ["", "", "number", "number", "number", "number"])}</details>`;
}

/** A row for each slice: where the baseline stood and where the candidate stands. The lowest first. */
function dumbbells(name: string, slices: readonly ComparedSlice[]): string {
  const shown = slices
    .filter(({ candidate }) => candidate !== undefined)
    .toSorted((a, b) => a.candidate! - b.candidate! || (a.slice < b.slice ? -1 : 1))
    .slice(0, MOST_SLICES);
  const values = shown.flatMap(({ candidate, baseline }) => [
    candidate!,
    ...(baseline === undefined ? [] : [baseline]),
  ]);
  const [low, high, ticks] = scale(Math.min(...values), Math.max(...values));
  const [left, width, step] = [190, 440, 26];
  const x = (value: number): string => (left + ((value - low) / (high - low)) * width).toFixed(1);
  const height = shown.length * step + 30;
  const grid = ticks
    .map(
      (tick) =>
        `<line class="grid" x1="${x(tick)}" y1="6" x2="${x(tick)}" y2="${height - 24}"/><text class="tick" x="${x(tick)}" y="${height - 8}" text-anchor="middle">${figure(tick)}</text>`,
    )
    .join("");
  const both = shown.some(({ baseline }) => baseline !== undefined);
  const marks = shown.map(({ slice, n, candidate, baseline }, at) => {
    const y = at * step + 18;
    const label = slice.length > 22 ? `${slice.slice(0, 21).toWellFormed()}…` : slice;
    const told = `${slice}: ${figure(candidate!)}${baseline === undefined ? "" : `, baseline ${figure(baseline)}`}${n === undefined ? "" : `, ${n} rows`}`;
    const before =
      baseline === undefined
        ? ""
        : `<line class="link${candidate! < baseline ? " down" : ""}" x1="${x(baseline)}" y1="${y}" x2="${x(candidate!)}" y2="${y}"/><circle class="before" cx="${x(baseline)}" cy="${y}" r="5"/>`;
    return `<g><title>${escapeMarkup(told)}</title><text class="label" x="${left - 14}" y="${y + 4}" text-anchor="end">${escapeMarkup(label)}</text>${before}<circle class="now" cx="${x(candidate!)}" cy="${y}" r="5"/><text class="value" x="${left + width + 16}" y="${y + 4}">${figure(candidate!)}</text></g>`;
  });
  const legend = both
    ? '<p class="note"><span class="key now"></span> candidate <span class="key before"></span> baseline</p>'
    : "";
  return `<figure><figcaption><code>${escapeMarkup(name)}</code></figcaption><div class="scroll" tabindex="0" role="region" aria-label="${escapeMarkup(name)}"><svg viewBox="0 0 720 ${height}" width="720" height="${height}" role="img" aria-label="${escapeMarkup(`${name}, ${counted(shown.length, "slice")}`)}">${grid}${marks.join("")}</svg></div>${legend}</figure>`;
}

/** Round ends and ticks around values; shares get the whole scale from where it matters to 1. */
function scale(least: number, most: number): readonly [number, number, readonly number[]] {
  const span = most - least || Math.abs(most) || 1;
  const step =
    10 ** Math.floor(Math.log10(span)) *
    ([1, 2, 5, 10].find((each) => 10 ** Math.floor(Math.log10(span)) * each * 5 >= span) ?? 10);
  const low = Math.floor(least / step - 0.01) * step;
  let high = Math.ceil(most / step + 0.01) * step;
  if (least >= 0 && most <= 1) high = Math.min(high, 1);
  const [from, to] = [least >= 0 ? Math.max(0, low) : low, high > low ? high : low + step];
  const ticks: number[] = [];
  for (let at = from; at <= to + step / 1e6 && ticks.length < 12; at += step) ticks.push(Number(at.toPrecision(12)));
  return [from, to, ticks];
}

function flipsPart(report: GateReport): string {
  const { flips } = report;
  if (!flips) return "";
  const sentence = `<p>${escapeMarkup(flipSentence(report))}</p>`;
  if (flips.shown.length === 0) return sentence;
  const known = flips.mended !== undefined;
  const rows = flips.shown.slice(0, MOST_FLIPS).map(({ row, truth, from, to }) => {
    if (!known) {
      return `<th scope="row">${escapeMarkup(row)}</th>${cell(escapeMarkup(from))}${cell(escapeMarkup(to))}`;
    }
    const kind = to === truth ? "mended" : from === truth ? "broken" : "";
    return [
      `<th scope="row">${escapeMarkup(row)}</th>`,
      cell(escapeMarkup(truth)),
      cell(escapeMarkup(from)),
      cell(escapeMarkup(to)),
      cell(kind === "" ? "wrong in another way" : kind === "mended" ? "right now" : "became wrong", kind),
    ].join("");
  });
  const hidden = flips.total - rows.length;
  const more = hidden > 0 ? `<p class="note">… and ${counted(hidden, "more row")}.</p>` : "";
  return `${sentence}<details${rows.length <= 12 ? " open" : ""}><summary>Which rows</summary>${table("Answers that changed", known ? ["Row", "True", "Before", "Now", ""] : ["Row", "Before", "Now"], rows)}${more}</details>`;
}

function confusionPart({ confusion }: GateReport): string {
  if (!confusion) return "";
  const { classes, candidate, baseline } = confusion;
  const rows = candidate.map((counts, t) => {
    const total = counts.reduce((sum, count) => sum + count, 0) || 1;
    const cells = counts.map((count, p) => {
      const share = count / total;
      const before = baseline?.[t]?.[p];
      const delta =
        before === undefined || before === count ? "" : `<span class="small">${signed(count - before)}</span>`;
      const shade = count === 0 ? 0 : 0.12 + 0.6 * share;
      return `<td class="${t === p ? "right" : "wrong"}" style="--shade:${shade.toFixed(3)}">${Number(count.toPrecision(6))}${delta}</td>`;
    });
    return `<th scope="row">${escapeMarkup(classes[t]!)}</th>${cells.join("")}`;
  });
  const note = `<p class="note">Rows are what is true, columns what the candidate answered${baseline ? "; small, the change against the baseline" : ""}.</p>`;
  return `<div class="matrix">${table("Confusion matrix", ["", ...classes.map(escapeMarkup)], rows)}</div>${note}`;
}

function goldenPart({ golden }: GateReport): string {
  if (!golden) return "";
  const ms = (value: number | undefined): string =>
    cell(value === undefined ? "–" : `${Number(value.toPrecision(3))} ms`, "number");
  const sides = [["Candidate", golden.candidate] as const, ...(golden.live ? [["Live", golden.live] as const] : [])];
  const rows = sides.map(([called, { answered, failure, latency, bytes }]) =>
    [
      `<th scope="row">${called}</th>`,
      cell(
        `${answered} of ${golden.asked}${failure === undefined ? "" : `<p class="why">${escapeMarkup(failure)}</p>`}`,
      ),
      ms(latency?.p50),
      ms(latency?.p95),
      ms(latency?.most),
      cell(bytes === undefined ? "–" : bytesAsText(bytes), "number"),
    ].join(""),
  );
  const delta = golden.delta
    ? `<p>Answers moved by ${figure(golden.delta.mean)} on average, by ${figure(golden.delta.most)} at most.</p>`
    : "";
  return (
    table("Golden set", ["", "Answered", "Median", "95 %", "Longest", "Answer's size"], rows, [
      "",
      "",
      "number",
      "number",
      "number",
      "number",
    ]) + delta
  );
}

function historyPart(report: GateReport): string {
  const name = historyMetric(report);
  if (report.history.length < 2 || name === undefined) return "";
  const shown = report.history.filter(({ values }) => values[name] !== undefined);
  const rows = shown.map(({ sha, at, runId, values }) =>
    [
      `<th scope="row"><code>${escapeMarkup(sha.slice(0, 7))}</code></th>`,
      cell(escapeMarkup(at.slice(0, 16).replace("T", " "))),
      cell(escapeMarkup(`run ${runId}`)),
      numberCell(values[name]),
    ].join(""),
  );
  return `${course(name, shown)}<details><summary>As a table</summary>${table("Earlier runs", ["Commit", "When", "Run", escapeMarkup(name)], rows, ["", "", "", "number"])}</details>`;
}

function course(name: string, runs: readonly EarlierRun[]): string {
  const values = runs.map((each) => each.values[name]!);
  const [low, high, ticks] = scale(Math.min(...values), Math.max(...values));
  const x = (at: number): string => (70 + (at / Math.max(1, runs.length - 1)) * 600).toFixed(1);
  const y = (value: number): string => (150 - ((value - low) / (high - low)) * 130).toFixed(1);
  const grid = ticks
    .map(
      (tick) =>
        `<line class="grid" x1="70" y1="${y(tick)}" x2="680" y2="${y(tick)}"/><text class="tick" x="60" y="${Number(y(tick)) + 4}" text-anchor="end">${figure(tick)}</text>`,
    )
    .join("");
  const line = `<polyline class="course" points="${values.map((value, at) => `${x(at)},${y(value)}`).join(" ")}"/>`;
  const dots = runs
    .map(
      ({ sha, values: of }, at) =>
        `<g><title>${escapeMarkup(`${sha.slice(0, 7)}: ${figure(of[name]!)}`)}</title><circle class="${at === runs.length - 1 ? "now" : "before"}" cx="${x(at)}" cy="${y(of[name]!)}" r="5"/><text class="tick" x="${x(at)}" y="174" text-anchor="middle">${escapeMarkup(sha.slice(0, 7))}</text></g>`,
    )
    .join("");
  return `<figure><figcaption><code>${escapeMarkup(name)}</code></figcaption><div class="scroll" tabindex="0" role="region" aria-label="Earlier runs as a picture"><svg viewBox="0 0 720 184" width="720" height="184" role="img" aria-label="${escapeMarkup(`${name} over ${counted(runs.length, "run")}`)}">${grid}${line}${dots}</svg></div></figure>`;
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --quiet: #57606a; --line: #d0d7de; --paper: #ffffff; --shade-paper: #f6f8fa; --good: #116329; --bad: #b3261e; --open: #7d5200; --good-paper: #e6f6ea; --bad-paper: #fdecea; --open-paper: #fff5dc; --now: #0b57d0; --before: #6e7781; --right: 17, 99, 41; --wrong: 179, 38, 30; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --quiet: #9aa4af; --line: #30363d; --paper: #0d1117; --shade-paper: #161b22; --good: #56d364; --bad: #ff8a80; --open: #e3b341; --good-paper: #10291a; --bad-paper: #331715; --open-paper: #2d2410; --now: #79b8ff; --before: #8b949e; --right: 63, 185, 80; --wrong: 248, 81, 73; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 4rem; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", "Noto Sans", "Liberation Sans", sans-serif; overflow-wrap: anywhere; }
a { color: var(--now); } code { font: 0.9em ui-monospace, "Liberation Mono", Menlo, monospace; }
:focus-visible { outline: 3px solid var(--now); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -999px; } .skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .3rem .6rem; }
header { border: 1px solid var(--line); border-left: 6px solid var(--quiet); border-radius: 8px; padding: 1rem 1.25rem; background: var(--shade-paper); }
header.passed { border-left-color: var(--good); background: var(--good-paper); } header.rejected { border-left-color: var(--bad); background: var(--bad-paper); } header.inconclusive { border-left-color: var(--open); background: var(--open-paper); }
.verdict { margin: 0; font-weight: 700; font-size: 1.5rem; } .passed .verdict { color: var(--good); } .rejected .verdict { color: var(--bad); } .inconclusive .verdict { color: var(--open); }
h1 { margin: .1rem 0 .4rem; font-size: 1.15rem; font-weight: 600; } header p { margin: .2rem 0; }
h2 { font-size: 1.15rem; margin: 0 0 .6rem; } .decided h2 { font-size: .95rem; margin: .8rem 0 .2rem; } .decided ul { margin: 0; padding-left: 1.2rem; }
dl { display: grid; gap: .2rem; margin: .8rem 0 0; font-size: .93rem; } dl div { display: flex; gap: .8rem; } dt { flex: 0 0 8.5rem; color: var(--quiet); } dd { margin: 0; }
nav { display: flex; flex-wrap: wrap; gap: .4rem 1.1rem; padding: .8rem .25rem; margin-bottom: .6rem; border-bottom: 1px solid var(--line); position: sticky; top: 0; background: var(--paper); z-index: 1; }
section { padding-top: 1.2rem; scroll-margin-top: 2.2rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .93rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .7rem; border-bottom: 1px solid var(--line); font-weight: 400; } thead th { color: var(--quiet); font-size: .85rem; white-space: nowrap; } tbody th { font-weight: 500; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } .picture { min-width: 200px; }
.badge { white-space: nowrap; font-weight: 600; } .badge.passed, .mended { color: var(--good); } .badge.rejected, .broken { color: var(--bad); } .badge.inconclusive { color: var(--open); }
.why, .note { margin: .2rem 0 0; color: var(--quiet); font-size: .88rem; } .note { margin-top: .5rem; } .small { display: block; color: var(--quiet); font-size: .78rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
details { margin-top: .6rem; } summary { cursor: pointer; color: var(--now); width: fit-content; } figure { margin: 0 0 .8rem; } figcaption { margin-bottom: .2rem; }
svg { display: block; max-width: none; } svg text { font: 12px system-ui, "Liberation Sans", sans-serif; fill: var(--ink); } svg .tick { fill: var(--quiet); font-size: 11px; }
.grid { stroke: var(--line); } .axis { stroke: var(--ink); stroke-width: 1.5; } .bar { stroke-width: 6; stroke-linecap: round; stroke: var(--quiet); opacity: .45; } .dot { fill: var(--quiet); }
svg.passed .bar { stroke: var(--good); } svg.passed .dot { fill: var(--good); } svg.rejected .bar { stroke: var(--bad); } svg.rejected .dot { fill: var(--bad); } svg.inconclusive .bar { stroke: var(--open); } svg.inconclusive .dot { fill: var(--open); }
circle.now { fill: var(--now); } circle.before { fill: var(--paper); stroke: var(--before); stroke-width: 2; } .link { stroke: var(--now); stroke-width: 3; opacity: .35; } .link.down { stroke: var(--bad); } .course { fill: none; stroke: var(--now); stroke-width: 2; }
.key { display: inline-block; width: .7rem; height: .7rem; border-radius: 50%; margin: 0 .2rem 0 .8rem; } .key.now { background: var(--now); } .key.before { border: 2px solid var(--before); }
.matrix table { width: auto; } .matrix .small { color: inherit; } .matrix td { text-align: right; min-width: 2.8rem; font-variant-numeric: tabular-nums; border: 1px solid var(--line); } .matrix th { text-align: right; border: 0; } .matrix td.right { background: rgba(var(--right), var(--shade)); } .matrix td.wrong { background: rgba(var(--wrong), var(--shade)); }
@media (max-width: 40rem) { body { padding: .75rem .6rem 3rem; } dl div { display: block; } nav { position: static; } }
@media print { nav, .skip { display: none; } body { max-width: none; } }
`;
