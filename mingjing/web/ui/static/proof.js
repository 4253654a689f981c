// What a bundle (核验包) or a proof file proves, reckoned on this machine: nothing here makes a request.
// The same checks in the same order as verify.py, with the same words for each answer; hashes by WebCrypto,
// SM3 and, where the browser lacks Ed25519, the signature check in code of our own.

const ED25519 = 1, COSIGNATURE = 4, MLDSA44 = 6;
const PROOF_HEADER = "c2sp.org/tlog-proof@v1";
const PARTS = ["record.json", "proof.tlog-proof", "disclosures.txt", "receipt.txt"];
const HELPS = ["policy.txt", "verify.py", "核验说明.txt"];
const SIZE = /^(0|[1-9][0-9]{0,15})$/;

// The answer "no": `usable` tells whether the input was a proof at all.
export class Refusal extends Error {
  constructor(word, values = {}, usable = true) {
    super(word);
    Object.assign(this, { word, values, usable });
  }
}

const unusable = (word, values) => new Refusal(word, values, false);
const require = (holds, refusal) => { if (!holds) throw refusal; };

// --- bytes --------------------------------------------------------------------------------------------------

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encode = (text) => new TextEncoder().encode(text);
const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
export const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function decode(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    throw unusable("damaged", { why: "UTF-8" });
  }
}

function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function base64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

// Strict: the one spelling of these bytes.
function unbase64(text, what) {
  let bytes;
  try {
    bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    throw unusable("bad-base64", { what });
  }
  require(base64(bytes) === text, unusable("bad-base64", { what }));
  return bytes;
}

const base64url = (bytes) => base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const digest = async (name, bytes) => new Uint8Array(await crypto.subtle.digest(name, bytes));
export const sha256 = (bytes) => digest("SHA-256", bytes);

// --- SM3 (GB/T 32905-2016) ----------------------------------------------------------------------------------

const turn = (word, by) => ((word << (by % 32)) | (word >>> (32 - (by % 32 || 32)))) >>> 0;
const mix = (word, one, other) => word ^ turn(word, one) ^ turn(word, other);

export function sm3(data) {
  const tail = new Uint8Array(((55 - (data.length % 64) + 64) % 64) + 9);
  tail[0] = 0x80;
  new DataView(tail.buffer).setBigUint64(tail.length - 8, BigInt(data.length) * 8n);
  const blocks = new DataView(join(data, tail).buffer);
  let state = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];
  for (let at = 0; at < blocks.byteLength; at += 64) state = compress(state, blocks, at);
  const out = new DataView(new ArrayBuffer(32));
  state.forEach((word, at) => out.setUint32(at * 4, word));
  return new Uint8Array(out.buffer);
}

function compress(state, blocks, at) {
  const w = [];
  for (let j = 0; j < 16; j++) w.push(blocks.getUint32(at + j * 4));
  for (let j = 16; j < 68; j++) {
    w.push((mix(w[j - 16] ^ w[j - 9] ^ turn(w[j - 3], 15), 15, 23) ^ turn(w[j - 13], 7) ^ w[j - 6]) >>> 0);
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let j = 0; j < 64; j++) {
    const early = j < 16;
    const ss1 = turn((turn(a, 12) + e + turn(early ? 0x79cc4519 : 0x7a879d8a, j)) >>> 0, 7);
    const ff = early ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
    const gg = early ? e ^ f ^ g : (e & f) | (~e & g);
    const tt1 = (ff + d + (ss1 ^ turn(a, 12)) + (w[j] ^ w[j + 4])) >>> 0;
    const tt2 = (gg + h + ss1 + w[j]) >>> 0;
    [a, b, c, d, e, f, g, h] = [tt1, a, turn(b, 9), c, mix(tt2, 9, 17) >>> 0, e, turn(f, 19), g];
  }
  return [a, b, c, d, e, f, g, h].map((word, index) => (word ^ state[index]) >>> 0);
}

// --- Ed25519 (RFC 8032), verification only ------------------------------------------------------------------

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (value) => ((value % P) + P) % P;

function power(base, exponent) {
  let result = 1n;
  for (base = mod(base); exponent; exponent >>= 1n, base = (base * base) % P) {
    if (exponent & 1n) result = (result * base) % P;
  }
  return result;
}

const D = mod(-121665n * power(121666n, P - 2n));
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);
const NEUTRAL = [0n, 1n, 1n, 0n];
const BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202n;
const BASE_Y = 46316835694926478169428394003475163141307993866256225615783033603165251855960n;
const BASE = [BASE_X, BASE_Y, 1n, mod(BASE_X * BASE_Y)];

