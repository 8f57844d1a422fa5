// device.js: what a browser's User-Agent says of a device, in few words. Pure.

import { t } from './i18n.js';

// In this order: most browsers also claim to be those below them.
const BROWSERS = [
  ['Edge', /\bEdgA?\/|\bEdgiOS\//], ['Opera', /\bOPR\/|\bOpera\//], ['Samsung Internet', /\bSamsungBrowser\//], ['Vivaldi', /\bVivaldi\//],
  ['WeChat', /\bMicroMessenger\//], ['Firefox', /\bFirefox\/|\bFxiOS\//], ['Chrome', /\b(?:Headless)?Chrome\/|\bCriOS\//],
  ['Safari', /\bVersion\/[\d.]+.*\bSafari\//],
];
const SYSTEMS = [
  ['iPhone', /\biPhone\b/], ['iPad', /\biPad\b/], ['Android', /\bAndroid\b/], ['ChromeOS', /\bCrOS\b/], ['Windows', /\bWindows\b/],
  ['macOS', /\bMac OS X\b|\bMacintosh\b/], ['Linux', /\bLinux\b|\bX11\b/],
];

/** @param {(string | RegExp)[][]} names @param {string} agent */
const first = (names, agent) => /** @type {string | undefined} */ (names.find(([, pattern]) => /** @type {RegExp} */ (pattern).test(agent))?.[0]);

/** "Firefox on Linux"; of what is no browser its own name; else that it isn't known. @param {string} agent */
export function deviceName(agent) {
  const browser = first(BROWSERS, agent);
  const system = first(SYSTEMS, agent);
  if (browser && system) return t('sessions.device', { browser, system });
  const own = agent.startsWith('Mozilla/') ? '' : /^[\p{L}\p{N}._-]{1,40}/u.exec(agent)?.[0];
  return browser ?? system ?? (own || t('sessions.device-unknown'));
}
