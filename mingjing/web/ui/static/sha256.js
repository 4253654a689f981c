// SHA-256 piece by piece (FIPS 180-4): WebCrypto takes only what is in memory as a whole, a recording may be larger.
const K = new Int32Array(64);
const START = new Int32Array(8);
// The constants are the first bits of the fractional parts of roots of the first primes.
(() => {
  const fraction = (root) => Math.floor((root - Math.floor(root)) * 2 ** 32) | 0;
  for (let number = 2, found = 0; found < 64; number += 1) {
    let prime = true;
    for (let one = 2; one * one <= number; one += 1) if (number % one === 0) prime = false;
    if (!prime) continue;
    if (found < 8) START[found] = fraction(Math.sqrt(number));
    K[found] = fraction(Math.cbrt(number));
    found += 1;
  }
})();

export class Sha256 {
  constructor() {
    this.state = Int32Array.from(START);
    this.rest = new Uint8Array(64);
    this.kept = 0;
    this.length = 0;
    this.words = new Int32Array(64);
  }

  update(bytes) {
    this.length += bytes.length;
    let at = 0;
    if (this.kept) {
      at = Math.min(64 - this.kept, bytes.length);
      this.rest.set(bytes.subarray(0, at), this.kept);
      this.kept += at;
      if (this.kept < 64) return this;
      this.block(this.rest, 0);
      this.kept = 0;
    }
    for (; at + 64 <= bytes.length; at += 64) this.block(bytes, at);
    this.rest.set(bytes.subarray(at));
    this.kept = bytes.length - at;
    return this;
  }

  block(bytes, at) {
    const { words: w, state } = this;
    for (let i = 0, p = at; i < 16; i += 1, p += 4) w[i] = (bytes[p] << 24) | (bytes[p + 1] << 16) | (bytes[p + 2] << 8) | bytes[p + 3];
    for (let i = 16; i < 64; i += 1) {
      const x = w[i - 15];
      const y = w[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i += 1) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
  }

  hex() {
    const bits = this.length * 8;
    const pad = new Uint8Array((this.kept < 56 ? 64 : 128) - this.kept);
    pad[0] = 0x80;
    const view = new DataView(pad.buffer);
    view.setUint32(pad.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(pad.length - 4, bits >>> 0);
    this.update(pad);
    return Array.from(this.state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }
}

const SLICE = 4 * 2 ** 20;

// The digest of a file, read in slices; `told` hears how many bytes are done.
export async function digestOf(file, told = () => {}) {
  const hash = new Sha256();
  for (let from = 0; from < file.size; from += SLICE) {
    hash.update(new Uint8Array(await file.slice(from, from + SLICE).arrayBuffer()));
    told(Math.min(from + SLICE, file.size));
  }
  return hash.hex();
}
