// menu.js: a menu at a place of the page; on a phone at its foot. Esc, Tab or a click beside it closes it.

import { h, icon } from '../html.js';

/**
 * @typedef {object} Item
 * @property {string} label
 * @property {string} icon
 * @property {() => void} act
 * @property {boolean} [isDanger]
 * @property {boolean} [checked]  of what is on or off
 */

/** @typedef {{ x: number, y: number }} Point */

/**
 * @param {string} name  whose menu it is @param {string} label @param {Element | Point} at @param {(Item | false)[]} items
 * @param {() => HTMLElement | null} [back]  where the focus goes afterwards if what had it is gone
 */
export function openMenu(name, label, at, items, back) {
  if (document.querySelector('dialog[open]')) return;
  const nodes = items.filter((item) => item !== false).map((item) => entry(item, (act) => { dialog.close(); act(); }));
  const menu = h('div', { role: 'menu', 'aria-label': label }, ...nodes);
  const dialog = h('dialog', { class: 'menu', 'aria-label': label, tabindex: '-1' },
    h('p', { class: 'menu-title', dir: 'auto', 'aria-hidden': 'true', text: name }), menu);
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (document.activeElement === document.body) back?.()?.focus();
  });
  let isPressed = false;                                    // the finger that has opened it goes up without
  dialog.addEventListener('pointerdown', () => { isPressed = true; });
  dialog.addEventListener('click', (event) => event.target === dialog && isPressed && dialog.close());
  dialog.addEventListener('contextmenu', (event) => event.preventDefault());
  dialog.addEventListener('keydown', (event) => move(event, nodes, () => dialog.close()));
  document.body.append(dialog);
  dialog.showModal();
  place(dialog, at);
  // Who has written before is taken for somebody with a keyboard, and a finger that stays is no click that would tell otherwise:
  // on a touch screen there would be a ring. The keys work from here as well.
  (window.matchMedia('(hover: none)').matches ? dialog : nodes[0])?.focus();
}

/** @param {Item} item @param {(act: () => void) => void} choose */
function entry(item, choose) {
  const isSwitch = item.checked !== undefined;
  const node = h('button', {
    type: 'button', class: item.isDanger ? 'danger' : undefined, role: isSwitch ? 'menuitemcheckbox' : 'menuitem', tabindex: '-1',
    'aria-checked': isSwitch ? String(item.checked) : undefined,
  }, icon(item.icon), h('span', { text: item.label }), item.checked === true && icon('check'));
  node.addEventListener('click', () => choose(item.act));
  return node;
}

/** @param {KeyboardEvent} event @param {HTMLElement[]} nodes @param {() => void} close */
function move(event, nodes, close) {
  const at = nodes.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const to = { ArrowDown: (at + 1) % nodes.length, ArrowUp: (Math.max(at, 0) + nodes.length - 1) % nodes.length, Home: 0, End: nodes.length - 1 }[event.key];
  if (event.key === 'Tab') close();
  else if (to === undefined) return;
  else nodes[to].focus();
  event.preventDefault();
}

/** Beside its place, and within the window. @param {HTMLElement} dialog @param {Element | Point} at */
function place(dialog, at) {
  const box = at instanceof Element ? at.getBoundingClientRect() : null;
  const point = box ? { x: box.right - dialog.offsetWidth, y: box.bottom + 4 } : /** @type {Point} */ (at);
  const below = point.y + dialog.offsetHeight + 8 <= window.innerHeight;
  const y = below ? point.y : (box ? box.top - 4 : point.y) - dialog.offsetHeight;
  dialog.style.setProperty('--x', `${Math.max(8, Math.min(point.x, window.innerWidth - dialog.offsetWidth - 8))}px`);
  dialog.style.setProperty('--y', `${Math.max(8, Math.min(y, window.innerHeight - dialog.offsetHeight - 8))}px`);
}
