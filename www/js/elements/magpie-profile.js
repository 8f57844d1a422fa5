// magpie-profile.js: somebody, as far as one knows them, and what one can do with them.

import { blank, button, h, icon } from '../html.js';
import { currentLanguage, t } from '../i18n.js';
import { shownName } from '../name.js';
import { formatRoute, keyOf } from '../route.js';
import { day } from '../time.js';
import { avatar } from './avatar.js';
import { Part } from './part.js';
import { accept, ask, block, editRemark, listOptions, moveTo, reject, removeFriend, unblock, withdraw } from './person-acts.js';

/** @typedef {import('../conversation.js').Conversation} Conversation */
/** @typedef {{ id: number, username: string, name: string, status: string, c: Conversation | undefined,
 *   picture: string | null }} Known */

export class MagpieProfile extends Part {
  /** Whether it stands beside the conversation, and needs no way there. Its menu ends the friendship, then. */
  isBeside = false;
  #id = 0;
  #isAsking = false;
  #drawn = '';

  start() {
    this.classList.add('profile');
    const { store, people } = this.app;
    for (const type of ['people', 'requests', 'list', 'state']) this.listen(store, type, () => this.#draw());
    people.want('lists', 'about', 'blocked').catch(() => {});     // it shows what is known
    this.#draw();
  }

  /** @param {number} id  the user's @param {boolean} [isAsking]  whether it isn't certain yet that there is nobody */
  show(id, isAsking = false) {
    this.#id = id;
    this.#isAsking = isAsking;
    if (this.isConnected) this.#draw();
  }

  /** Somebody of whom there is no conversation, where such people are known. */
  #met() {
    const { incoming, outgoing, friends, me } = this.app.store;
    const request = [...incoming.values(), ...outgoing.values()].find((r) => r.user.id === this.#id);
    return friends.blocked?.get(this.#id) ?? request?.user ?? friends.met.get(this.#id) ?? (this.#id === me?.id ? me : undefined);
  }

  /** @param {string | undefined} said  when one met */
  #status(said) {
    return this.app.store.friends.about?.get(this.#id)?.status ?? said ?? '';
  }

  /** @returns {Known | null} */
  #known() {
    const { store } = this.app;
    const c = store.get(keyOf('single', this.#id));
    const met = this.#met();
    if (!c && !met) return null;
    const said = !c || c.ended ? /** @type {any} */ (met)?.status : '';
    return { id: this.#id, username: c?.username || met?.username || '', name: c?.givenName ?? met?.name ?? '', status: this.#status(said), c,
      picture: (c && !c.ended ? c : met ?? c)?.avatar ?? null };
  }

  #draw() {
    const { store } = this.app;
    const known = this.#known();
    const isOf = (/** @type {{ user: { id: number } }} */ r) => r.user.id === this.#id;
    const incoming = [...store.incoming.values()].find(isOf);
    const outgoing = [...store.outgoing.values()].find(isOf);
    const isBlocked = store.friends.isBlocked(this.#id);
    const { c, ...plain } = known ?? { c: undefined };
    const sign = JSON.stringify([this.#id, this.#isAsking, plain, c?.name, c?.ended, c?.remark, c?.list_id, incoming, outgoing, isBlocked,
      store.friends.lists, store.friends.about?.get(this.#id)]);
    if (sign === this.#drawn) return;
    this.#drawn = sign;
    const focused = this.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.act : undefined;
    this.replaceChildren(...known ? [...this.#card(known), ...this.#acts(known, incoming, outgoing, isBlocked)].filter((node) => node !== null)
      : this.#isAsking ? [] : nobody());
    if (focused) /** @type {HTMLElement | null} */ (this.querySelector(`[data-act="${focused}"]`) ?? this.querySelector('a, button'))?.focus();
  }

  /** @param {Known} known */
  #card(known) {
    const { id, c } = known;
    const name = c?.name ?? shownName(known.name);
    const isFriend = c && !c.ended;
    const since = isFriend ? this.app.store.friends.about?.get(id)?.since : undefined;
    const row = (/** @type {string} */ label, /** @type {string | Node | false} */ value) =>
      (value ? [h('dt', { text: t(label) }), h('dd', {}, typeof value === 'string' ? h('bdi', { text: value }) : value)] : []);
    return [
      h('div', { class: 'card-head' }, avatar('single', id, name, { size: 'large', picture: known.picture }), h('p', { class: 'card-name', dir: 'auto', text: name }),
        known.username && h('p', { class: 'card-text', text: `@${known.username}` }),
        known.status && h('p', { class: 'card-text status', dir: 'auto', text: known.status })),
      isFriend && h('dl', { class: 'facts' },
        ...row('profile.name', c.remark && c.remark !== c.givenName ? shownName(c.givenName) : false),
        ...row('profile.list', this.app.store.friends.lists?.length ? this.#lists(c) : false),
        ...row('profile.since', since ? day(currentLanguage(), new Date(since)) : false)),
    ].filter((node) => node instanceof Node);
  }

  /** The friend's list, and the others to choose from. @param {Conversation} c */
  #lists(c) {
    const select = h('select', { 'aria-label': t('profile.list'), 'data-act': 'list' },
      ...listOptions(this.app).map((o) => h('option', { value: o.value, text: o.label })));
    const show = () => {
      select.value = String(c.list_id);
      if (select.selectedIndex === -1) select.value = '0';         // that list is gone
    };
    show();
    select.addEventListener('change', () => moveTo(this.app, c, Number(select.value)).then(show));
    return select;
  }

  /** @param {Known} known @param {import('../types.js').FriendRequest | undefined} incoming
   * @param {import('../types.js').FriendRequest | undefined} outgoing @param {boolean} isBlocked */
  #acts(known, incoming, outgoing, isBlocked) {
    const { app } = this;
    const { c } = known;
    if (known.id === app.store.me?.id) return [group(h('a', { class: 'button', href: '#/settings', text: t('list.settings') }))];
    if (known.name === '' || !known.username) return [];                // nobody any longer
    const name = c?.name ?? known.name;
    const blocking = act('block', t('profile.block'), 'quiet danger', () => block(app, known, name));
    if (isBlocked) return [note(t('profile.blocked', { name })), group(act(null, t('blocked.end'), '', () => unblock(app, known)))];
    if (c && !c.ended) return [
      group(!this.isBeside && this.#toChat(c), act('edit', t('profile.remark-edit'), '', () => editRemark(app, c))),
      this.isBeside ? null : group(act('remove', t('friend.remove'), 'quiet danger', () => removeFriend(app, c)), blocking)];
    return [
      c?.ended ? note(t('profile.ended', { name })) : null,
      incoming ? group(act(null, t('people.accept'), 'primary', () => accept(app, incoming)), act(null, t('people.reject'), '', () => reject(app, incoming))) : null,
      outgoing ? note(t('profile.asked')) : null,
      outgoing ? group(act(null, t('people.withdraw'), '', () => withdraw(app, outgoing))) : null,
      !incoming && !outgoing ? group(act('add-friend', t('profile.ask'), 'primary', () => ask(app, { ...known, name }))) : null,
      group(c && !this.isBeside && this.#toChat(c), blocking),
    ];
  }

  /** @param {Conversation} c */
  #toChat(c) {
    const to = formatRoute({ page: 'chat', type: 'single', id: c.id });
    return h('a', { class: c.ended ? 'button' : 'button primary', href: to, 'data-act': 'message' }, icon('message'),
      h('span', { text: t(c.ended ? 'profile.history' : 'profile.message') }));
  }
}

const nobody = () => [blank({ sign: icon('search'), title: t('profile.unknown-title'), text: t('profile.unknown'), within: true },
  h('a', { class: 'button', href: '#/people', text: t('list.add-friend') }))];

/** @param {string | null} iconName @param {string} label @param {string} look @param {() => void} does */
function act(iconName, label, look, does) {
  const node = button({ label, icon: iconName ?? undefined, class: `button ${look}` }, does);
  node.dataset.act = label;
  return node;
}

/** @param {...(Node | false | undefined)} nodes */
const group = (...nodes) => h('div', { class: 'actions' }, ...nodes);

/** @param {string} text */
const note = (text) => h('p', { class: 'note', dir: 'auto', text });

customElements.define('magpie-profile', MagpieProfile);
