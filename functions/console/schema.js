// What the function says of its own customers in /openapi.json, as the page needs it.

import { read } from "./api.js";

/** Fields in order, rules between them, the facts of a talk, bounds of the risk, an example. */
export async function schema() {
  const document = await (await read("openapi.json")).json();
  const { PredictRequest, Context, Answer, Outcome } = document.components.schemas;
  const body = document.paths["/predict"].post.requestBody.content["application/json"];
  const { context, customerID, ...attributes } = PredictRequest.properties;
  const required = new Set(PredictRequest.required);
  return {
    fields: Object.entries(attributes).map(([name, said]) => field(name, said, required.has(name))),
    rules: (PredictRequest.allOf ?? []).map((rule) => rule.anyOf.map(alternative)),
    facts: new Map(
      Object.entries(Context.properties).map(([name, said]) => [name, field(name, said)]),
    ),
    bounds: Answer.properties.risk["x-bounds"],
    outcome: Outcome.properties,
    example: body.examples.customer.value,
  };
}

/** name, label, group, unit, levels [{value, label}] or null, whole, minimum, maximum, unused. */
function field(name, said, required = false) {
  const part = said.anyOf?.find((one) => one.type !== "null") ?? said;
  const values = part.enum ?? ("const" in part ? [part.const] : null);
  const unit = said["x-unit"] ?? said.description ?? "";
  return {
    name,
    required,
    unit,
    label: said.title ?? name,
    group: said["x-group"] ?? "",
    unused: said["x-unused"] === true,
    trained: said["x-trained"],
    type: part.type,
    whole: part.type === "integer",
    minimum: part.minimum ?? 0,
    maximum: part.maximum,
    levels: values?.map((value) => ({ value, label: said["x-labels"]?.[value] ?? String(value) })),
  };
}

/** The fields of one alternative of a rule with their levels; the first one decides. */
function alternative({ properties }) {
  return Object.entries(properties).map(([name, said]) => [name, said.enum ?? [said.const]]);
}

/** The levels that a field may have beside the other values; null where all are allowed. */
export function allowed(rules, values, name) {
  for (const rule of rules) {
    const [decides] = rule[0][0];
    const fits = rule.filter(([[, levels]]) => levels.includes(values[decides]));
    const found = fits.flatMap((one) => one.filter(([other]) => other === name));
    if (name !== decides && found.length) return new Set(found.flatMap(([, levels]) => levels));
  }
  return null;
}

/** The values with one of them changed, and what follows from it by the rules. */
export function changed({ fields, rules }, values, name, value) {
  const next = { ...values, [name]: value };
  for (const { name: other, levels } of fields) {
    const may = other !== name && allowed(rules, next, other);
    if (may && !may.has(next[other]) && next[other] !== null) {
      next[other] = levels.findLast((level) => may.has(level.value))?.value ?? next[other];
    }
  }
  return next;
}
