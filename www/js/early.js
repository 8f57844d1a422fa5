// early.js: what must be so before the page shows, and what somebody does before the app is there. No module, on purpose.
{
  const root = document.documentElement;
  const { src } = /** @type {HTMLScriptElement} */ (document.currentScript);
  /** @type {Record<string, RegExp>} */
  const SPOKEN = { en: /^en\b/i, 'zh-CN': /^zh\b/i };
  const AGAIN = 2000;                    // milliseconds

  /** @param {string} name  of what this browser prefers (prefs.js) */
  const preferred = (name) => {
    try {
      return localStorage.getItem(`magpie.${name}`) ?? '';
    } catch {
      return '';                         // no storage: the browser's preference holds
    }
  };
  const theme = preferred('theme');
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  const language = preferred('language');
  const spoken = navigator.languages.map((wanted) => Object.keys(SPOKEN).find((code) => SPOKEN[code].test(wanted)));
  root.lang = language in SPOKEN ? language : spoken.find(Boolean) ?? 'en';
  // Somebody who may be logged in isn't asked to.
  if (/(?:^|; )(?:__Host-)?csrftoken=[^;]/.test(document.cookie)) root.dataset.session = '';

  /** What is to be done once the app is here. @param {Element | null} button */
  const want = (button) => {
    document.querySelector('[data-early] [aria-busy]')?.removeAttribute('aria-busy');
    button?.setAttribute('aria-busy', 'true');
  };
  /** What is clicked, or sent with Enter, magpie-auth.js carries out then. @param {Event} event @param {Element | null} button */
  const keep = (event, button) => {
    if (!button?.closest('[data-early]')) return;
    event.preventDefault();
    want(button);
  };
  document.addEventListener('submit', (event) => keep(event, event.submitter));
  document.addEventListener('click', (event) => keep(event, /** @type {Element} */ (event.target).closest('[type="button"]')));
  /** What is still being written isn't meant to be sent; to the form for an account it is taken along. */
  document.addEventListener('input', () => document.querySelector('[data-early] [type="submit"][aria-busy]') && want(null));

  const at = (/** @type {string} */ name) => new URL(name, src).href;
  const look = () => new Promise((resolve, reject) => {
    const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: at('../rest.css') });
    link.addEventListener('load', resolve);
    link.addEventListener('error', (event) => {
      link.remove();
      reject(event);
    });
    document.head.append(link);
  });
  const come = async () => {
    const answer = await fetch(at('main.js'));
    if (!answer.ok) throw answer;
    await answer.text();
  };
  /** @param {() => Promise<any>} act @returns {Promise<any>} */
  const persist = (act) => act().catch(() => new Promise((resolve) => setTimeout(resolve, AGAIN)).then(() => persist(act)));

  /** In the page for strangers (www/join) the form has the line to itself; all else comes now. The file of the app comes before
   * it is imported, since most browsers try to fetch a module only once in the life of a page. */
  addEventListener('load', async () => {
    if (document.querySelector('script[type="module"]')) return;
    await Promise.all([look, come].map(persist));
    persist(() => import(at('main.js')));
  });
}
