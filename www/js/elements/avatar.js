// avatar.js: a face made of initials.

import { h } from '../html.js';
import { initials, tint } from '../text.js';

/** @param {string} type @param {number} id @param {string} name @param {{ size?: 'small' | 'large', state?: import('../types.js').PresenceState }} [options] */
export function avatar(type, id, name, options = {}) {
  const text = initials(name);
  return h('span', {
    class: `avatar tint-${tint(type, id)} ${options.size ?? ''} ${type}`, 'aria-hidden': 'true',
  }, h('span', { text }), options.state && options.state !== 'offline' && h('span', { class: `dot ${options.state}` }));
}