function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = mod((y1 - x1) * (y2 - x2)), b = mod((y1 + x1) * (y2 + x2));
  const c = mod(2n * t1 * t2 * D), d = mod(2n * z1 * z2);
  const e = b - a, f = d - c, g = d + c, h = b + a;
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

function times(factor, point) {
  let result = NEUTRAL;
  for (; factor; factor >>= 1n, point = add(point, point)) if (factor & 1n) result = add(result, point);
  return result;
}

const equal = (one, other) =>
  mod(one[0] * other[2] - other[0] * one[2]) === 0n && mod(one[1] * other[2] - other[1] * one[2]) === 0n;

const number = (bytes) => BigInt(`0x${hex(Uint8Array.from(bytes).reverse()) || 0}`);

// The point of 32 bytes, or null if this is not the canonical encoding of a point of the curve.
function pointOf(bytes) {
  const whole = number(bytes), sign = whole >> 255n, y = whole & ((1n << 255n) - 1n);
  if (bytes.length !== 32 || y >= P) return null;
  const square = mod((y * y - 1n) * power(D * y * y + 1n, P - 2n));
  let x = power(square, (P + 3n) / 8n);
  if (mod(x * x - square)) x = mod(x * ROOT_OF_MINUS_ONE);
  if (mod(x * x - square) || (x === 0n && sign)) return null;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, mod(x * y)];
}

export async function ed25519InOwnCode(key, message, signature) {
  const point = pointOf(key), commitment = pointOf(signature.slice(0, 32)), scalar = number(signature.slice(32));
  if (signature.length !== 64 || !point || !commitment || scalar >= ORDER) return false;
  const challenge = number(await digest("SHA-512", join(signature.slice(0, 32), key, message))) % ORDER;
  return equal(times(scalar, BASE), add(commitment, times(challenge, point)));
}

// Libraries accept signatures under keys of low order that fit many messages; a trusted key is never one.
function isSound(key) {
  const point = pointOf(key);
  return point !== null && !equal(times(8n, point), NEUTRAL);
}

export async function ed25519(key, message, signature) {
  if (!isSound(key)) return false;
  let known;
  try {
    known = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
  } catch {
    return ed25519InOwnCode(key, message, signature);
  }
  return crypto.subtle.verify({ name: "Ed25519" }, known, signature, message);
}

// --- keys and policies (C2SP signed-note, tlog-policy) ------------------------------------------------------

async function parseKey(vkey) {
  const parts = vkey.trim().split("+"), name = parts.shift(), id = parts.shift(), data = parts.join("+");
  require(name && id && data, unusable("key-form"));
  const bytes = unbase64(data, "公钥");
  const expected = hex((await sha256(join(encode(`${name}\n`), bytes))).slice(0, 4));
  require(expected === id, unusable("key-id"));
  const [kind] = bytes;
  require(![ED25519, COSIGNATURE].includes(kind) || bytes.length === 33, unusable("key-kind"));
  return { name, id, kind, bytes: bytes.slice(1), label: `${name}+${id}` };
}

// The policy in a tlog-policy file, or that of a reader who knows one key and no witness.
export async function parsePolicy(text) {
  if (/^[^\s+]+\+[0-9a-f]{8}\+\S+$/.test(text.trim())) text = `log ${text.trim()}\nquorum none\n`;
  const policy = { logs: [], witnesses: new Map(), groups: new Map(), quorum: "" };
  require(text.endsWith("\n") && !/[^\t\n\x20-\x7e\x80-\u{10ffff}]/u.test(text), unusable("policy-form"));
  for (const [at, line] of text.split("\n").entries()) {
    const [word, ...rest] = line.split(/[ \t]+/).filter(Boolean);
    if (!word || word.startsWith("#")) continue;
    const sound = Object.hasOwn(LINES, word) && (await LINES[word](policy, rest));
    require(sound, unusable("policy-line", { number: at + 1 }));
  }
  require(policy.quorum, unusable("policy-quorum"));
  return policy;
}

const isFree = ({ witnesses, groups }, name) => name !== "none" && !witnesses.has(name) && !groups.has(name);
const isNew = (key, others) => !others.some((other) => same(other.bytes, key.bytes));

