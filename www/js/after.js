// after.js: what can wait until the first poll is on its way: that this page can be installed and opened without a network
// (sw.js), and that it hears of newer ones.

import { button, h } from './html.js';
import { t } from './i18n.js';
import { upgraded } from './lazy.js';
import { fileAt, loadAnew, mend, VERSION } from './site.js';
import { Upgrade } from './upgrade.js';

/** @param {Pick<import('./upgrade.js').Needs, 'api' | 'clock'>} world @param {boolean} isCurrent  this page, as was just asked
 * @returns {Upgrade | null} null where there are no versions */
export function settle(world, isCurrent) {
  document.head.append(Object.assign(document.createElement('link'), { rel: 'manifest', href: fileAt('manifest.webmanifest') }));
  if (!VERSION) return null;
  keepShell().catch((problem) => console.error(problem));
  const reload = () => freshly(world.api);
  const upgrade = new Upgrade({ ...world, version: VERSION, offer: () => offer(reload), reload, isWriting });
  Object.assign(upgraded, { check: () => upgrade.check(), mend: () => mend(world.api) });
  document.body.addEventListener('reload', reload);
  upgrade.start(isCurrent);
  return upgrade;
}

async function keepShell() {
  const address = '/sw.js';
  const { trustedTypes } = /** @type {any} */ (window);
  const trusted = trustedTypes?.createPolicy('magpie', { createScriptURL: () => address }).createScriptURL(address) ?? address;
  await navigator.serviceWorker?.register(trusted, { updateViaCache: 'none' });
}

/** @param {() => void} reload */
function offer(reload) {
  navigator.serviceWorker?.getRegistration().then((registration) => registration?.update()).catch(() => {});
  document.body.append(h('div', { class: 'toast offer', role: 'status' }, h('span', { text: t('problem.upgraded') }),
    button({ label: t('action.reload'), class: 'link' }, reload)));
}

/** Without what is kept of this version, since that would be what sw.js answers with; but with it where there is no
 * network. @param {Pick<import('./api.js').Api, 'get'>} api */
async function freshly(api) {
  const isThere = await api.get('/version.json').then(() => true, () => false);
  if (isThere) await loadAnew().catch(() => location.reload());
  else location.reload();
}

function isWriting() {
  /** @type {NodeListOf<HTMLInputElement | HTMLTextAreaElement>} */
  const boxes = document.querySelectorAll('textarea, input:not([type="checkbox"], [type="radio"])');
  return [...boxes].some((box) => box.value !== box.defaultValue);
}
