// One operation: what it does, takes and answers.

import { h, inline, prose, code } from './dom.js';
import { breakable } from './nav.js';
import { request } from './request.js';
import { resolve, row, sample, table } from './schema.js';

const ACCESS = {
  PUBLIC: 'open to anybody',
  SIGNED_IN: 'signed in',
  STAFF: 'staff',
  MANAGER: 'manager',
  ADMIN: 'admin',
};

/** The page of an operation. */
export function operationPage(operation, server) {
  const { path, verb, summary, description } = operation;
  const access = operation['x-marquee-access'];
  return h('article', {},
    h('h1', { tabindex: '-1' }, inline(summary)),
    h('p', { class: 'address' }, h('span', { class: `verb ${verb}` }, verb), ' ', h('code', {}, breakable(path)),
      h('span', { class: 'access' }, ACCESS[access] ?? access)),
    prose(description),
    parameters(operation),
    body(operation),
    h('h2', {}, 'Try it'),
    request(operation, server),
    h('h2', {}, 'Answers'),
    Object.entries(operation.responses).map(([status, answer]) => response(status, resolve(answer))));
}

function parameters(operation) {
  const all = (operation.parameters ?? []).map(resolve);
  if (!all.length) return '';
  return [h('h2', {}, 'Parameters'), h('dl', { class: 'fields' }, all.map((parameter) =>
    row(parameter.name, parameter.schema, { required: parameter.required, description: parameter.description, place: parameter.in })))];
}

function body({ requestBody }) {
  if (!requestBody) return '';
  const [type, { schema }] = Object.entries(requestBody.content)[0];
  return [
    h('h2', {}, 'Body ', h('span', { class: 'quiet' }, type === '*/*' ? 'any content' : type, requestBody.required ? '' : ', may be left out')),
    requestBody.description ? prose(requestBody.description) : '',
    schema ? table(schema) : '',
  ];
}

function response(status, answer) {
  const good = status.startsWith('2');
  const contents = Object.entries(answer.content ?? {});
  const element = h('details', { class: 'answer' },
    h('summary', {}, h('span', { class: `status ${good ? 'good' : 'bad'}` }, status), ' ', inline(answer.description)),
    headers(answer));
  element.open = good;
  const fill = () => {
    if (!element.open || element.dataset.filled) return;
    element.dataset.filled = 'yes';
    element.append(...contents.flatMap(([type, media]) => content(type, media)));
  };
  element.addEventListener('toggle', fill);
  fill();
  return element;
}

function headers(answer) {
  const all = Object.entries(answer.headers ?? {});
  if (!all.length) return '';
  return h('dl', { class: 'fields' }, all.map(([name, header]) => {
    const { schema, description } = resolve(header);
    return row(name, schema, { description, place: 'header' });
  }));
}

function content(type, media) {
  const item = media['x-item-schema'];
  const label = h('p', { class: 'quiet' }, type, media.schema?.description && item ? `: ${media.schema.description}` : '');
  if (item) return [label, table(item), code('One message', pretty(item))];
  // A refusal narrows the common schema; its parts say nothing new but the reasons above.
  const schema = media.schema?.allOf ? media.schema.allOf[0] : media.schema;
  if (!schema) return [label];
  return media.schema.allOf || type.includes('problem') ? [label, table(schema)] : [label, table(schema), code('Example', pretty(schema))];
}

const pretty = (schema) => JSON.stringify(sample(schema), null, 2);

/** The page of a schema. */
export function schemaPage(name, schema) {
  return h('article', {},
    h('h1', { tabindex: '-1' }, breakable(name)),
    schema.enum ? '' : prose(schema.description),
    table(schema),
    schema.enum ? '' : code('Example', pretty(schema)));
}
