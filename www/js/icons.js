// icons.js: drawings of what isn't fetched at first; see html.js.

/** @type {Record<string, string[]>} */
export const ICONS = {
  'add-friend': ['M10 11.5a3.75 3.75 0 1 0 0-7.5 3.75 3.75 0 0 0 0 7.5z',
    'M3 20c.4-3.6 3.3-5.8 7-5.8 1.6 0 3 .4 4.2 1.1', 'M18.5 15v6', 'M15.5 18h6'],
  edit: ['M5 19l1-4L16 5l3 3L9 18z', 'M14 7l3 3'],
  up: ['M6 14.5l6-6 6 6'],
  block: ['M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z', 'M6 6l12 12'],
  lists: ['M9 6.5h11', 'M9 12h11', 'M9 17.5h11', 'M4.5 6.5v.1', 'M4.5 12v.1', 'M4.5 17.5v.1'],
  trash: ['M5 7h14', 'M9.5 7V4.5h5V7', 'M7 7l.8 12.5h8.4L17 7'],
};