// Each takes one line in and tells whether it is sound.
const LINES = {
  async log(policy, rest) {
    if (rest.length < 1 || rest.length > 2) return false;
    const key = await parseKey(rest[0]);
    if (![ED25519, MLDSA44].includes(key.kind) || !isNew(key, policy.logs)) return false;
    return policy.logs.push(key);
  },
  async witness(policy, rest) {
    if (rest.length < 2 || rest.length > 3) return false;
    const key = await parseKey(rest[1]);
    const sound = [COSIGNATURE, MLDSA44].includes(key.kind) && isNew(key, [...policy.witnesses.values()]);
    return sound && isFree(policy, rest[0]) && policy.witnesses.set(rest[0], key);
  },
  group(policy, [name, threshold, ...members]) {
    const taken = [...policy.groups.values()].flatMap((group) => group.members);
    const known = members.every((one) => policy.witnesses.has(one) || policy.groups.has(one));
    const once = new Set([...taken, ...members]).size === taken.length + members.length;
    const word = { any: "1", all: String(members.length) }[threshold] || threshold;
    if (!members.length || !known || !once || !isFree(policy, name) || !/^[1-9][0-9]*$/.test(word)) return false;
    return Number(word) <= members.length && policy.groups.set(name, { threshold: Number(word), members });
  },
  quorum(policy, rest) {
    const [name] = rest;
    if (rest.length !== 1 || policy.quorum || (name !== "none" && isFree(policy, name))) return false;
    policy.quorum = name;
    return true;
  },
};

function holds(policy, cosigned, name) {
  const group = policy.groups.get(name);
  if (!group) return name === "none" || cosigned.has(name);
  return group.members.filter((member) => holds(policy, cosigned, member)).length >= group.threshold;
}

// --- signed heads -------------------------------------------------------------------------------------------

function parseNote(note) {
  const cut = note.lastIndexOf("\n\n");
  require(cut >= 0 && note.endsWith("\n"), new Refusal("note-form"));
  const lines = note.slice(cut + 2, -1).split("\n").map((line) => {
    const found = /^— (\S+) (\S+)$/.exec(line);
    const data = unbase64(found ? found[2] : "", "签名");
    require(found && data.length >= 5, new Refusal("note-line"));
    return { name: found[1], id: hex(data.slice(0, 4)), raw: data.slice(4) };
  });
  return { text: note.slice(0, cut + 1), lines };
}

const linesOf = (note, key) => note.lines.filter((line) => line.name === key.name && line.id === key.id);

async function signerOf(note, name, keys) {
  for (const key of keys.filter((one) => one.name === name && one.kind === ED25519)) {
    const lines = linesOf(note, key);
    for (const line of lines) {
      require(await ed25519(key.bytes, encode(note.text), line.raw), new Refusal("bad-signer", { name }));
    }
    if (lines.length) return key;
  }
  throw new Refusal("bad-signer", { name });
}

async function cosignedAt(note, key) {
  let at = null;
  for (const { raw } of linesOf(note, key)) {
    require(raw.length === 72, new Refusal("bad-witness", { name: key.name }));
    at = new DataView(raw.buffer, raw.byteOffset).getBigUint64(0);
    const message = encode(`cosignature/v1\ntime ${at}\n${note.text}`);
    require(await ed25519(key.bytes, message, raw.slice(8)), new Refusal("bad-witness", { name: key.name }));
  }
  return at;
}

async function openHead(document, policy) {
  const note = parseNote(document), [origin, size, root, ...rest] = note.text.split("\n");
  require(rest.length === 1 && rest[0] === "" && SIZE.test(size), new Refusal("head-form"));
  const key = await signerOf(note, origin, policy.logs);
  const cosigned = new Map();
  for (const [name, witness] of policy.witnesses) {
    const at = witness.kind === COSIGNATURE ? await cosignedAt(note, witness) : null;
    if (at !== null) cosigned.set(name, at);
  }
  const names = [...cosigned.keys()].join(" ") || "0";
  require(holds(policy, cosigned, policy.quorum), new Refusal("no-quorum", { quorum: policy.quorum, names }));
  const checked = [key, ...policy.witnesses.values()].filter((one) => one.kind !== MLDSA44);
  const known = new Set(checked.map((one) => one.label));
  return {
    origin,
    size: Number(size),
    root: unbase64(root, "树根"),
    key: key.label,
    cosigned: [...cosigned].map(([witness, at]) => ({ witness, at: beijing(at) })),
    quorum: policy.quorum,
    unchecked: note.lines.map((line) => `${line.name}+${line.id}`).filter((label) => !known.has(label)),
  };
}

