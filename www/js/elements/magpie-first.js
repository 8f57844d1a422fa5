// magpie-first.js: the first screen of a new account: one's own name and link to hand on, finding a friend, joining a group.
// Wish: 'go'.

import { h, icon } from '../html.js';
import { t } from '../i18n.js';
import { parseRoute } from '../route.js';
import { makeForm } from './form.js';
import { MagpieFind } from './magpie-find.js';
import { MagpieInvitations } from './magpie-invitations.js';
import { MagpieRequests } from './magpie-requests.js';
import { mark } from './mark.js';
import { ownLink } from './own-link.js';
import { Part } from './part.js';

export class MagpieFirst extends Part {
  build() {
    const { me } = this.app.store;
    const parts = [new MagpieRequests(), new MagpieInvitations(), new MagpieFind()].map((part) => Object.assign(part, { app: this.app }));
    const [requests, invitations, find] = parts;
    this.className = 'sheet';
    this.append(
      h('header', { class: 'first-head' }, mark(), h('div', {}, h('h1', { dir: 'auto', text: t('welcome.title', { name: me?.name ?? '' }) }),
        h('p', { text: t('first.what') }))),
      requests, invitations,
      h('div', { class: 'panels' },
        panel('first.you', 'share', ...ownLink(me?.username ?? '')),
        panel('people.title', 'add-friend', find),
        panel('first.group', 'new-group', this.#join()),
        panel('first.groups', 'search', h('p', { class: 'hint', text: t('first.groups-hint') }),
          h('div', { class: 'actions' }, h('a', { class: 'button', href: '#/groups', text: t('groups.title') })))));
  }

  /** Nothing of it is what one begins with. */
  focus() {}

  #join() {
    return makeForm({
      fields: [{ name: 'link', label: t('first.group-link'), check: (value) => (joinOf(value) ? null : t('first.no-link')) }],
      submit: t('first.open'),
      act: async ({ link }) => this.wish('go', { route: joinOf(link) }),
    });
  }
}

/** Where the link of an invitation leads to, on this server. @param {string} link */
function joinOf(link) {
  const at = link.indexOf('#/join/');
  const route = at === -1 ? null : parseRoute(link.slice(at));
  return route?.page === 'join' ? route : null;
}

/** @param {string} title @param {string} sign @param {...(Node | null)} inside */
const panel = (title, sign, ...inside) =>
  h('section', { class: 'panel', 'aria-label': t(title) }, h('h2', {}, icon(sign), h('span', { text: t(title) })), ...inside);

customElements.define('magpie-first', MagpieFirst);
