// Evaluates a procedure file's condition, sent as nested lists by web/ui/conditions.py, over facts.
// Mirrors kernel/conditions.py: a missing fact is null, every comparison with it is false.

const KINDS = { boolean: "truth", number: "number", string: "text" };
const kind = (value) => (Array.isArray(value) ? "several" : KINDS[typeof value] || "other");
const truth = (value) => (Array.isArray(value) ? value.length > 0 : Boolean(value));
const list = (value) => (Array.isArray(value) ? value : [value]);
const same = (left, right) => kind(left) === kind(right) && left === right;

const COMPARE = {
  "==": (left, right) => left === right,
  "!=": (left, right) => left !== right,
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
};

const CALCULATE = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
};

function compare(operator, left, right) {
  if (left === null || right === null) return false;
  if (kind(left) !== kind(right)) return operator === "!=";
  const ordered = kind(left) === "number" || kind(left) === "text";
  if (operator !== "==" && operator !== "!=" && !ordered) return false;
  return COMPARE[operator](...alike(left, right));
}

// A date against a date with time compares by the date.
function alike(left, right) {
  const isDate = (text) => typeof text === "string" && /^\d{4}-\d{2}-\d{2}/.test(text);
  if (isDate(left) && isDate(right) && left.length !== right.length) return [left.slice(0, 10), right.slice(0, 10)];
  return [left, right];
}

export function evaluate(tree, facts) {
  const [operator, ...rest] = tree;
  const part = (index) => evaluate(rest[index], facts);
  if (operator === "name") return facts[rest[0]] ?? null;
  if (operator === "value") return rest[0];
  if (operator === "not") return !truth(part(0));
  if (operator === "minus") return typeof part(0) === "number" ? -part(0) : null;
  if (operator === "and") return truth(part(0)) && truth(part(1));
  if (operator === "or") return truth(part(0)) || truth(part(1));
  if (operator === "among") {
    const value = part(0);
    return value !== null && list(value).some((one) => rest[1].some((option) => same(one, option)));
  }
  if (operator === "in") {
    const [value, several] = [part(0), part(1)];
    return value !== null && several !== null && list(several).some((one) => same(one, value));
  }
  if (operator in COMPARE) return compare(operator, part(0), part(1));
  const [left, right] = [part(0), part(1)];
  return typeof left === "number" && typeof right === "number" ? CALCULATE[operator](left, right) : null;
}

export const holds = (tree, facts) => truth(evaluate(tree, facts));
