/** Kinds of frames (RFC 6455, 5.2) that we send or meet. */
export const [BINARY, CLOSE, PING, PONG] = [2, 8, 9, 10] as const;

export type Frame = { readonly kind: number; readonly content: Buffer };

/**
 * One frame from a client to a server, whole. RFC 6455 wants each masked, against caches that read along; the connection is TLS,
 * so the mask need not be a secret and its bytes come with the call.
 * @param mask four bytes
 */
export function frameOf(kind: number, content: Buffer, mask: Buffer): Buffer {
  const { length } = content;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x80 | kind;
  if (length < 126) head[1] = 0x80 | length;
  else if (length < 65_536) {
    head[1] = 0x80 | 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 0x80 | 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, mask, unmasked(content, mask)]);
}

/**
 * The whole frames of what has come so far, and the rest. A message in several frames is handed on piece by piece, each with
 * the kind of its first.
 */
export function readFrames(bytes: Buffer, before?: number): { frames: readonly Frame[]; rest: Buffer; open?: number } {
  const frames: Frame[] = [];
  let [at, open] = [0, before];
  for (;;) {
    const [first, second] = [bytes[at], bytes[at + 1]];
    if (first === undefined || second === undefined) break;
    const short = second & 0x7f;
    const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
    const masked = (second & 0x80) !== 0;
    const start = at + 2 + extra + (masked ? 4 : 0);
    if (bytes.length < start) break;
    const length =
      extra === 0 ? short : extra === 2 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    if (bytes.length < start + length) break;
    const piece = bytes.subarray(start, start + length);
    const content = masked ? unmasked(piece, bytes.subarray(start - 4, start)) : Buffer.from(piece);
    const code = first & 0x0f;
    const kind = code === 0 ? (open ?? BINARY) : code;
    if (code < CLOSE) open = (first & 0x80) === 0 ? kind : undefined;
    frames.push({ kind, content });
    at = start + length;
  }
  return { frames, rest: bytes.subarray(at), ...(open === undefined ? {} : { open }) };
}

/** Masking and unmasking are one and the same. */
function unmasked(content: Buffer, mask: Buffer): Buffer {
  const done = Buffer.allocUnsafe(content.length);
  for (let at = 0; at < content.length; at++) done[at] = content[at]! ^ mask[at & 3]!;
  return done;
}
