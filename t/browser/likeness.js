// likeness.js: whether two pictures of a page are alike, seen from some steps away: letters may be another font's, while
// colours, areas and distances may not. What is kept of a view is its picture, and where some parts of it stood.

export const CELL = 40;                  // pixels of the page, of which a picture is compared by the mean
const COLOUR = 26;                       // of 255, in one of red, green and blue: what a cell may differ by
const CELLS = 0.12;                      // of all cells: how many may differ by more
const PLACE = 12;                        // pixels that an edge may be away,
const DRIFT = 0.05;                      // and, where there is text above it, this much of how far it is from the top

/** What is looked at, where a view has it: the first of each that shows; and its edges: t and b where there may be text above. */
const PARTS = {
  list: ['.side', 'LTRB'], middle: ['.middle', 'LTRB'], details: ['magpie-details', 'LTRB'], bar: ['.tabs', 'LTRB'], head: ['.middle .head', 'LTRB'],
  search: ['.search', 'LTRB'], row: ['.conversation', 'LTRB'], log: ['.log', 'LRB'], composer: ['magpie-composer', 'LTRB'], box: ['.composer textarea', 'LTRB'],
  send: ['.send', 'LTRB'], announcement: ['magpie-announcement', 'LTR'], theirs: ['.theirs .bubble', 'L'], mine: ['.mine .bubble', 'R'], card: ['.card', 'LtRb'],
  sheet: ['.sheet', 'LTRB'], panel: ['.panel', 'LtR'], 'title of the panel': ['.panel h2', 'LtRb'], field: [':is(.card, .panel, .sheet) .field input', 'LR'],
  entries: ['.entries', 'LR'], contact: ['.contact', 'LR'], face: [':is(.profile, .card-head) .avatar', 'L'], profile: ['.profile', 'LtR'],
  dialog: ['dialog[open]', 'LTRB'], 'first of the dialog': ['dialog[open] :is(input, button)', 'LTRB'],
};

/** Where the parts of a page are: the left, top, right and bottom edge. @param {import('playwright-core').Page} page */
export const places = (page) => page.evaluate((parts) => Object.fromEntries(Object.entries(parts).flatMap(([part, [selector]]) => {
  const box = [...document.querySelectorAll(selector)].map((node) => node.getBoundingClientRect())
    .find(({ width, height, top, bottom }) => width > 0 && height > 0 && bottom > 0 && top < innerHeight);
  return box ? [[part, [box.left, box.top, box.right, box.bottom].map(Math.round)]] : [];
})), PARTS);

/** What of the parts is elsewhere. */
export function moved(kept, now) {
  return [...new Set([...Object.keys(kept), ...Object.keys(now)])].flatMap((part) => {
    if (!kept[part] || !now[part]) return [`${part} ${kept[part] ? 'has gone' : 'has come'}`];
    const [, edges] = PARTS[part];
    const isOff = (edge, i) => Math.abs(edge - now[part][i]) > PLACE + (edges.includes('ltrb'[i]) ? DRIFT * edge : 0);
    const isFar = (edge, i) => edges.toUpperCase().includes('LTRB'[i]) && isOff(edge, i);
    return kept[part].some(isFar) ? [`${part} stood at ${kept[part]}, and is at ${now[part]}`] : [];
  });
}

/** A page of its own that reads and writes pictures, as browsers can anyway. */
export class Easel {
  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.page = page;
  }

  /** @param {string} type @param {Buffer | string} bytes @param {number} [quality] @returns {Promise<Buffer>} */
  async webp(type, bytes, quality = 0.8) {
    const data = await this.page.evaluate(async ([source, q]) => {
      const image = Object.assign(new Image(), { src: source });
      await image.decode();
      const canvas = Object.assign(document.createElement('canvas'), { width: image.naturalWidth, height: image.naturalHeight });
      canvas.getContext('2d').drawImage(image, 0, 0);
      return canvas.toDataURL('image/webp', q);
    }, [address(type, bytes), quality]);
    return Buffer.from(data.split(',')[1], 'base64');
  }

  /** The share of the cells of a picture that are of another colour in the other. @param {Buffer} webp @param {Buffer} png */
  async differing(webp, png, across) {
    const [kept, now] = await this.page.evaluate(([sources, columns]) => Promise.all(sources.map(async (source) => {
      const image = Object.assign(new Image(), { src: source });
      await image.decode();
      const { naturalWidth: width, naturalHeight: height } = image;
      const pen = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d', { willReadFrequently: true });
      pen.drawImage(image, 0, 0);
      const { data } = pen.getImageData(0, 0, width, height);
      const size = width / columns;
      const rows = Math.ceil(height / size);
      const cells = Array.from({ length: columns * rows }, () => [0, 0, 0, 0]);
      for (let y = 0, at = 0; y < height; y++) for (let x = 0; x < width; x++, at += 4) {
        const cell = cells[Math.floor(y / size) * columns + Math.floor(x / size)];
        for (let i = 0; i < 3; i++) cell[i] += data[at + i];
        cell[3]++;
      }
      return cells.map(([r, g, b, count]) => [r / count, g / count, b / count]);
    })), [[address('image/webp', webp), address('image/png', png)], across]);
    if (kept.length !== now.length) return 1;
    return kept.filter((cell, i) => cell.some((value, j) => Math.abs(value - now[i][j]) > COLOUR)).length / kept.length;
  }
}

export const isAlike = (share) => share <= CELLS;

const address = (type, bytes) => `data:${type};base64,${Buffer.from(bytes).toString('base64')}`;
