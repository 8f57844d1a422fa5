// magpie-lists.js: the lists that one sorts friends into: making, naming, ordering and removing them.

import { byList } from '../by-list.js';
import { button, h } from '../html.js';
import { problemText, t } from '../i18n.js';
import { confirmed } from './confirm.js';
import { openForm } from './dialog.js';
import { makeForm } from './form.js';
import { pageHead } from './page-head.js';
import { Part } from './part.js';
import { complain } from './toast.js';

/** @typedef {import('../types.js').FriendList} FriendList */

const NAME_MAX = 32;

export class MagpieLists extends Part {
  #list = h('ul', { class: 'people lists' });
  #problem = h('p', { class: 'error', role: 'alert', hidden: true });
  #drawn = '';

  build() {
    this.append(pageHead(t('lists.title')), h('div', { class: 'sheet' },
      h('p', { class: 'hint', text: t('lists.hint') }), this.#list, this.#problem, this.#form()));
  }

  start() {
    const { store, people } = this.app;
    for (const type of ['people', 'list']) this.listen(store, type, () => this.#draw());
    people.want('lists').catch((problem) => this.#fail(problem));
    this.#draw();
  }

  focus() {
    this.querySelector('input')?.focus();
  }

  #form() {
    const form = makeForm({
      fields: [{ name: 'name', label: t('lists.name'), max: NAME_MAX }],
      submit: t('lists.create'),
      act: async ({ name }) => {
        const { list } = await this.app.api.post('/api/friend-lists', { name });
        this.#learn((lists) => [...lists.filter((l) => l.id !== list.id), list]);
        if (form.querySelector('input')?.value.trim() !== name) return;          // the next one is being written
        form.reset();
        if (form.contains(document.activeElement)) this.focus();
      },
    });
    return form;
  }

  #draw() {
    const { lists } = this.app.store.friends;
    if (!lists) return;
    const sections = byList(this.app.store.conversations, lists, t('lists.rest'));
    const sign = JSON.stringify(sections.map((s) => [s.list, s.friends.length]));
    if (sign === this.#drawn) return;
    this.#drawn = sign;
    const focused = this.#list.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.act : undefined;
    this.#list.replaceChildren(...sections.map((s, i) => this.#row(s.list, s.friends.length, i, lists.length)));
    if (focused) this.#focusOn(focused);
  }

  /** The same button, or another of its row where that one is not for use now. @param {string} act */
  #focusOn(act) {
    const same = this.#list.querySelector(`[data-act="${act}"]`) ?? this.#list.querySelector(`[data-act$="-${act.split('-').at(-1)}"]`);
    /** @type {HTMLElement | null} */ (same ?? this.querySelector('input'))?.focus();
  }

  /** @param {FriendList} list @param {number} friends @param {number} at @param {number} all */
  #row(list, friends, at, all) {
    const { name } = list;
    return h('li', {}, h('span', { class: 'person' }, h('span', { class: 'name', dir: 'auto', text: name }),
      h('span', { class: 'username', text: t('lists.friends', { count: friends }) })),
    list.id === 0 ? h('span', { class: 'role', text: t('lists.is-rest') }) : h('span', { class: 'tools' },
      this.#tool('up', list, t('lists.up', { name }), at > 0, () => this.#move(list, at)),
      this.#tool('down', list, t('lists.down', { name }), at < all - 1, () => this.#move(list, at + 2)),
      this.#tool('edit', list, t('lists.rename-of', { name }), true, () => this.#rename(list)),
      this.#tool('trash', list, t('lists.remove-of', { name }), true, () => this.#remove(list, friends))));
  }

  /** @param {string} icon @param {FriendList} list @param {string} title @param {boolean} isFor @param {() => void} act */
  #tool(icon, list, title, isFor, act) {
    if (!isFor) return h('span', { class: 'icon-button', 'aria-hidden': 'true' });
    const node = button({ icon, class: 'icon-button', title }, act);
    node.dataset.act = `${icon}-${list.id}`;
    return node;
  }

  /** @param {FriendList} list @param {number} place  from 1 */
  async #move(list, place) {
    await this.#do(async () => {
      await this.app.api.patch(`/api/friend-lists/${list.id}`, { place });
      this.#learn((lists) => {
        const others = lists.filter((l) => l.id !== list.id);
        return [...others.slice(0, place - 1), list, ...others.slice(place - 1)];
      });
    });
  }

  /** @param {FriendList} list */
  #rename(list) {
    openForm(t('lists.rename-of', { name: list.name }), {
      fields: [{ name: 'name', label: t('lists.name'), max: NAME_MAX, value: list.name }],
      submit: t('action.save'),
      act: async ({ name }) => {
        await this.app.api.patch(`/api/friend-lists/${list.id}`, { name });
        this.#learn((lists) => lists.map((l) => (l.id === list.id ? { ...l, name } : l)));
      },
    });
  }

  /** @param {FriendList} list @param {number} count */
  async #remove(list, count) {
    const text = t('lists.remove-sure', { name: list.name, count, rest: t('lists.rest') });
    if (!await confirmed(text, t('action.delete'))) return;
    await this.#do(async () => {
      await this.app.api.delete(`/api/friend-lists/${list.id}`);
      this.#learn((lists) => lists.filter((l) => l.id !== list.id));
    });
  }

  /** Shows what was done, ahead of its event. @param {(lists: FriendList[]) => FriendList[]} change */
  #learn(change) {
    this.app.store.learn({ type: 'friend-lists', lists: change(this.app.store.friends.lists ?? []) });
  }

  /** @param {() => Promise<any>} act */
  async #do(act) {
    await act().catch(complain);
  }

  /** @param {any} problem */
  #fail(problem) {
    this.#problem.textContent = problemText(problem);
    this.#problem.hidden = false;
  }
}

customElements.define('magpie-lists', MagpieLists);
