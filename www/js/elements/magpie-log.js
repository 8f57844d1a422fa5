// magpie-log.js: the messages of one conversation, and where the reader stands in them.
// Wish: 'read' { key, seq }, when the newest is really seen.

import { blank, button, h, icon } from '../html.js';
import { problemText, t } from '../i18n.js';
import { RowWindow } from '../row-window.js';
import { Rows } from '../rows.js';
import { avatar } from './avatar.js';
import { place } from './magpie-list.js';
import { Part } from './part.js';
import { classOf, contentOf, signOf } from './row-nodes.js';
import { View } from './view.js';

export class MagpieLog extends Part {
  #key = '';
  #rows = h('div', { class: 'rows' });
  #note = h('div', { class: 'log-note', hidden: true });
  #scroller = h('div', { class: 'log', role: 'log', tabindex: '0', 'aria-live': 'polite' });
  #newer = button({ icon: 'down', class: 'newer' }, () => this.toNewest());
  #edge = h('div', { class: 'newer-edge', hidden: true }, this.#newer);
  #newerText = h('span');
  #view = new View(this.#scroller, this.#rows);
  #window = new RowWindow();
  #lines = new Rows();
  /** @type {import('../rows.js').Row[]} all of them, also those that are not in the page */
  #all = [];
  /** @type {Map<string, { node: HTMLElement, sign: string }>} */
  #nodes = new Map();
  /** @type {number | null} */
  #unreadAfter = null;                   // where the line "New" stands
  #down = 0;                             // the message down to which the history has to be here first
  #sought = 0;                           // the message to go to
  #marked = '';                          // the row that was gone to
  #seenSeq = 0;                          // the newest when the reader was last at the bottom
  #isFailed = false;
  #isPlaced = false;                     // has been drawn with its messages, and scrolled to where one should be
  #soon = this.soon(() => this.#draw());

