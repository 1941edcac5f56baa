// Loads the description of the API and shows what the address names.

import { h, prose } from './dom.js';
import { navigation, operations } from './nav.js';
import { operationPage, schemaPage } from './operation.js';
import { use } from './schema.js';

const main = document.getElementById('main');
const menu = document.getElementById('menu');

async function start() {
  const answer = await fetch('/openapi.json');
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  const description = await answer.json();
  use(description);
  document.getElementById('version').textContent = description.info.version;
  const all = operations(description);
  const mark = navigation(description, all);
  const server = new URL(description.servers[0].url, location.origin).href.replace(/\/$/, '');
  const show = (first) => {
    const named = location.hash.startsWith('#/');
    // A place in the page, such as its content, changes nothing of what is shown.
    if (!named && location.hash && first !== true) return;
    const hash = named ? location.hash : '#/';
    main.replaceChildren(page(description, all, server, decodeURIComponent(hash.slice(2))));
    mark(hash);
    opened(false);
    document.title = `${main.querySelector('h1').textContent} · Marquee API`;
    if (first !== true) {
      main.querySelector('h1').focus({ preventScroll: true });
      scrollTo(0, 0);
    }
  };
  addEventListener('hashchange', show);
  show(true);
}

function page(description, all, server, place) {
  const [kind, name] = [place.split('/')[0], place.slice(place.indexOf('/') + 1)];
  const operation = kind === 'operation' && all.find((operation) => operation.operationId === name);
  if (operation) return operationPage(operation, server);
  const schema = kind === 'schema' && description.components.schemas[name];
  if (schema) return schemaPage(name, schema);
  return overview(description, all, place !== '');
}

function overview({ info, tags }, all, missed) {
  return h('article', {},
    h('h1', { tabindex: '-1' }, `${info.title} API`),
    missed ? h('p', { class: 'notice' }, 'There is no such operation or schema; this is the overview.') : '',
    prose(info.description),
    tags.map((tag) => [
      h('h2', {}, tag.name),
      prose(tag.description),
      tag.name === 'rpc' ? '' : h('table', {}, h('tbody', {}, all.filter(({ tags }) => tags.includes(tag.name)).map(summaryRow))),
    ]),
    h('p', { class: 'quiet' }, `Version ${info.version}, licence ${info.license.name}.`));
}

const summaryRow = ({ verb, path, operationId, summary }) => h('tr', {},
  h('td', {}, h('a', { href: `#/operation/${operationId}` }, h('span', { class: `verb ${verb}` }, verb), ' ', path)),
  h('td', {}, summary.replaceAll('`', '')));

/** Opens or closes the navigation where it is folded away. */
function opened(open) {
  menu.setAttribute('aria-expanded', String(open));
  document.body.classList.toggle('menu', open);
}

menu.addEventListener('click', () => opened(menu.getAttribute('aria-expanded') !== 'true'));
addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && document.body.classList.contains('menu')) {
    opened(false);
    menu.focus();
  }
});

start().catch((error) => {
  main.replaceChildren(h('h1', {}, 'No description'), h('p', {}, `The description of the API could not be loaded: ${error.message}`));
});
