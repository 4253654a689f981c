// QR codes drawn on the device, so that the code on the card can change without a network. Byte mode, error level M,
// versions 1 to 10 (up to 213 bytes): more than any address of ours. Source: ISO/IEC 18004:2015.
const EC_PER_BLOCK = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26];
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5];
const CODEWORDS = [26, 44, 70, 100, 134, 172, 196, 242, 292, 346];
const CENTRES = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]];
const LEVEL_M = 0;
const MASKS = [
  (y, x) => (y + x) % 2,
  (y) => y % 2,
  (y, x) => x % 3,
  (y, x) => (y + x) % 3,
  (y, x) => ((y >> 1) + Math.floor(x / 3)) % 2,
  (y, x) => ((y * x) % 2) + ((y * x) % 3),
  (y, x) => (((y * x) % 2) + ((y * x) % 3)) % 2,
  (y, x) => (((y + x) % 2) + ((y * x) % 3)) % 2,
];

// Arithmetic in GF(256) with the polynomial x^8 + x^4 + x^3 + x^2 + 1.
const EXP = new Uint8Array(510);
const LOG = new Uint8Array(256);
for (let power = 0, value = 1; power < 255; power += 1) {
  EXP[power] = EXP[power + 255] = value;
  LOG[value] = power;
  value = (value << 1) ^ (value > 127 ? 0x11d : 0);
}
const times = (one, other) => (one && other ? EXP[LOG[one] + LOG[other]] : 0);

// The error correction codewords of a block (Reed and Solomon).
function correction(data, count) {
  let generator = [1];
  for (let root = 0; root < count; root += 1) {
    const next = new Array(generator.length + 1).fill(0);
    generator.forEach((term, place) => {
      next[place] ^= term;
      next[place + 1] ^= times(term, EXP[root]);
    });
    generator = next;
  }
  const rest = new Array(count).fill(0);
  for (const byte of data) {
    const factor = byte ^ rest.shift();
    rest.push(0);
    for (let place = 0; place < count; place += 1) rest[place] ^= times(generator[place + 1], factor);
  }
  return rest;
}

const capacity = (version) => CODEWORDS[version - 1] - EC_PER_BLOCK[version - 1] * BLOCKS[version - 1];

function codewords(bytes, version) {
  const bits = [];
  const push = (value, length) => {
    for (let place = length - 1; place >= 0; place -= 1) bits.push((value >> place) & 1);
  };
  push(4, 4);
  push(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) push(byte, 8);
  const room = capacity(version) * 8;
  push(0, Math.min(4, room - bits.length));
  while (bits.length % 8) bits.push(0);
  for (let pad = 0xec; bits.length < room; pad ^= 0xec ^ 0x11) push(pad, 8);
  const data = [];
  for (let place = 0; place < bits.length; place += 8) data.push(parseInt(bits.slice(place, place + 8).join(""), 2));
  return interleaved(data, version);
}

function interleaved(data, version) {
  const count = BLOCKS[version - 1];
  const short = Math.floor(data.length / count);
  const longer = data.length % count;
  const blocks = [];
  for (let block = 0, at = 0; block < count; block += 1) {
    const size = short + (block >= count - longer ? 1 : 0);
    blocks.push(data.slice(at, (at += size)));
  }
  const checks = blocks.map((block) => correction(block, EC_PER_BLOCK[version - 1]));
  const woven = [];
  for (let place = 0; place <= short; place += 1) for (const block of blocks) if (place < block.length) woven.push(block[place]);
  for (let place = 0; place < EC_PER_BLOCK[version - 1]; place += 1) for (const check of checks) woven.push(check[place]);
  return woven;
}

// The remainder of a BCH code, for the format and version information.
function remainder(value, polynomial, length) {
  let rest = value << length;
  for (let place = 31 - Math.clz32(rest); place >= length; place -= 1) if ((rest >> place) & 1) rest ^= polynomial << (place - length);
  return (value << length) | rest;
}

