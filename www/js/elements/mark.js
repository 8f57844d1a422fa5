// mark.js: the bird. The same drawing as favicon.svg, here because nothing may be asked for before the page lives.

import { drawing } from '../html.js';

const PARTS = [
  ['#0d4f63', 'M5 58 26 32l9 9z'],
  ['#15191f', 'M46 12c-7 0-11 4-13.5 8.5C29 26 21 28 20 38c-.8 8 5 14 13 14 11 0 20-8 20-20 0-3 .6-6 .6-9C53.6 16.5 51 12 46 12z'],
  ['#fff', 'M52.8 28C49 32 41 32 38 38c-2.6 5.3.5 11 3 12.3C48.5 47 53 40.5 53 32z'],
  ['#15819c', 'M42 27c-9-1.5-17 4-22.5 20.5C31 49 41.5 42 42 27z'],
  ['#fff', 'M42 27c-4.5-.8-8.8.3-12.5 3.6C34 31 38 33 40.3 36.5 41.5 33.7 42 30.5 42 27z'],
  ['#15191f', 'M53 18.5l8 3.8-7.6 3z'],
];

export const mark = () => drawing({ viewBox: '0 0 64 64', class: 'mark', width: 40, height: 40, 'aria-hidden': true },
  ['rect', { width: 64, height: 64, fill: '#f6c667' }],
  ...PARTS.map(([fill, d]) => ['path', { fill, d, transform: 'translate(1.5 3.5) scale(.9)' }]),
  ['circle', { cx: 43.8, cy: 21.05, r: 1.71, fill: '#fff' }]);
