// The chain of a recording, mingjing-capture/1; kernel/capture.py says what it is and does the same on the server.
//   head_0 = SHA-256("mingjing-capture/1" || start manifest)      head_n = SHA-256(head_{n-1} || SHA-256(chunk_n))
export const FORM = "mingjing-capture/1";

const encoder = new TextEncoder();
export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
export const unhex = (text) => Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));

export function base64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

// The one spelling of a value: keys in order, no spaces, whole numbers, text in NFC (the profile of kernel.canonical).
export function canonical(value) {
  return encoder.encode(spell(value));
}

function spell(value) {
  if (typeof value === "string") return JSON.stringify(value.normalize("NFC"));
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new TypeError(`not a whole number: ${value}`);
  if (value === null || typeof value === "boolean" || typeof value === "number") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(spell).join(",")}]`;
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${spell(value[key])}`).join(",")}}`;
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const startHead = (start) => sha256(joined(encoder.encode(FORM), start));
export const nextHead = (head, digest) => sha256(joined(head, digest));

export async function chain(start, digests) {
  let head = await startHead(start);
  for (const digest of digests) head = await nextHead(head, digest);
  return head;
}

export const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
export const makeKey = () => crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
export const publicKey = async (pair) => new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
export const sign = async (pair, bytes) => new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, bytes));
// How the platform numbers a device: from its key, so that nobody chooses it.
export const deviceNumber = async (spki) => `XC${hex(await sha256(spki)).slice(0, 10).toUpperCase()}`;
