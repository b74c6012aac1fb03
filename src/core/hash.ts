/**
 * A 64-bit content hash as 16 hex digits: two lanes of a multiply–xorshift mix over UTF-16 units, after
 * MurmurHash3's finaliser (A. Appleby, public domain). Not for secrets: it names nodes.
 */
export function contentHash(text: string): string {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x9e3779b1);
    b = Math.imul(b ^ unit, 0x5f356495);
  }
  a = mix(a, b);
  b = mix(b, a);
  return hex(a) + hex(b);
}

function mix(lane: number, other: number): number {
  const h = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b) ^ Math.imul(other ^ (other >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const byte = (lane: number, shift: number): string => BYTES[(lane >>> shift) & 255] ?? "";

/** By a table: `toString(16)` goes through a heap number, and every node is hashed. */
function hex(lane: number): string {
  return byte(lane, 24) + byte(lane, 16) + byte(lane, 8) + byte(lane, 0);
}
