"use strict";

// A form from a schema. Each editor is {element, read}; `read` returns a value, and `changed` is
// called after each change. What no form can be made of is written as JSON.
const followed = (schema) => {
  let at = schema;
  for (let n = 0; n < 50 && at?.$ref; n += 1) at = contract.schemas[at.$ref.split("/").pop()];
  if (typeof at !== "object" || !at?.allOf) return at ?? true;
  const { allOf, ...own } = at;
  return [...allOf.map(followed), own].reduce((all, one) => ({
    ...all,
    ...one,
    properties: { ...all.properties, ...one.properties },
    required: [...(all.required ?? []), ...(one.required ?? [])],
  }), {});
};
const typesOf = (schema) => [schema.type ?? []].flat();
const kindOf = (value) => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
};
const fitsType = (schema, value) => {
  const types = typesOf(schema);
  const kind = kindOf(value);
  return !types.length || types.includes(kind) || (kind === "integer" && types.includes("number"));
};
const fitsRoughly = (given, value) => {
  const schema = followed(given);
  if (schema === true) return true;
  if (!schema || !fitsType(schema, value)) return false;
  if ("const" in schema) return shown(schema.const) === shown(value);
  if (schema.enum) return schema.enum.some((one) => shown(one) === shown(value));
  if (kindOf(value) !== "object") return true;
  return (schema.required ?? []).every((key) => key in value)
    && Object.entries(schema.properties ?? {}).every(([key, one]) => !(key in value) || fitsRoughly(one, value[key]));
};

const startOf = (given, depth = 0) => {
  const schema = followed(given);
  if (typeof schema !== "object") return null;
  if (schema.examples?.length) return schema.examples[0];
  if ("default" in schema) return schema.default;
  if ("const" in schema) return schema.const;
  if (schema.enum) return schema.enum[0];
  const choice = (schema.oneOf ?? schema.anyOf)?.[0];
  if (choice !== undefined && depth < 8) return startOf(choice, depth + 1);
  const [type] = typesOf(schema);
  if (type === "object" || schema.properties) {
    const needed = depth < 8 ? schema.required ?? [] : [];
    return Object.fromEntries(needed.map((key) => [key, startOf(schema.properties?.[key] ?? true, depth + 1)]));
  }
  if (type === "array") return Array.isArray(schema.items) ? schema.items.slice(0, schema.minItems ?? 0).map((one) => startOf(one, depth + 1)) : [];
  return { string: "", number: schema.minimum ?? 0, integer: schema.minimum ?? 0, boolean: false }[type] ?? null;
};

const labelled = (text, input) => make("label", {}, make("span", { textContent: text }), input);

const jsonEditor = (label, value, changed) => {
  let last = value;
  const input = make("textarea", { value: shown(value) ?? "", spellcheck: false });
  input.addEventListener("input", () => {
    try {
      last = JSON.parse(input.value);
      input.removeAttribute("aria-invalid");
      changed();
    } catch {
      input.setAttribute("aria-invalid", "true");
    }
  });
  return { element: labelled(`${label} (JSON)`, input), read: () => last };
};
const choiceEditor = (label, values, value, changed) => {
  const select = make("select", {}, ...values.map((one) => make("option", { textContent: JSON.stringify(one) })));
  select.selectedIndex = Math.max(0, values.findIndex((one) => shown(one) === shown(value)));
  select.addEventListener("change", changed);
  return { element: labelled(label, select), read: () => values[select.selectedIndex] };
};
const numberEditor = (label, schema, value, changed) => {
  const input = make("input", { type: "number", step: schema.multipleOf ?? (typesOf(schema)[0] === "integer" ? 1 : "any"), value });
  if ("minimum" in schema) input.min = schema.minimum;
  if ("maximum" in schema) input.max = schema.maximum;
  input.addEventListener("input", changed);
  return { element: labelled(label, input), read: () => (input.value === "" ? null : Number(input.value)) };
};
const textEditor = (label, schema, value, changed) => {
  const long = /\n/.test(value) || (schema.maxLength ?? 0) > 1000;
  const input = make(long ? "textarea" : "input", { value });
  input.addEventListener("input", changed);
  return { element: labelled(label, input), read: () => input.value };
};

// A part that may be absent: a box says whether it is there; it is built when it is.
const optionalEditor = (label, schema, value, changed) => {
  const box = make("input", { type: "checkbox", checked: value !== undefined });
  const place = make("div");
  let inner = null;
  const build = (from) => {
    inner = editor(label, schema, from, changed);
    place.replaceChildren(inner.element);
  };
  if (box.checked) build(value);
  box.addEventListener("change", () => {
    if (box.checked) build(startOf(schema));
    else { inner = null; place.replaceChildren(); }
    changed();
  });
  const element = make("div", { className: "optional" }, make("label", { className: "box" }, box, ` with ${label}`), place);
  return { element, read: () => inner?.read() };
};

const objectEditor = (label, schema, value, changed) => {
  const properties = schema.properties ?? {};
  const required = new Set(schema.required ?? []);
  const editors = Object.entries(properties).map(([key, one]) => {
    const has = Object.hasOwn(value, key);
    const known = has ? value[key] : undefined;
    const made = required.has(key) && has ? editor(key, one, known, changed) : optionalEditor(key, one, known, changed);
    return [key, made];
  });
  const others = Object.entries(value).filter(([key]) => !Object.hasOwn(properties, key));
  const fieldset = make("fieldset", {}, make("legend", { textContent: label }), ...editors.map(([, one]) => one.element));
  let more = null;
  if (others.length || schema.additionalProperties !== false) {
    more = jsonEditor("Other keys", Object.fromEntries(others), changed);
    fieldset.append(make("details", { open: others.length > 0 }, make("summary", { textContent: "Other keys" }), more.element));
  }
  const read = () => {
    const own = editors.map(([key, one]) => [key, one.read()]).filter(([, one]) => one !== undefined);
    return { ...Object.fromEntries(own), ...more?.read() };
  };
  return { element: fieldset, read };
};