  build() {
    this.#scroller.append(this.#note, this.#rows);
    this.#newer.append(this.#newerText);
    this.append(this.#scroller, this.#edge);
  }

  start() {
    const mine = (/** @type {any} */ e) => e.detail.key === this.#key && this.#soon();
    this.listen(this.app.store, 'change', mine);
    this.listen(this.app.unsent, 'change', mine);
    this.listen(this.app.store, 'state', () => this.#load());
    this.listen(this.app.store, 'names', () => this.#rename());
    this.listen(this.app.groups, 'change', (event) => this.#key === `group:${event.detail.id}` && this.#rename());
    this.listen(this.app.store, 'faces', () => this.#soon());
    this.listen(this.app.receiver, 'status', () => this.#isFailed && this.app.receiver.status.kind === 'online' && this.#again());
    this.listen(this.#scroller, 'scroll', () => this.#scrolled(), { passive: true });
    // What is unfolded stays where it was clicked, also at the bottom.
    this.listen(this.#rows, 'click', (event) => {
      if (event.target instanceof Element && event.target.closest('summary')) this.#view.atBottom = false;
    });
    this.listen(this.#rows, 'toggle', () => this.#scrolled(), { capture: true });
    this.listen(document, 'day', () => this.#soon());
    this.listen(window, 'focus', () => this.#look());
    this.listen(document, 'visibilitychange', () => this.#look());
    this.#view.watch();
    this.app.store.hold(this.#key);
    if (this.#key) this.#comeBack();
  }

  /** In the page again: nothing has moved, but there may be more to show. */
  #comeBack() {
    this.#down = this.#view.open(this.#key, false)?.seq ?? 0;
    if (this.app.store.get(this.#key)?.lacks(this.#down)) this.#isPlaced = false;
    else this.#view.place();
    this.#draw();
    this.#load();
  }

  stop() {
    this.#leave();
    this.#view.unwatch();
  }

  #leave() {
    const row = this.#window.of(this.#all).find(({ message }) => message);
    const seq = (row?.run?.[0] ?? row?.message)?.seq ?? 0;
    this.#view.leave(this.#key, this.#window.first, seq);
    this.app.store.release(this.#key);
  }

  /** Shows a conversation where its reader left it, or at its first unread message; or at a message.
   * @param {string} key @param {number} [seq]  of that message */
  show(key, seq = 0) {
    if (key === this.#key && !seq) return this.#look();      // it was hidden behind the details, perhaps
    if (key === this.#key) return this.#seek(seq);
    this.#leave();
    this.app.store.hold(key);
    this.#key = '';
    this.again();
    this.#key = key;
    const c = this.app.store.get(key);
    this.#nodes.clear();
    this.#lines = new Rows();
    this.#rows.replaceChildren();
    this.#unreadAfter = c && c.unread > 0 ? c.read_seq : null;
    this.#seenSeq = this.#unreadAfter ?? c?.last?.seq ?? 0;
    this.#isFailed = false;
    this.#isPlaced = false;
    this.#scroller.setAttribute('aria-label', t('chat.log', { name: c?.name ?? '' }));
    this.#marked = '';
    const left = this.#view.open(key, this.#unreadAfter !== null || seq > 0);
    this.#window.first = left?.first ?? null;
    this.#sought = seq;
    this.#down = seq || (left?.seq ?? 0);
    this.#draw();
    this.#load();
  }

  /** Goes to a message of the conversation that is shown. @param {number} seq */
  #seek(seq) {
    this.#sought = this.#down = seq;
    this.#isFailed = false;
    this.#isPlaced = false;
    this.#view.open(this.#key, true);
    this.#draw();
    this.#load();
  }

  toNewest() {
    this.#window.toEnd();
    this.#draw();
    this.#view.toBottom();
    this.#look();
  }

  /** @param {number} pages to scroll by, from the keyboard */
  scrollPages(pages) {
    this.#scroller.scrollBy({ top: pages * this.#scroller.clientHeight * 0.9 });
  }

  async #load() {
    const key = this.#key;
    const c = this.app.store.get(key);
    if (!c || (this.#isHere(c) && !this.#isFailed)) return;
    this.#isFailed = false;
    const down = this.#down;
    const isWanted = () => key === this.#key && down === this.#down;
    const { pages } = this.app;
    await pages.newest(key).then(() => (down ? pages.downTo(key, down, isWanted) : undefined)).catch((problem) => this.#failed(key, problem));
    if (!isWanted() || this.#isFailed) return;
    this.#down = 0;                        // as far as it goes
    this.#draw();
  }

  /** Is what is to be shown at first here? @param {import('../conversation.js').Conversation} c */
  #isHere(c) {
    return c.loaded && !(this.#down > 0 && c.lacks(this.#down));
  }

  async #older() {
    const key = this.#key;
    const c = this.app.store.get(key);
    if (!c?.loaded || !c.more || this.app.pages.isLoading(key) || this.#isFailed) return;
    await this.app.pages.older(key).catch((problem) => this.#failed(key, problem));
    if (key === this.#key) this.#moveAlong();
  }

  /** @param {string} key @param {any} problem */
  #failed(key, problem) {
    if (key !== this.#key) return;
    this.#isFailed = true;
    this.#draw();
    const isWhole = !this.app.store.get(key)?.loaded;
    const retry = button({ label: t('action.retry'), icon: isWhole ? 'retry' : undefined, class: isWhole ? 'button' : 'link' }, () => this.#again());
    this.#note.className = isWhole ? 'log-note alone' : 'log-note';
    if (isWhole) this.#note.replaceChildren(blank({ sign: icon('alert'), title: t('chat.failed'), text: problemText(problem), within: true }, retry));
    else this.#note.replaceChildren(`${t('chat.failed')} · ${problemText(problem)} `, retry);
    this.#note.hidden = false;
  }

  #again() {
    this.#isFailed = false;
    this.#draw();
    const c = this.app.store.get(this.#key);
    if (c && this.#isHere(c)) this.#older();
    else this.#load();
  }

  #draw() {
    this.guard(() => this.#drawRows());
  }

  #drawRows() {
    const c = this.app.store.get(this.#key);
    if (!c) return;
    this.#mark();
    const isHere = this.#isHere(c);
    const messages = isHere ? c.entries() : [];
    const look = { me: this.app.store.me?.id ?? 0, isGroup: c.type === 'group', face: this.app.store.faceOf, nameOf: this.#nameOf };
    this.#all = this.#lines.of(messages, this.app.unsent.of(c.key), { me: look.me, unreadAfter: this.#unreadLine(c) });
    const isFirst = isHere && !this.#isPlaced;
    const line = isFirst ? this.#findLine() : -1;
    if (line !== -1) this.#window.show(this.#all, line);
    const rows = this.#window.of(this.#all);
    this.#scroller.setAttribute('aria-busy', String(!this.#isPlaced));
    this.#view.endsHere = isHere && this.#window.isAtEnd(this.#all);
    this.#view.keep(() => {
      place(this.#rows, rows.map((row) => this.#node(row, look)));
      this.#say(c, isHere, rows.length);
    });
    if (isFirst) this.#view.place(this.#nodes.get(this.#all[line]?.key)?.node);
    this.#isPlaced = isHere;
    this.#forget(rows);
    if (this.#view.isNearTop && this.#window.of(this.#all).length === this.#all.length) this.#older();
    this.#look();
    queueMicrotask(() => this.#scroller.setAttribute('aria-busy', 'false'));
  }

  /** Behind which message the line stands, if it is here. @param {import('../conversation.js').Conversation} c */
  #unreadLine(c) {
    if (this.#unreadAfter === null && c.unread > 0 && c.loaded && c.covers(c.read_seq)) this.#unreadAfter = c.read_seq;
    return this.#unreadAfter !== null && c.covers(this.#unreadAfter) ? this.#unreadAfter : null;
  }

  /** Which row to go to. */
  #findLine() {
    if (!this.#sought) return this.#all.findIndex((row) => row.kind === 'unread');
    const line = this.#all.findIndex((row) => row.message && row.message.seq >= this.#sought);
    this.#sought = 0;
    for (const key of [this.#marked, this.#marked = this.#all[line]?.key ?? '']) this.#nodes.delete(key);
    return line;
  }

  /** @param {import('../rows.js').Row} row @param {import('../types.js').Look} look */
  #node(row, look) {
    const sign = signOf(row, look);
    const known = this.#nodes.get(row.key);
    if (known?.sign === sign) return known.node;
    const node = known?.node ?? h('div');
    const isOpen = node.querySelector('details')?.open;
    node.className = row.key === this.#marked ? `${classOf(row)} sought` : classOf(row);
    node.replaceChildren(...contentOf(row, row.kind === 'message' ? look : { ...look, nameOf: this.app.store.nameOf }, isOpen));
    this.#nodes.set(row.key, { node, sign });
    return node;
  }

  /** Who writes in a group has a name there; a notice may tell of that very name. @type {import('../notice.js').NameOf} */
  #nameOf = (user, given) => {
    const c = this.app.store.get(this.#key);
    return c?.type === 'group' ? this.app.groups.nameOf(c.id, user, given) : this.app.store.nameOf(user, given);
  };

  /** Somebody is called otherwise now: all lines are drawn anew. */
  #rename() {
    for (const known of this.#nodes.values()) known.sign = '';
    this.#soon();
  }

  /** @param {import('../rows.js').Row[]} rows */
  #forget(rows) {
    const alive = new Set(rows.map((row) => row.key));
    for (const key of this.#nodes.keys()) if (!alive.has(key)) this.#nodes.delete(key);
  }

  /** What stands above the messages, or instead of them. @param {import('../conversation.js').Conversation} c @param {boolean} isHere
   * @param {number} count */
  #say(c, isHere, count) {
    if (this.#isFailed) return;
    const isEmpty = isHere && count === 0;
    this.#note.className = isEmpty ? 'log-note alone' : isHere ? 'log-note' : 'log-note waits';
    const nothing = isEmpty && this.#nothing(c);
    if (!nothing) this.#note.textContent = t('chat.loading');
    else if (!this.#note.firstChild?.isEqualNode(nothing)) this.#note.replaceChildren(nothing);
    this.#note.hidden = isHere && !isEmpty && !c.more;
  }

  /** Who it is, and that one might begin. @param {import('../conversation.js').Conversation} c */
  #nothing(c) {
    const text = t(c.type === 'group' ? 'chat.empty-group' : 'chat.empty');
    return blank({ sign: avatar(c.type, c.id, c.name, { picture: c.avatar }), title: c.name, text, within: true });
  }

  #scrolled() {
    this.#view.scrolled();
    this.#moveAlong();
    this.#look();
  }

  /** Near an end of the rows in the page the next ones are brought in, and older ones fetched. */
  #moveAlong() {
    const moved = (this.#view.isNearTop && this.#window.up(this.#all))
      || (this.#view.isNearEnd && this.#window.down(this.#all));
    if (moved) this.#draw();
    else if (this.#view.isNearTop) this.#older();
  }

  /** Looks what the reader sees: is there more to fetch, is the newest read, how many are new below. */
  #look() {
    const c = this.app.store.get(this.#key);
    if (!c) return;
    this.#mark();
    if (this.#view.atBottom) this.#seenSeq = c.last?.seq ?? 0;
    const count = c.countAfter(this.#seenSeq, this.app.store.me?.id ?? 0).unread;
    this.#edge.hidden = this.#view.atBottom || !this.#isPlaced;
    this.#newerText.textContent = count > 0 ? t('chat.new', { count }) : '';
    this.#newer.setAttribute('aria-label', count > 0 ? t('chat.new', { count }) : t('chat.newest'));
  }

  /** Only what is in front of somebody's eyes is read. */
  #mark() {
    const c = this.app.store.get(this.#key);
    const isSeen = document.visibilityState === 'visible' && document.hasFocus() && this.#view.atBottom && this.#scroller.clientHeight > 0;
    if (!c || !this.#isHere(c) || !c.last || !isSeen || !this.isConnected) return;
    if (c.unread > 0 && c.last.seq > c.read_seq) this.wish('read', { key: c.key, seq: c.last.seq });
  }
}

customElements.define('magpie-log', MagpieLog);
