// html.js: nodes and text. What comes from people only ever becomes text, never markup.

const SVG = 'http://www.w3.org/2000/svg';
const LINK = /^(https?:\/\/|#\/)/i;

/**
 * Makes an element. `props` are attributes, but for `class` and `text`; false, null and undefined leave one out.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any>} [props]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) set(node, name, value);
  node.append(...children.filter(isThere));
  return node;
}

/** @param {Node | string | null | undefined | false} child @returns {child is Node | string} */
const isThere = (child) => child !== null && child !== undefined && child !== false;

/** @param {HTMLElement} node @param {string} name @param {any} value */
function set(node, name, value) {
  if (value === false || value === null || value === undefined) return;
  if (name.startsWith('on') || name === 'style') throw new TypeError(`${name} is not set by h()`);
  if (name === 'href' && !LINK.test(value)) throw new TypeError('a link leads to http(s) or a place of this page');
  if (name === 'class') node.className = value;
  else if (name === 'text') node.textContent = value;
  else node.setAttribute(name, value === true ? '' : String(value));
}

/** A drawing of 24 by 24 made of strokes. @param {string} name one of ICONS */
export function icon(name) {
  return drawing({ viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': true }, ...ICONS[name].map((d) => ['path', { d }]));
}

/** @param {Record<string, string | number | boolean>} props @param {any[][]} shapes  of each the tag and its attributes */
export function drawing(props, ...shapes) {
  const [svg, ...inner] = [['svg', props], ...shapes].map(([tag, attributes]) => {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
    return node;
  });
  svg.append(...inner);
  return svg;
}

/** Those of icons.js come when what shows them does. @type {Record<string, string[]>} */
const ICONS = {
  back: ['M15 5l-7 7 7 7'],
  send: ['M20 4L3.5 10.2l6.7 3.6L14 20.5z', 'M20 4l-9.8 9.8'],
  down: ['M6 9.5l6 6 6-6'],
  info: ['M12 11v5.5', 'M12 7.6v.1', 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z'],
  settings: ['M4 7h9', 'M19 7h1', 'M16 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
    'M4 17h1', 'M11 17h9', 'M8 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z'],
  check: ['M5 12.5l4.5 4.5L19 7.5'],
  clock: ['M12 7.5V12l3 2', 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z'],
  alert: ['M12 8v5', 'M12 16v.1', 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z'],
  people: ['M5 4h12.5a1.5 1.5 0 0 1 1.5 1.5v13a1.5 1.5 0 0 1-1.5 1.5H5z', 'M12 11.7a2.1 2.1 0 1 0 0-4.2 2.1 2.1 0 0 0 0 4.2z',
    'M8.3 16.5c.3-1.8 1.8-2.7 3.7-2.7s3.4.9 3.7 2.7', 'M3 8h2', 'M3 16h2'],
  plus: ['M12 5v14', 'M5 12h14'],
  search: ['M11 4.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z', 'M16 16l4 4'],
  message: ['M4.5 18.5l1-3.4A7.3 6.7 0 0 1 4 11.2C4 7.4 7.6 4.5 12 4.5s8 2.9 8 6.7-3.6 6.7-8 6.7c-1.2 0-2.4-.2-3.4-.6z'],
  retry: ['M19.5 12a7.5 7.5 0 1 1-2.3-5.4', 'M19.5 4v4h-4'],
  more: ['M5.5 12.7a.7.7 0 1 0 0-1.4.7.7 0 0 0 0 1.4z', 'M12 12.7a.7.7 0 1 0 0-1.4.7.7 0 0 0 0 1.4z', 'M18.5 12.7a.7.7 0 1 0 0-1.4.7.7 0 0 0 0 1.4z'],
  pin: ['M12 15.5V21', 'M8 3.5h8', 'M9.5 3.5V9l-3 3.5v3h11v-3l-3-3.5V3.5'],
  'bell-off': ['M8 6.5A6 6 0 0 1 18 11v4', 'M6 10.5v6L4.5 18H17', 'M10.2 20.8h3.6', 'M4 4l16 16'],
};

/** @param {Record<string, string[]>} more */
export const addIcons = (more) => void Object.assign(ICONS, more);

/**
 * A button; its `title` is what it is called where its label alone would not tell.
 * @param {{ label?: string, icon?: string, class?: string, title?: string, type?: string }} what
 * @param {(event: Event) => void} [act]
 */
export function button(what, act) {
  const node = h('button', {
    type: what.type ?? 'button', class: what.class ?? 'button', title: what.title, 'aria-label': what.title,
  }, what.icon ? icon(what.icon) : null, what.label ? h('span', { text: what.label }) : null);
  if (act) node.addEventListener('click', act);
  return node;
}

/**
 * What stands where there is nothing else to show: a drawing, what it is, what that means, and what to do about it.
 * @param {{ sign: Node, title: string, text?: string, role?: string, within?: boolean }} what  within a page that has a title of its own @param {...(Node | false)} acts
 */
export function blank({ sign, title, text, role, within }, ...acts) {
  return h('div', { class: 'blank', role }, sign, h(within ? 'h2' : 'h1', { dir: 'auto', text: title }), text && h('p', { text }),
    acts.some(isThere) && h('div', { class: 'actions' }, ...acts));
}
