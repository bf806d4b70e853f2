import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import { lineSplitter, localProcesses } from "../../src/adapters/process.ts";

const folder = mkdtempSync(join(tmpdir(), "process-"));
afterAll(() => rmSync(folder, { recursive: true }));

const node = (script: string, env: Record<string, string> = {}) => ({
  command: process.execPath,
  args: ["-e", script],
  env,
});

async function until<T>(look: () => T | undefined | false, withinMs = 5000): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const seen = look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > end) throw new Error("it did not come to pass");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const running = (pid: number): boolean => {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
};

describe("lines", () => {
  const split = (chunks: (string | Buffer)[], most = 1000): string[] => {
    const lines: string[] = [];
    const splitter = lineSplitter(most, (line) => lines.push(line));
    for (const chunk of chunks) splitter.take(Buffer.from(chunk));
    splitter.end();
    return lines;
  };

  test.each([
    [["a\nb\r\nc\rd"], ["a", "b", "c", "d"]],
    [
      ["a\r", "\nb"],
      ["a", "b"],
    ],
    [["a\r\r\nb\n\n"], ["a", "", "b", ""]],
    [["only"], ["only"]],
    [[""], []],
  ])("%j", (chunks, lines) => expect(split(chunks)).toEqual(lines));

  test("a character of several bytes may be cut by a chunk", () => {
    const bytes = Buffer.from("é€\n");
    expect(split([...bytes].map((byte) => Buffer.from([byte])))).toEqual(["é€"]);
  });

  test("what is over the cap is dropped and told, also over many chunks", () => {
    expect(split(["abc", "def", "gh\nxy\n"], 4)).toEqual(["abcd… (4 bytes more)", "xy"]);
  });
});

describe("run", () => {
  test("gives code, both streams and input; the child sees no other environment", async () => {
    const finished = await localProcesses().run(
      node(
        "process.stdin.on('data',d=>process.stdout.write(d)).on('end',()=>{console.error(Object.keys(process.env).join());process.exitCode=3})",
        { ONLY: "this" },
      ),
      { timeoutMs: 10_000, input: "hello" },
    );
    expect(finished).toEqual({ code: 3, signal: null, stdout: "hello", stderr: "ONLY\n" });
  });

  test("a program that is not there is an error that names it", async () => {
    await expect(
      localProcesses().run({ command: "/no/such/program", args: [], env: {} }, { timeoutMs: 1000 }),
    ).rejects.toThrow(`program "/no/such/program": expected a program that can be started, saw ENOENT`);
  });

  test("too slow: its children are ended with it", async () => {
    const file = join(folder, "grandchild");
    const script = `const{spawn}=require('child_process');const c=spawn(process.execPath,['-e','setInterval(()=>{},1e3)'],{stdio:'inherit'});require('fs').writeFileSync(process.argv[1],String(c.pid));setInterval(()=>{},1e3)`;
    await expect(
      localProcesses().run({ command: process.execPath, args: ["-e", script, file], env: {} }, { timeoutMs: 600 }),
    ).rejects.toThrow("to end within 0.6 s");
    const pid = Number(readFileSync(file, "utf8"));
    await until(() => !running(pid));
  });

  test("too much output", async () => {
    await expect(
      localProcesses().run(node("for(;;)process.stdout.write('x'.repeat(1e5))"), { timeoutMs: 10_000, maxBytes: 1000 }),
    ).rejects.toThrow("at most 1000 bytes of output");
  });

  test("a cancelled step ends it", async () => {
    const cancelled = new AbortController();
    const finished = localProcesses({ signal: cancelled.signal }).run(node("setInterval(()=>{},1e3)"), {
      timeoutMs: 20_000,
    });
    cancelled.abort();
    await expect(finished).rejects.toThrow("the run was cancelled");
  });
});

describe("start", () => {
  test("hands lines on as they come, and the last one without a line end", async () => {
    const lines: string[] = [];
    const started = await localProcesses().start(
      node("console.log('one');console.error('two');process.stdout.write('three')"),
      { onLine: (line, stream) => lines.push(`${stream} ${line}`) },
    );
    expect(await started.ended).toEqual({ code: 0, signal: null });
    expect(lines.sort()).toEqual(["stderr two", "stdout one", "stdout three"]);
  });

  test("stop ends the group, also one that ignores the request", async () => {
    const lines: string[] = [];
    const script = `process.on('SIGTERM',()=>{});const c=require('child_process').spawn(process.execPath,['-e',"process.on('SIGTERM',()=>{});console.log('up '+process.pid);setInterval(()=>{},1e3)"],{stdio:'inherit'});setInterval(()=>{},1e3)`;
    const started = await localProcesses().start(node(script), { onLine: (line) => lines.push(line) });
    const child = await until(() => Number(lines.find((line) => line.startsWith("up "))?.slice(3)) || undefined);
    await started.stop(100);
    expect(await started.ended).toEqual({ code: null, signal: "SIGKILL" });
    expect(running(child)).toBe(false);
    await started.stop();
  });

  test("a log file takes both streams, closed to others", async () => {
    const logFile = join(folder, "server.log");
    const started = await localProcesses().start(node("console.log('out');console.error('err')"), { logFile });
    await started.ended;
    expect(readFileSync(logFile, "utf8")).toBe("out\nerr\n");
  });

  test("a child that keeps the pipe does not hold the end back", async () => {
    const lines: string[] = [];
    const script = `const c=require('child_process').spawn('sleep',['30'],{stdio:'inherit'});console.log(c.pid);c.unref();`;
    const started = await localProcesses().start(node(script, { PATH: process.env.PATH! }), {
      onLine: (line) => lines.push(line),
    });
    expect(await started.ended).toEqual({ code: 0, signal: null });
    await started.stop(100);
    expect(running(Number(lines[0]))).toBe(false);
  });
});

test("find looks in PATH only, and never beside us", async () => {
  const processes = localProcesses();
  expect(existsSync((await processes.find("sh"))!)).toBe(true);
  expect(await processes.find("no-such-program-at-all")).toBeUndefined();
  expect(await processes.find("./sh")).toBeUndefined();
});
