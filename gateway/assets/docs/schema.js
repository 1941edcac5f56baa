// Schemas: what they are called, what they allow, what they look like.

import { h, inline, prose } from './dom.js';

let components = {};

/** Takes the document all references point into. */
export function use(document) {
  components = document.components;
}

/** Follows a reference; what it stands beside wins. */
export function resolve(value) {
  if (!value || !value.$ref) return value;
  const [, , kind, ...name] = value.$ref.split('/');
  const { $ref, ...beside } = value;
  return { ...components[kind][name.join('/')], ...beside };
}

/** The name a reference to a schema ends with. */
const nameOf = (schema) => schema.$ref && schema.$ref.slice('#/components/schemas/'.length);

/** What a value is: `list of integer`, with links to named schemas. */
export function typeOf(schema) {
  const name = nameOf(schema);
  if (name) return [h('a', { href: `#/schema/${name}` }, name)];
  if (schema.type === 'array') return ['list of ', typeOf(schema.items)];
  if (schema.type === 'object' && schema.additionalProperties) return ['map of ', typeOf(schema.additionalProperties)];
  if (!schema.type) return ['anything'];
  return [schema.type, schema.format ? h('span', { class: 'quiet' }, ` ${schema.format}`) : ''];
}

const between = (least, most, what) => {
  if (least === undefined && most === undefined) return [];
  if (least !== undefined && least === most) return [`exactly ${least}${what}`];
  if (most === undefined) return [`at least ${least}${what}`];
  return [least ? `${least} to ${most}${what}` : `at most ${most}${what}`];
};

/** What a value may be, in words. */
export function limits(schema) {
  const { minimum, maximum, items } = schema;
  const range = minimum !== undefined && maximum !== undefined ? [`${minimum} to ${maximum}`]
    : minimum !== undefined ? [`${minimum} or more`] : maximum !== undefined ? [`${maximum} or less`] : [];
  const characters = schema['x-marquee-characters'];
  const ofItems = items && !items.$ref ? limits(items).map((limit) => `each: ${limit}`) : [];
  return [
    ...range,
    ...between(schema.minLength, schema.maxLength, ' characters'),
    ...between(schema.minItems, schema.maxItems, ' items'),
    ...between(schema.minProperties, schema.maxProperties, ' entries'),
    ...(characters ? [characters] : []),
    ...ofItems,
  ];
}

/** The fields of an object: those always there first, in the order of the contract. */
const fieldsOf = (schema) => {
  const required = schema.required ?? [];
  const others = Object.keys(schema.properties ?? {}).filter((name) => !required.includes(name));
  return [...required, ...others];
};

/** One row of a table of fields or parameters. */
export function row(name, schema, { required, description, place } = {}) {
  return h('div', { class: 'field' },
    h('dt', {}, h('code', {}, name), ' ', h('span', { class: 'type' }, typeOf(schema)),
      place ? h('span', { class: 'quiet' }, ` in ${place}`) : '',
      required ? h('span', { class: 'required' }, ' required') : ''),
    h('dd', {}, inline(description ?? schema.description ?? ''),
      limits(schema).map((limit) => h('span', { class: 'limit' }, limit)),
      nested(schema)));
}

/** What a field holds, to be opened in place. */
function nested(schema) {
  const inner = schema.items ?? (schema.additionalProperties || schema);
  const name = nameOf(inner);
  if (!name) return '';
  const target = resolve(inner);
  if (target.enum) return h('div', { class: 'values' }, target.enum.map((value) => h('code', {}, value)));
  const details = h('details', {}, h('summary', {}, `Fields of ${name}`));
  details.addEventListener('toggle', () => {
    if (details.open && details.childElementCount === 1) details.append(table(target));
  });
  return details;
}

/** All there is to say of a schema. */
export function table(schema) {
  const target = resolve(schema);
  if (target.enum) return h('div', {}, prose(target.description));
  const fields = fieldsOf(target);
  if (target.type !== 'object' || target.additionalProperties && !fields.length) {
    return h('p', {}, typeOf(schema), limits(target).map((limit) => h('span', { class: 'limit' }, limit)));
  }
  if (!fields.length) return h('p', { class: 'quiet' }, 'No fields.');
  return h('dl', { class: 'fields' },
    fields.map((name) => row(name, target.properties[name], { required: target.additionalProperties === false && target.required?.includes(name) })),
    target.not ? h('p', { class: 'quiet' }, 'Of fields that exclude each other only one may be given.') : '');
}

/** A value that fits the schema. */
export function sample(schema, required = true, depth = 0) {
  const target = resolve(schema);
  if (!target || depth > 6) return null;
  if (required && target.examples) return target.examples[0];
  if (target.enum) return required && target.enum.length > 1 && depth > 0 ? target.enum[1] : target.enum[0];
  switch (target.type) {
    case 'array': return required || target.minItems ? [sample(target.items, true, depth + 1)] : [];
    case 'object': return sampleObject(target, required, depth);
    case 'integer':
    case 'number': return required ? Math.max(target.minimum ?? 1, 1) : target.minimum ?? 0;
    case 'boolean': return false;
    default: return required ? text(target) : '';
  }
}

const text = (schema) => 'ABCDEFGH'.slice(0, Math.min(Math.max(schema.minLength ?? 1, 3), schema.maxLength ?? 8));

function sampleObject(schema, required, depth) {
  const excluded = new Set((schema.not?.anyOf ?? []).flatMap((pair) => pair.required.slice(1)));
  // An answer has every field; in a request those that need not be given stay empty.
  const request = schema.additionalProperties === false;
  const entries = fieldsOf(schema).filter((name) => !excluded.has(name)).map((name) => {
    const filled = !request || (schema.required ?? []).includes(name) || Boolean(schema.not);
    return [name, sample(schema.properties[name], required && filled, depth + 1)];
  });
  return Object.fromEntries(entries);
}
