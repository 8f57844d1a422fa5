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

  /** What is clicked, or sent with Enter, magpie-auth.js carries out once it is here. @param {Event} event @param {any} button */
  const keep = (event, button) => {
    if (!button?.closest('[data-early]')) return;
    event.preventDefault();
    document.querySelector('[data-wanted]')?.removeAttribute('data-wanted');
    button.dataset.wanted = '';
  };
  document.addEventListener('submit', (event) => keep(event, event.submitter));
  document.addEventListener('click', (event) => keep(event, /** @type {Element} */ (event.target).closest('[type="button"]')));

  /** In the page for strangers (www/join) the form has the line to itself; all else comes now. */
  const bring = () => {
    const at = (/** @type {string} */ name) => new URL(name, src).href;
    const links = [['modulepreload', 'main.js'], ['stylesheet', '../rest.css']].map(([rel, name]) =>
      Object.assign(document.createElement('link'), { rel, href: at(name) }));
    const again = () => {
      for (const link of links) link.remove();
      setTimeout(bring, AGAIN);
    };
    links[1].addEventListener('load', () => import(at('main.js')).catch(again));
    links[1].addEventListener('error', again);
    document.head.append(...links);
  };
  addEventListener('load', () => document.querySelector('script[type="module"]') ?? bring());
}
