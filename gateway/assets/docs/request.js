// Calling an operation from the page, and the same call for curl.

import { h, code } from './dom.js';
import { resolve, sample } from './schema.js';

/** Most characters of an answer that are shown. */
const SHOWN = 200_000;

// Kept in memory alone, so that it is gone with the page.
let token = '';

/** The form of an operation. */
export function request(operation, server) {
  const inputs = (operation.parameters ?? []).map(resolve).map((parameter) => ({ parameter, input: field(parameter) }));
  const body = bodyField(operation);
  const bearer = h('input', { type: 'password', value: token, autocomplete: 'off', spellcheck: 'false', placeholder: 'access_token of a session' });
  const result = h('div', { class: 'result' });
  const curl = code('curl', '');
  const call = () => built(operation, inputs, body);
  const refresh = () => {
    token = bearer.value.trim();
    curl.show(curlOf(call(), server));
  };
  const form = h('form', { class: 'try', oninput: refresh, onsubmit: (event) => {
    event.preventDefault();
    send(call(), result, form.querySelector('[type=submit]'));
  } },
    h('label', {}, h('span', {}, 'Bearer token'), bearer),
    inputs.map(({ parameter, input }) => h('label', {},
      h('span', {}, parameter.name, parameter.required ? h('span', { class: 'required' }, ' required') : ''), input)),
    body ? h('label', {}, h('span', {}, 'Body'), body.input) : '',
    h('div', { class: 'actions' }, h('button', { type: 'submit', class: 'primary' }, 'Send')));
  refresh();
  return [form, result, curl];
}

function field({ name, schema, required }) {
  const target = resolve(schema);
  const label = { name, autocomplete: 'off', required: Boolean(required) };
  if (target.enum) {
    return h('select', label, required ? '' : h('option', { value: '' }, '(none)'), target.enum.map((value) => h('option', {}, value)));
  }
  const number = target.type === 'integer';
  return h('input', { ...label, type: 'text', inputmode: number ? 'numeric' : undefined, spellcheck: 'false',
    value: required ? String(sample(target)) : '' });
}

function bodyField({ requestBody }) {
  if (!requestBody) return null;
  const [type, { schema }] = Object.entries(requestBody.content)[0];
  const text = schema ? JSON.stringify(sample(schema), null, 2) : '{}';
  const input = h('textarea', { rows: String(Math.min(Math.max(text.split('\n').length, 3), 16)), spellcheck: 'false' });
  input.value = text;
  return { type: type === '*/*' ? 'application/json' : type, input };
}

function built({ path, verb, responses }, inputs, body) {
  const headers = {};
  const query = new URLSearchParams();
  let address = path;
  for (const { parameter, input } of inputs) {
    const value = input.value;
    if (parameter.in === 'path') address = address.replace(`{${parameter.name}}`, encodeURIComponent(value));
    else if (value === '') continue;
    else if (parameter.in === 'header') headers[parameter.name] = value;
    else query.append(parameter.name, value);
  }
  const types = Object.keys(resolve(responses['200']).content ?? {});
  if (types.includes('text/event-stream')) headers.Accept = 'text/event-stream';
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers['Content-Type'] = body.type;
  const search = query.toString();
  return { method: verb.toUpperCase(), url: address + (search ? `?${search}` : ''), headers, body: body?.input.value };
}

const quoted = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

function curlOf({ method, url, headers, body }, server) {
  const parts = [`curl -X ${method} ${quoted(server + url)}`];
  if (headers.Accept) parts[0] = parts[0].replace('curl', 'curl -N');
  for (const [name, value] of Object.entries(headers)) {
    // The token stays out of what people paste elsewhere.
    parts.push(`-H ${name === 'Authorization' ? '"Authorization: Bearer $TOKEN"' : quoted(`${name}: ${value}`)}`);
  }
  if (body !== undefined) parts.push(`-d ${quoted(compact(body))}`);
  return parts.join(' \\\n  ');
}

/** JSON without its line breaks, where it is JSON. */
function compact(text) {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

async function send({ method, url, headers, body }, result, button) {
  const stop = new AbortController();
  const state = h('p', { role: 'status' }, 'Waiting…');
  const end = h('button', { type: 'button', onclick: () => stop.abort() }, 'Stop');
  const output = code('Answer', '');
  result.replaceChildren(state, end);
  button.disabled = true;
  const began = performance.now();
  try {
    const answer = await fetch(url, { method, headers, body, signal: stop.signal });
    const took = Math.round(performance.now() - began);
    state.replaceChildren(h('span', { class: `status ${answer.ok ? 'good' : 'bad'}` }, String(answer.status)),
      ` ${answer.headers.get('content-type') ?? 'no content'}, ${took} ms`);
    result.append(output);
    await read(answer, output);
  } catch (error) {
    if (!stop.signal.aborted) state.textContent = `No answer: ${error.message}`;
  } finally {
    end.remove();
    button.disabled = false;
  }
}

/** Shows an answer as it comes; JSON is laid out once it is whole. */
async function read(answer, output) {
  let text = '';
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  while (reader && text.length < SHOWN) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
    output.show(text);
  }
  if (text.length >= SHOWN) {
    await reader.cancel();
    text = `${text.slice(0, SHOWN)}…`;
  }
  try {
    output.show(JSON.stringify(JSON.parse(text), null, 2));
  } catch {
    output.show(text);
  }
}
