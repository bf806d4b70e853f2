// Headless Chromium, driven over its own protocol: what a reader of a page sees, and what the keyboard reaches.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";

/** The program, where this machine has it; empty otherwise. */
export const chromium = spawnSync("sh", ["-c", "command -v chromium || command -v chromium-browser"], {
  encoding: "utf8",
}).stdout.trim();

const FLAGS =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --hide-scrollbars --remote-debugging-port=0";
const DEADLINE_MS = 30_000;

export type Page = {
  /** Loads HTML from a file of its own; `scheme` is what the reader has chosen. */
  show(html: string, options?: { scheme?: "light" | "dark"; width?: number }): Promise<void>;
  /** The value of an expression in the page, as JSON carries it. */
  evaluate<T>(expression: string): Promise<T>;
  press(key: "Tab" | "Enter" | "Space"): Promise<void>;
  screenshot(file: string): Promise<void>;
  /** Addresses that the page asked for since the start, its own file aside. */
  readonly requested: readonly string[];
  /** What the page complained of: errors, refused loads. */
  readonly complaints: readonly string[];
};

type Message = { id?: number; method?: string; params?: any; result?: any; error?: { message: string } };

/** Starts a browser with one page; both are gone when `use` has ended. */
export async function withPage(use: (page: Page) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "browser-"));
  const child = spawn(chromium, [...FLAGS.split(" "), `--user-data-dir=${join(folder, "profile")}`, "about:blank"], {
    stdio: "ignore",
  });
  const gone = new Promise<void>((done) => child.once("exit", () => done()));
  try {
    const port = await portOf(join(folder, "profile", "DevToolsActivePort"));
    const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
      type: string;
      webSocketDebuggerUrl: string;
    }[];
    const socket = new WebSocket(targets.find(({ type }) => type === "page")!.webSocketDebuggerUrl);
    await new Promise((open, fail) => {
      socket.addEventListener("open", open);
      socket.addEventListener("error", fail);
    });
    try {
      await use(await pageOver(socket, folder));
    } finally {
      socket.close();
    }
  } finally {
    child.kill("SIGKILL");
    await gone;
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}

async function portOf(file: string): Promise<string> {
  for (const until = Date.now() + DEADLINE_MS; Date.now() < until; await delay(20)) {
    try {
      const [port] = readFileSync(file, "utf8").split("\n");
      if (port) return port;
    } catch {
      // Not written yet.
    }
  }
  throw new Error("chromium: expected a debugging port, saw none in time");
}

async function pageOver(socket: WebSocket, folder: string): Promise<Page> {
  const waiting = new Map<number, (message: Message) => void>();
  const heard = new Set<(message: Message) => void>();
  const [requested, complaints]: [string[], string[]] = [[], []];
  let last = 0;
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    if (message.id !== undefined) waiting.get(message.id)?.(message);
    for (const each of heard) each(message);
  });
  const send = async (method: string, params: object = {}): Promise<any> => {
    const id = ++last;
    const answer = await new Promise<Message>((done) => {
      waiting.set(id, done);
      socket.send(JSON.stringify({ id, method, params }));
    });
    waiting.delete(id);
    if (answer.error) throw new Error(`chromium, ${method}: ${answer.error.message}`);
    return answer.result;
  };
  heard.add(({ method, params }) => {
    if (method === "Network.requestWillBeSent" && !/^(file|data|about):/.test(params.request.url)) {
      requested.push(params.request.url);
    }
    if (method === "Runtime.exceptionThrown") complaints.push(params.exceptionDetails.text);
    if (method === "Log.entryAdded") complaints.push(params.entry.text);
  });
  for (const domain of ["Page", "Runtime", "Network", "Log"]) await send(`${domain}.enable`);
  await send("Network.emulateNetworkConditions", {
    offline: true,
    latency: 0,
    downloadThroughput: 0,
    uploadThroughput: 0,
  });
  const keys = { Tab: 9, Enter: 13, Space: 32 } as const;
  return {
    requested,
    complaints,
    show: async (html, { scheme = "light", width = 1000 } = {}) => {
      const file = join(folder, "page.html");
      writeFileSync(file, html);
      await send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
      await send("Emulation.setDeviceMetricsOverride", { width, height: 800, deviceScaleFactor: 1, mobile: false });
      const loaded = new Promise<void>((done) => {
        const hear = ({ method }: Message): void => {
          if (method !== "Page.loadEventFired") return;
          heard.delete(hear);
          done();
        };
        heard.add(hear);
      });
      await send("Page.navigate", { url: pathToFileURL(file).href });
      await loaded;
    },
    evaluate: async (expression) => {
      const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, returnByValue: true });
      if (exceptionDetails) throw new Error(`in the page: ${exceptionDetails.text}`);
      return result.value;
    },
    press: async (key) => {
      const code = keys[key];
      const of = {
        key: key === "Space" ? " " : key,
        code: key,
        windowsVirtualKeyCode: code,
        ...(key === "Tab" ? {} : { text: key === "Space" ? " " : "\r" }),
      };
      await send("Input.dispatchKeyEvent", { type: "keyDown", ...of });
      await send("Input.dispatchKeyEvent", { type: "keyUp", ...of });
    },
    screenshot: async (file) => {
      const { cssContentSize } = await send("Page.getLayoutMetrics");
      const clip = { x: 0, y: 0, width: cssContentSize.width, height: cssContentSize.height, scale: 1 };
      const { data } = await send("Page.captureScreenshot", { clip, captureBeyondViewport: true });
      writeFileSync(file, Buffer.from(data, "base64"));
    },
  };
}