const listEditor = (label, schemaAt, value, changed, { least = 0, most = Infinity } = {}) => {
  const fieldset = make("fieldset", {}, make("legend", { textContent: label }));
  const list = make("div");
  let editors = [];
  const build = (values) => {
    editors = values.map((one, at) => editor(`${label} ${at + 1}`, schemaAt(at), one, changed));
    list.replaceChildren(...editors.map(({ element }) => element));
    add.disabled = values.length >= most;
    drop.disabled = values.length <= least;
  };
  const read = () => editors.map((one) => one.read());
  const button = (text, act) => {
    const made = make("button", { type: "button", textContent: text });
    made.addEventListener("click", () => { build(act(read())); changed(); });
    return made;
  };
  const add = button(`Add to ${label}`, (values) => [...values, startOf(schemaAt(values.length))]);
  const drop = button(`Remove the last of ${label}`, (values) => values.slice(0, -1));
  fieldset.append(list, make("div", { className: "row" }, add, drop));
  build(value);
  return { element: fieldset, read };
};
const arrayEditor = (label, schema, value, changed) => {
  const first = schema.prefixItems ?? (Array.isArray(schema.items) ? schema.items : []);
  const rest = (Array.isArray(schema.items) ? schema.additionalItems : schema.items) ?? true;
  const schemaAt = (at) => first[at] ?? rest;
  const fixed = rest === false ? first.length : Infinity;
  const bounds = { least: schema.minItems ?? 0, most: Math.min(schema.maxItems ?? Infinity, fixed) };
  return listEditor(label, schemaAt, value, changed, bounds);
};

// One of several schemas: the select says which; its form is below.
const variantName = (given, at) => {
  const schema = followed(given);
  const named = given?.$ref?.split("/").pop() ?? schema?.title;
  return named ?? (("const" in Object(schema)) ? JSON.stringify(schema.const) : typesOf(Object(schema)).join(" | ") || `${at + 1}`);
};
const variantEditor = (label, variants, value, changed) => {
  const select = make("select", {}, ...variants.map((one, at) => make("option", { textContent: variantName(one, at) })));
  select.selectedIndex = Math.max(0, variants.findIndex((one) => fitsRoughly(one, value)));
  const place = make("div");
  let inner;
  const build = (from) => {
    inner = editor(label, variants[select.selectedIndex], from, changed);
    place.replaceChildren(inner.element);
  };
  build(value);
  select.addEventListener("change", () => { build(startOf(variants[select.selectedIndex])); changed(); });
  return { element: make("div", {}, labelled(`${label} is`, select), place), read: () => inner.read() };
};

const editor = (label, given, value, changed) => {
  const schema = followed(given);
  if (typeof schema !== "object") return jsonEditor(label, value, changed);
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants && !schema.properties) return variantEditor(label, variants, value, changed);
  const types = typesOf(schema);
  if (types.length > 1) return variantEditor(label, types.map((type) => ({ ...schema, type })), value, changed);
  if (!fitsRoughlyHere(schema, value)) return jsonEditor(label, value, changed);
  if (schema.enum) return choiceEditor(label, schema.enum, value, changed);
  if ("const" in schema) return choiceEditor(label, [schema.const], value, changed);
  if (types[0] === "object" || schema.properties) return kindOf(value) === "object" ? objectEditor(label, schema, value, changed) : jsonEditor(label, value, changed);
  if (types[0] === "array") return arrayEditor(label, schema, value, changed);
  if (types[0] === "boolean") return choiceEditor(label, [true, false], value, changed);
  if (types[0] === "null") return choiceEditor(label, [null], value, changed);
  if (types[0] === "string") return textEditor(label, schema, value, changed);
  return types.length ? numberEditor(label, schema, value, changed) : jsonEditor(label, value, changed);
};
// A value of another type stays as it was written: the form would lose it.
const fitsRoughlyHere = (schema, value) => fitsType(schema, value)
  && (!schema.enum || schema.enum.some((one) => shown(one) === shown(value)))
  && (!("const" in schema) || shown(schema.const) === shown(value));

const refTo = (name) => ({ $ref: `#/components/schemas/${name}` });

// The arguments of a message: JSON of one is its value, of several the list of all.
const startOfMessage = ({ args, least, several, examples }) => {
  if (examples.length) return examples[0];
  const values = args.slice(0, several ? Math.max(least, 0) : 1).map((name) => startOf(refTo(name)));
  return several ? values : values[0];
};
const messageEditor = ({ args, least, rest, several }, value, changed) => {
  if (!several) return args.length ? editor("Argument", refTo(args[0]), value, changed) : null;
  if (!Array.isArray(value)) return jsonEditor("Arguments", value, changed);
  const schemaAt = (at) => (at < args.length ? refTo(args[at]) : rest ? refTo(rest) : true);
  return listEditor("Argument", schemaAt, value, changed, { least, most: rest ? Infinity : args.length });
};