function beijing(seconds) {
  const moment = new Date(Number(seconds) * 1000 + 8 * 3600 * 1000);
  return Number.isNaN(moment.getTime()) ? String(seconds) : moment.toISOString().slice(0, 19).replace("T", " ");
}

// --- the tree (RFC 6962, RFC 9162) --------------------------------------------------------------------------

const above = (left, right) => sha256(join(Uint8Array.of(1), left, right));

// The way from the leaf to the root, step by step: [{left, right, mine, above}], and the root it leads to.
async function climb(leaf, index, size, path) {
  require(index < size, new Refusal("index-outside", { index, size }));
  let at = index, last = size - 1, hash = await sha256(join(Uint8Array.of(0), leaf));
  const steps = [], start = hash;
  for (const sibling of path) {
    require(last > 0, new Refusal("more-hashes"));
    const right = at % 2 === 1 || at === last;
    const pair = right ? [sibling, hash] : [hash, sibling];
    hash = await above(...pair);
    steps.push({ left: pair[0], right: pair[1], mine: right ? "right" : "left", above: hash });
    while (right && at && at % 2 === 0) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  require(last === 0, new Refusal("fewer-hashes"));
  return { start, steps, root: hash };
}

// --- proofs and bundles -------------------------------------------------------------------------------------

function parseJson(bytes) {
  try {
    return JSON.parse(decode(bytes));
  } catch (error) {
    throw error instanceof Refusal ? error : unusable("damaged", { why: "JSON" });
  }
}

function recordIn(bytes) {
  const record = parseJson(bytes);
  const texts = ["id", "subject", "kind", "at"].every((name) => typeof record?.[name] === "string");
  const lists = Array.isArray(record?.files) && Array.isArray(record?.sd);
  const sound = texts && lists && Number.isInteger(record.seq) && record.plain && typeof record.plain === "object";
  require(sound, unusable("odd-record"));
  const files = record.files.every((file) => typeof file?.name === "string" && typeof file?.sha256 === "string");
  require(files, unusable("odd-record"));
  return record;
}

async function disclosed(text, digests) {
  require(digests.includes(base64url(await sha256(encode(text)))), new Refusal("disclosure-foreign"));
  const padded = text.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat((4 - (text.length % 4)) % 4);
  const parts = parseJson(unbase64(padded, "披露"));
  require(Array.isArray(parts) && parts.length === 3, unusable("damaged", { why: "disclosure" }));
  require(typeof parts[1] === "string", unusable("disclosure-nameless"));
  return [parts[1], parts[2]];
}

async function proven(claim, policy) {
  const head = await openHead(claim.checkpoint, policy);
  const entry = join(encode("mingjing-entry/1\n"), await sha256(claim.record), sm3(claim.record));
  const way = await climb(entry, claim.index, head.size, claim.hashes);
  require(same(way.root, head.root), new Refusal("not-in-log"));
  const record = recordIn(claim.record);
  const values = [];
  for (const text of claim.disclosures) values.push(await disclosed(text, record.sd));
  const withheld = record.sd.length - values.length;
  return { name: claim.name, record, index: claim.index, ...head, way, disclosed: values, withheld };
}

function claimOfProof(proof) {
  require(proof?.format === "mingjing-proof/1", unusable("proof-kind"));
  const texts = [proof.record, proof.checkpoint, proof.vkey].every((text) => typeof text === "string");
  require(texts && Array.isArray(proof.inclusion) && Array.isArray(proof.disclosures), unusable("damaged", { why: "" }));
  require(Number.isSafeInteger(proof.leaf_index) && proof.leaf_index >= 0, unusable("proof-index"));
  const hashes = proof.inclusion.map((item) => unbase64(String(item), "散列"));
  const record = unbase64(proof.record, "记录");
  return { name: "", record, disclosures: proof.disclosures, index: proof.leaf_index, hashes, checkpoint: proof.checkpoint };
}

function claimIn(bundle, folder) {
  const member = (name) => bundle.get(`${folder}/${name}`);
  require(member("proof.tlog-proof"), unusable("proof-form", { folder }));
  const proof = decode(member("proof.tlog-proof")), cut = proof.indexOf("\n\n");
  const lines = (cut < 0 ? proof : proof.slice(0, cut)).split("\n").filter((line) => !line.startsWith("extra "));
  const place = lines[1]?.startsWith("index ") ? lines[1].slice(6) : "";
  require(cut >= 0 && lines[0] === PROOF_HEADER && SIZE.test(place), unusable("proof-form", { folder }));
  return {
    name: folder,
    record: member("record.json"),
    disclosures: decode(member("disclosures.txt") || new Uint8Array()).split(/\s+/).filter(Boolean),
    index: Number(place),
    hashes: lines.slice(2).map((line) => unbase64(line, "散列")),
    checkpoint: proof.slice(cut + 2),
  };
}

async function fileOf(name, bytes, registered) {
  const found = hex(await sha256(bytes));
  const file = registered.find((one) => one.sha256 === found);
  require(file, new Refusal("other-file", { digest: found }));
  return { name, registered: file.name, sha256: found };
}

// What a bundle proves. `trusted` is the policy of the reader; without it the bundle's own is used.
export async function verifyBundle(bytes, trusted = null, documents = new Map()) {
  const bundle = unzip(bytes);
  const own = () => parsePolicy(decode(bundle.get("policy.txt") || new Uint8Array()));
  const policy = trusted || (await own());
  const folders = [...bundle.keys()].filter((name) => name.endsWith("/record.json")).map((name) => name.slice(0, -12));
  require(folders.length, unusable("bundle-empty"));
  const records = [];
  for (const folder of folders.sort()) records.push(await proven(claimIn(bundle, folder), policy));
  const registered = records.flatMap((one) => one.record.files);
  const inside = [...bundle].filter(([name]) => name.startsWith("files/"));
  const files = [];
  for (const [name, content] of [...inside, ...documents]) files.push(await fileOf(name, content, registered));
  return { records, files, strays: [...bundle.keys()].filter((name) => !isPart(name)), trusted: trusted !== null };
}

function isPart(name) {
  const cut = name.lastIndexOf("/"), folder = name.slice(0, Math.max(cut, 0)), part = name.slice(cut + 1);
  return folder === "files" || PARTS.includes(part) || (!folder && HELPS.includes(part));
}

// What a proof file (mingjing-proof/1) proves, in the shape of a bundle's answer.
export async function verifyProof(bytes, trusted = null, documents = new Map()) {
  const proof = parseJson(bytes), claim = claimOfProof(proof);
  const found = await proven(claim, trusted || (await parsePolicy(proof.vkey)));
  const files = [];
  for (const [name, content] of documents) files.push(await fileOf(name, content, found.record.files));
  return { records: [found], files, strays: [], trusted: trusted !== null };
}

export const isBundle = (bytes) => bytes[0] === 0x50 && bytes[1] === 0x4b;
export const isProof = (bytes) => bytes[0] === 0x7b;

// --- zip, members stored ------------------------------------------------------------------------------------

const CRC = Uint32Array.from({ length: 256 }, (_, at) => {
  for (let bit = 0; bit < 8; bit++) at = at & 1 ? (at >>> 1) ^ 0xedb88320 : at >>> 1;
  return at;
});

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ CRC[(crc ^ byte) & 255];
  return (crc ^ 0xffffffff) >>> 0;
}

