// How answers are sent: JSON, server-sent events, and AWS event streams.

export const words = ['All ', 'figures ', 'in ', 'this ', 'reply ', 'are ', 'made ', 'up.'];
export const text = words.join('');

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export function json(res, status, body, headers = {}) {
  const b = Buffer.from(JSON.stringify(body));
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': b.length, ...headers });
  res.end(b);
}

/** Sends events one by one. With `stall` it pauses in the middle, so that a client can go away. */
export async function events(res, record, list, { named = false, done = false, stall = false, headers = {} } = {}) {
  res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', ...headers });
  let gone = false;
  res.on('close', () => {
    if (res.writableFinished) return;
    gone = true;
    Object.assign(record, { aborted: true, usage_sent: false });
  });
  for (const [i, e] of list.entries()) {
    if (gone) return;
    res.write((named ? `event: ${e.type}\n` : '') + `data: ${JSON.stringify(e)}\n\n`);
    await sleep(stall && i === Math.min(4, list.length - 2) ? 1500 : 1);
  }
  if (gone) return;
  if (done) res.write('data: [DONE]\n\n');
  res.end();
}

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});
const crc32 = (buffer) => {
  let c = 0xffffffff;
  for (const x of buffer) c = crcTable[(c ^ x) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
};

/** One frame of an AWS event stream: a prelude, headers that are strings (type 7), the payload, and two checksums. */
export function frame(type, payload) {
  const headers = Object.entries({ ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }).map(([k, v]) => {
    const key = Buffer.from(k), value = Buffer.from(v), b = Buffer.alloc(1 + key.length + 3);
    b[0] = key.length;
    key.copy(b, 1);
    b[1 + key.length] = 7;
    b.writeUInt16BE(value.length, 2 + key.length);
    return Buffer.concat([b, value]);
  });
  const head = Buffer.concat(headers), body = Buffer.from(JSON.stringify(payload)), total = 16 + head.length + body.length, out = Buffer.alloc(total);
  out.writeUInt32BE(total, 0);
  out.writeUInt32BE(head.length, 4);
  out.writeUInt32BE(crc32(out.subarray(0, 8)), 8);
  head.copy(out, 12);
  body.copy(out, 12 + head.length);
  out.writeUInt32BE(crc32(out.subarray(0, total - 4)), total - 4);
  return out;
}
