// press.js: the right button, the menu key, or a finger that stays: they ask for a menu.

const LONG = 500;
const STILL = 10;                        // pixels that a finger may move

/** @typedef {{ x: number, y: number }} Point */

/**
 * @param {HTMLElement} node @param {AddEventListenerOptions['signal']} signal
 * @param {(target: Element, at: Point | null) => boolean} act  null: by a key. Answers whether there is such a menu
 */
export function onPress(node, signal, act) {
  /** @type {(Point & { target: Element }) | null} */
  let start = null;
  let timer = 0;
  let wasLong = false;
  const end = () => { clearTimeout(timer); start = null; };
  const on = (/** @type {string} */ type, /** @type {(event: any) => void} */ does, /** @type {boolean} */ isFirst = false) =>
    node.addEventListener(type, does, { signal, capture: isFirst });
  on('contextmenu', (event) => {
    const isKey = event.pointerType === '' || event.button !== 2 && event.pointerType !== 'touch';
    end();
    if (wasLong || act(event.target, isKey && event.clientX === 0 ? null : { x: event.clientX, y: event.clientY })) event.preventDefault();
  });
  on('pointerdown', (event) => {
    end();
    wasLong = false;
    if (event.pointerType !== 'touch' || !event.isPrimary) return;
    start = { x: event.clientX, y: event.clientY, target: event.target };
    timer = window.setTimeout(() => { if (start) wasLong = act(start.target, start); }, LONG);
  });
  on('pointermove', (event) => {
    if (start && Math.hypot(event.clientX - start.x, event.clientY - start.y) > STILL) end();
  });
  for (const type of ['pointerup', 'pointercancel']) on(type, end);
  on('click', (event) => {
    if (!wasLong) return;
    wasLong = false;                                       // the finger goes up: that is no click
    event.preventDefault();
    event.stopPropagation();
  }, true);
}
