// avatar.js: a face made of initials.

import { h } from '../html.js';
import { initials, tint } from '../text.js';

/** @param {string} type @param {number} id @param {string} name @param {{ size?: 'small' | 'large', online?: boolean }} [options] */
export function avatar(type, id, name, options = {}) {
  const text = initials(name);
  return h('span', {
    class: `avatar tint-${tint(type, id)} ${options.size ?? ''} ${type}`, 'aria-hidden': 'true',
  }, h('span', { text }), options.online && h('span', { class: 'dot' }));
}
