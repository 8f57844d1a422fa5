// avatar.js: a face: a picture, or what is there until it comes and where there is none: initials.

import { h } from '../html.js';
import { initials, tint } from '../text.js';

/** @param {string} type @param {number} id @param {string} name
 * @param {{ size?: 'small' | 'large', state?: import('../types.js').PresenceState, picture?: string | null }} [options]  picture: its id */
export function avatar(type, id, name, options = {}) {
  const text = initials(name);
  return h('span', {
    class: `avatar tint-${tint(type, id)} ${options.size ?? ''} ${type}`, 'aria-hidden': 'true',
  }, h('span', { text }), options.picture && face(`/api/avatars/${options.picture}`),
  options.state && options.state !== 'offline' && h('span', { class: `dot ${options.state}` }));
}

/** A picture above the initials. One that doesn't come goes. @param {string} src */
export function face(src) {
  const img = h('img', { alt: '', loading: 'lazy', decoding: 'async', draggable: 'false' });
  img.addEventListener('error', () => img.remove(), { once: true });
  img.src = src;
  return img;
}
