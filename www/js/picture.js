// picture.js: what is sent of a picture that somebody chose: its centred square, small, as JPEG. The browser
// decodes it, turns it upright, and drops what else the file says; the server does so again for what comes from elsewhere.

import { Problem } from './api.js';

export const SIDE = 512;
const QUALITY = 0.92;
const WHOLE_MAX = 2 * 1024 * 1024;
const TAKEN = ['image/png', 'image/jpeg', 'image/webp'];

/** The part of a picture that is kept. @param {number} width @param {number} height */
export function squareOf(width, height) {
  const side = Math.min(width, height);
  return { x: Math.floor((width - side) / 2), y: Math.floor((height - side) / 2), side, out: Math.min(side, SIDE) };
}

/** @param {File} file @returns {Promise<Blob>} what the server takes; throws a Problem */
export async function prepared(file) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (bitmap) return shrunk(bitmap);
  if (TAKEN.includes(file.type) && file.size <= WHOLE_MAX) return file;      // the server may know it better
  throw new Problem('bad-picture', 422);
}

/** @param {ImageBitmap} bitmap @returns {Promise<Blob>} */
async function shrunk(bitmap) {
  const { x, y, side, out } = squareOf(bitmap.width, bitmap.height);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = out;
  const pen = canvas.getContext('2d');
  if (!pen) throw new Problem('bad-picture', 422);
  pen.fillStyle = '#fff';                                                    // JPEG knows no transparency
  pen.fillRect(0, 0, out, out);
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(bitmap, x, y, side, side, 0, 0, out, out);
  bitmap.close();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
  if (!blob) throw new Problem('bad-picture', 422);
  return blob;
}
