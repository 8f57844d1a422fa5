// tone.js: a short soft sound, made here.

const NOTES = [587, 880];                // hertz
const APART = 0.12;                      // seconds
const LASTS = 0.5;
const LOUD = 0.07;

/** @type {AudioContext | null} */
let context = null;
let timer = 0;

/** Called within a click or the press of a key: only then browsers allow sounds, from then on. */
export function allowTone() {
  if (context || !window.AudioContext) return;
  context = new AudioContext();
  rest();
}

/** Answers whether it may. */
export function playTone() {
  if (!context) return false;
  sound(context);
  return true;
}

/** @param {AudioContext} on */
async function sound(on) {
  window.clearTimeout(timer);
  await on.resume();
  for (const [i, pitch] of NOTES.entries()) note(on, pitch, on.currentTime + i * APART);
  timer = window.setTimeout(rest, 1000 * (LASTS + NOTES.length * APART));
}

/** Else it would cost something for as long as the page lives. */
function rest() {
  context?.suspend();
}

/** @param {AudioContext} on @param {number} pitch @param {number} at */
function note(on, pitch, at) {
  const [voice, volume] = [on.createOscillator(), on.createGain()];
  voice.type = 'sine';
  voice.frequency.value = pitch;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(LOUD, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + LASTS);
  voice.connect(volume).connect(on.destination);
  voice.start(at);
  voice.stop(at + LASTS);
}