export function unzip(bytes) {
  try {
    return members(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    throw error instanceof RangeError ? unusable("bad-zip") : error;
  }
}

function members(bytes, view) {
  const end = bytes.length - 22;
  require(end >= 0 && view.getUint32(end, true) === 0x06054b50, unusable("bad-zip"));
  const found = new Map(), slice = (from, length) => bytes.subarray(from, from + length);
  let at = view.getUint32(end + 16, true), sum = 0;
  for (let left = view.getUint16(end + 10, true); left; left--) {
    const [flags, method] = [8, 10].map((offset) => view.getUint16(at + offset, true));
    const [crc, size, whole] = [16, 20, 24].map((offset) => view.getUint32(at + offset, true));
    const [name, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const title = slice(at + 46, name), local = view.getUint32(at + 42, true);
    const content = slice(local + 30 + name + view.getUint16(local + 28, true), size);
    const marks = view.getUint32(at, true) === 0x02014b50 && view.getUint32(local, true) === 0x04034b50;
    // The directory and the head of the member must say the same: version, flags, date, sizes and name.
    const agree = same(slice(at + 6, 24), slice(local + 4, 24)) && same(title, slice(local + 30, name));
    const stored = !(flags & ~0x800) && !method && size === whole && content.length === size;
    require(marks && agree && stored && crc32(content) === crc && !found.has(decode(title)), unusable("bad-zip"));
    // Stored members lie beside each other; such as overlap could fill any memory.
    require((sum += size) <= bytes.length, unusable("bad-zip"));
    found.set(decode(title), content);
    at += 46 + name + extra + comment;
  }
  return found;
}
