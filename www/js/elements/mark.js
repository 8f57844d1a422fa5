// mark.js: the bird.

import { h } from '../html.js';

/** The drawing is a file, so that the page, its icon and a printed sheet show the same one. */
export const mark = () => h('img', { class: 'mark', src: 'favicon.svg', alt: '', width: 40, height: 40 });