function empty(version) {
  const size = 17 + 4 * version;
  const dark = Array.from({ length: size }, () => new Array(size).fill(0));
  const fixed = Array.from({ length: size }, () => new Array(size).fill(false));
  const set = (y, x, value) => {
    if (y < 0 || x < 0 || y >= size || x >= size) return;
    dark[y][x] = value ? 1 : 0;
    fixed[y][x] = true;
  };
  for (let place = 0; place < size; place += 1) {
    set(6, place, place % 2 === 0);
    set(place, 6, place % 2 === 0);
  }
  for (const [top, left] of [[0, 0], [0, size - 7], [size - 7, 0]]) {
    for (let y = -1; y < 8; y += 1) for (let x = -1; x < 8; x += 1) {
      const ring = Math.max(Math.abs(y - 3), Math.abs(x - 3));
      set(top + y, left + x, ring !== 2 && ring < 4);
    }
  }
  const centres = CENTRES[version - 1];
  const last = centres.at(-1);
  for (const y of centres) for (const x of centres) {
    if ((y === 6 && x === 6) || (y === 6 && x === last) || (y === last && x === 6)) continue;
    for (let dy = -2; dy < 3; dy += 1) for (let dx = -2; dx < 3; dx += 1) set(y + dy, x + dx, Math.max(Math.abs(dy), Math.abs(dx)) !== 1);
  }
  if (version > 6) {
    const bits = remainder(version, 0x1f25, 12);
    for (let place = 0; place < 18; place += 1) {
      const [far, near] = [size - 11 + (place % 3), Math.floor(place / 3)];
      set(near, far, (bits >> place) & 1);
      set(far, near, (bits >> place) & 1);
    }
  }
  return { size, dark, fixed, set };
}

function format({ size, set }, mask) {
  const bits = remainder((LEVEL_M << 3) | mask, 0x537, 10) ^ 0x5412;
  const bit = (place) => (bits >> place) & 1;
  for (let place = 0; place < 6; place += 1) set(place, 8, bit(place));
  set(7, 8, bit(6));
  set(8, 8, bit(7));
  set(8, 7, bit(8));
  for (let place = 9; place < 15; place += 1) set(8, 14 - place, bit(place));
  for (let place = 0; place < 8; place += 1) set(8, size - 1 - place, bit(place));
  for (let place = 8; place < 15; place += 1) set(size - 15 + place, 8, bit(place));
  set(size - 8, 8, 1);
}

// The data bits up and down in columns of two, from the right, around what is fixed.
function fill({ size, dark, fixed }, words) {
  let place = 0;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let row = 0; row < size; row += 1) for (const x of [right, right - 1]) {
      const y = ((right + 1) & 2) === 0 ? size - 1 - row : row;
      if (fixed[y][x]) continue;
      dark[y][x] = place < words.length * 8 ? (words[place >> 3] >> (7 - (place & 7))) & 1 : 0;
      place += 1;
    }
  }
}

const masked = ({ dark, fixed }, mask) => dark.map((row, y) => row.map((value, x) => (fixed[y][x] ? value : value ^ (MASKS[mask](y, x) === 0 ? 1 : 0))));

// How hard a picture is to read: runs, squares, false finder patterns, and too much of one colour.
function penalty(dark) {
  const size = dark.length;
  let points = 0;
  let count = 0;
  for (const turned of [false, true]) {
    const at = (y, x) => (turned ? dark[x][y] : dark[y][x]);
    for (let y = 0; y < size; y += 1) {
      let line = "";
      let run = 0;
      for (let x = 0; x < size; x += 1) {
        run = x && at(y, x) === at(y, x - 1) ? run + 1 : 1;
        if (run === 5) points += 3;
        else if (run > 5) points += 1;
        line += at(y, x);
      }
      for (const wrong of ["10111010000", "00001011101"]) for (let from = line.indexOf(wrong); from >= 0; from = line.indexOf(wrong, from + 1)) points += 40;
    }
  }
  for (let y = 0; y < size; y += 1) for (let x = 0; x < size; x += 1) {
    count += dark[y][x];
    if (y && x && dark[y][x] === dark[y - 1][x] && dark[y][x] === dark[y][x - 1] && dark[y][x] === dark[y - 1][x - 1]) points += 3;
  }
  return points + Math.floor(Math.abs((count * 20) / (size * size) - 10)) * 10;
}

// The code of a text as rows of 0 and 1, without the quiet zone.
export function matrix(text) {
  const bytes = new TextEncoder().encode(text);
  const version = CODEWORDS.findIndex((_, place) => capacity(place + 1) >= bytes.length + (place + 1 < 10 ? 2 : 3)) + 1;
  if (!version) throw new RangeError("too long for a code");
  const grid = empty(version);
  format(grid, 0); // reserves the places
  fill(grid, codewords(bytes, version));
  let best = null;
  for (let mask = 0; mask < 8; mask += 1) {
    format(grid, mask);
    const dark = masked(grid, mask);
    const points = penalty(dark);
    if (!best || points < best.points) best = { points, dark };
  }
  return best.dark;
}

// The code as an SVG picture with its quiet zone of four modules.
export function svg(text) {
  const rows = matrix(text);
  const size = rows.length + 8;
  const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + 4} ${y + 4}h1v1h-1z` : ""))).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges" role="img" aria-label="证件二维码"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${path}"/></svg>`;
}
