import { expect, test } from "vitest";

import { CommandReader, LineSplitter } from "./commands.ts";

const meaningOf = (line: string) => new CommandReader().read(line);
const commandOf = (line: string) => {
  const meaning = meaningOf(line);
  return meaning.kind === "command" ? meaning.command : undefined;
};

test.for([
  ["::error file=a.py,line=3,title=T%2C::bad%0Athing%25", { file: "a.py", line: "3", title: "T," }, "bad\nthing%"],
  ["  \u0085::error::after white space", {}, "after white space"],
  ["progress 10% ##[error title=a%3Bb;line=2]anywhere%5D", { title: "a;b", line: "2" }, "anywhere]"],
  ["::ERROR::any case", {}, "any case"],
] as const)("%s is a command", ([line, properties, data]) => {
  expect(commandOf(line)).toEqual({ name: "error", properties, data });
});

test.for([
  "said ::error::not at the start",
  "::unknown::x",
  "::error:: ".replace("::error::", "::error:"),
  "",
  "##[errors]x",
])("%j is text", (line) => {
  expect(meaningOf(line).kind).toBe("text");
});

test("set-output, save-state and add-mask are still live on stdout", () => {
  expect(commandOf("::set-output name=a::1")).toEqual({ name: "set-output", properties: { name: "a" }, data: "1" });
  expect(commandOf("::save-state name=b::2")?.name).toBe("save-state");
  expect(commandOf("##[add-mask]x")?.name).toBe("add-mask");
});

test("stopped commands stay stopped until the token comes back, in either syntax", () => {
  const reader = new CommandReader();
  expect(reader.read("::stop-commands::tok3n").kind).toBe("text");
  expect(reader.read("::error::x").kind).toBe("text");
  expect(reader.read("##[add-mask]x").kind).toBe("text");
  expect(reader.read("::stop-commands::other").kind).toBe("text");
  expect(reader.read("::TOK3N::").kind).toBe("text");
  expect(reader.read("::error::x").kind).toBe("command");
});

test("lines end at LF, CRLF and a bare CR, wherever the chunks are cut", () => {
  const text = "a\rb\r\nc\n\n::error::d\rlast";
  const lines = ["a", "b", "c", "", "::error::d", "last"];
  for (let size = 1; size <= text.length; size++) {
    const splitter = new LineSplitter();
    const found: string[] = [];
    for (let at = 0; at < text.length; at += size) found.push(...splitter.push(text.slice(at, at + size)));
    expect([...found, ...splitter.end()]).toEqual(lines);
  }
});
