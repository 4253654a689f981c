// What the acts on the device tell of a case: a form that was packed in the morning starts with what was filled in
// since, as the platform's own form would once it has them (web/ui/forms.py: starting_values).
import * as outbox from "./outbox.js";

// What was refused or stands in conflict is not known to be true of the case.
const KNOWN = ["waiting", "sending", "done"];

// The values for this form: [[name, value]]. `sources` tells by field of which facts it takes its first value.
// What the platform has already only fills what is empty: the page may be newer than the act.
export async function carried(form, sources) {
  const { case: no, stepId } = form.dataset;
  const acts = (await outbox.acts()).filter((one) => one.case === no && KNOWN.includes(one.state));
  const again = acts.some((one) => one.step === stepId);
  const found = [];
  for (const [field, [own, other]] of Object.entries(sources)) {
    // A step taken again starts only with what its fields inherit: yesterday's findings are not today's.
    const values = (!again && own && latest(acts, own)) || (other && latest(acts, other));
    if (values && (!values.sent || empty(form, field))) found.push(...values.map((value) => [`fact.${field}`, value]));
  }
  return found;
}

function latest(acts, fact) {
  for (const one of [...acts].reverse()) {
    const values = one.values.filter(([name]) => name === `fact.${fact}`).map(([, value]) => value);
    if (values.length) return Object.assign(values, { sent: one.state === "done" });
  }
  return null;
}

function empty(form, field) {
  const inputs = [...form.elements].filter((one) => one.name === `fact.${field}`);
  return inputs.every((one) => (one.type === "radio" || one.type === "checkbox" ? !one.checked : !one.value));
}
