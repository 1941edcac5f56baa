// Making elements, and the little Markdown that comments use.

/** An element with properties or attributes and children; empty children are left out. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'class') element.className = value;
    else if (name in element && typeof value !== 'string') element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ''));
  return element;
}

/** Text with `code` between backticks. */
export function inline(text) {
  return text.split('`').map((part, at) => (at % 2 ? h('code', {}, part) : part));
}

/** Paragraphs and lists. */
export function prose(text = '') {
  return text.split(/\n{2,}/).filter(Boolean).map((block) => {
    const lines = block.split('\n');
    if (!lines.every((line) => line.startsWith('- '))) return h('p', {}, inline(block));
    return h('ul', {}, lines.map((line) => h('li', {}, inline(line.slice(2)))));
  });
}

/** A block of code with a button that copies it. `text` may change: `show(text)`. */
export function code(label, text) {
  const content = h('code', {}, text);
  const done = h('span', { class: 'quiet', role: 'status' });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(content.textContent);
      done.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(content);
      done.textContent = 'Selected: press Ctrl+C';
    }
    setTimeout(() => { done.textContent = ''; }, 2500);
  };
  const block = h('figure', { class: 'code' },
    h('figcaption', {}, h('span', {}, label), done, h('button', { type: 'button', onclick: copy }, 'Copy')),
    h('pre', { tabindex: '0', 'aria-label': label }, content));
  block.show = (changed) => { content.textContent = changed; };
  return block;
}
