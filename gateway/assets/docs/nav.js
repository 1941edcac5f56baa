// The list of operations and schemas, and the search in it.

import { h } from './dom.js';

const VERBS = ['get', 'post', 'put', 'patch', 'delete'];

/** Every operation of the document, with its path and method. */
export function operations(document) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    VERBS.filter((verb) => item[verb]).map((verb) => ({ path, verb, ...item[verb] })));
}

/** Fills the navigation; gives a function that marks the entry of a hash. */
export function navigation(document, all) {
  const entries = window.document.getElementById('entries');
  const found = window.document.getElementById('found');
  const search = window.document.getElementById('search');
  const groups = [...document.tags.map((tag) => tagGroup(tag.name, all)), schemaGroup(document)];
  entries.append(...groups.map((group) => group.element));

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const group of groups) count += show(group, words);
    found.textContent = words.length ? `${count || 'Nothing'} found` : '';
  };
  search.addEventListener('input', filter);
  search.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    entries.querySelector('details[open] li:not([hidden]) a')?.click();
  });
  window.document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target.closest('input, textarea, select')) return;
    event.preventDefault();
    search.focus();
  });
  return (hash) => mark(entries, hash);
}

function show(group, words) {
  let count = 0;
  for (const { element, text } of group.items) {
    const fits = words.every((word) => text.includes(word));
    element.hidden = !fits;
    count += fits;
  }
  group.element.hidden = !count;
  group.element.open = words.length ? count > 0 : group.open;
  return count;
}

function mark(entries, hash) {
  entries.querySelector('[aria-current]')?.removeAttribute('aria-current');
  const link = [...entries.querySelectorAll('a')].find((a) => a.getAttribute('href') === hash);
  if (!link) return;
  link.setAttribute('aria-current', 'page');
  link.closest('details').open = true;
  link.scrollIntoView({ block: 'nearest' });
}

function tagGroup(tag, all) {
  const items = all.filter((operation) => operation.tags.includes(tag)).map((operation) => {
    const { path, verb, operationId, summary, description } = operation;
    const link = h('a', { href: `#/operation/${operationId}`, title: summary },
      h('span', { class: `verb ${verb}` }, verb), ' ', h('span', {}, breakable(path)));
    const text = [verb, path, operationId, summary, description].join(' ').toLowerCase();
    return { element: h('li', {}, link), text };
  });
  return group(tag, items, tag !== 'rpc');
}

function schemaGroup(document) {
  const items = Object.entries(document.components.schemas).map(([name, schema]) => ({
    element: h('li', {}, h('a', { href: `#/schema/${name}` }, breakable(name))),
    text: `${name} ${schema.description ?? ''}`.toLowerCase(),
  }));
  return group('Schemas', items, false);
}

function group(title, items, open) {
  const element = h('details', {}, h('summary', {}, title, h('span', { class: 'quiet' }, ` ${items.length}`)),
    h('ul', {}, items.map((item) => item.element)));
  element.open = open;
  return { element, items, open };
}

/** A path that may be broken before its slashes and after its dots. */
export function breakable(path) {
  return path.split(/(?=\/)|(?<=\.)/).flatMap((part, at) => (at ? [h('wbr'), part] : [part]));
}
