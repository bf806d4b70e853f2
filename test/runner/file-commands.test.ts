import { expect, test } from "vitest";

import { parseKeyValues, parsePaths, prepend } from "./file-commands.ts";

test("name=value lines and heredocs, in order", () => {
  expect(parseKeyValues("a=1\n\nb<<EOF\nx\ny=2\nEOF\nc=d<<EOF\n")).toEqual([
    ["a", "1"],
    ["b", "x\ny=2"],
    ["c", "d<<EOF"],
  ]);
});

test("a value may hold a carriage return and an equals sign, and be empty", () => {
  expect(parseKeyValues("a=x\ry=z\nb=\nc<<E\nE")).toEqual([
    ["a", "x\ry=z"],
    ["b", ""],
    ["c", ""],
  ]);
});

test("a value that guesses the delimiter breaks out of its heredoc, which is why delimiters are random", () => {
  expect(parseKeyValues("v<<EOF\nharmless\nEOF\ninjected=yes\n")).toEqual([
    ["v", "harmless"],
    ["injected", "yes"],
  ]);
});

test.for([
  ["plain", /Invalid format 'plain'/],
  ["=x", /Name must not be empty/],
  ["<<EOF", /Name must not be empty/],
  ["a<<\nx", /delimiter must not be empty/],
  ["a<<EOF\nx\nEOF ", /Matching delimiter not found 'EOF'/],
] as const)("%j is refused", ([text, message]) => {
  expect(() => parseKeyValues(text)).toThrow(message);
});

test("the folder named last comes last in the list, once", () => {
  expect(prepend(["/a", "/b"], parsePaths("/c\r\n\n/a\n"))).toEqual(["/b", "/c", "/a"]);
});
