// magpie-group-settings.js: a group's name, announcement and settings, and its end. What one chooses is so at once.

import { button, h } from '../html.js';
import { t } from '../i18n.js';
import { mayManage } from '../group-may.js';
import { makeForm } from './form.js';
import { attempt, dissolve } from './group-acts.js';
import { GroupPage } from './group-page.js';
import { toast } from './toast.js';

/** @typedef {import('../types.js').Group} Group */
/** @typedef {'visibility' | 'joining' | 'who_invites' | 'history' | 'slow_mode' | 'muted'} Setting */

/** @type {Record<Exclude<Setting, 'slow_mode'>, string[]>} */
const CHOICES = {
  visibility: ['private', 'public'], joining: ['open', 'request'], who_invites: ['admins', 'members'], history: ['joined', 'all'], muted: ['false', 'true'],
};
const PAUSES = [0, 5, 10, 30, 60, 300, 900, 3600];
const MOST = 500;
const LEAST = 2;

export class MagpieGroupSettings extends GroupPage {
  isPictured = true;
  /** @type {Map<Setting, { node: HTMLElement, show: (value: string) => void }>} */
  #choices = new Map();
  #about = h('div');
  #announce = h('div');
  #end = h('section', { class: 'group' });
  #seen = { about: '', announcement: '' };

  build() {
    this.begin(t('group.settings'), mayManage);
  }

  make() {
    return [
      part('group.about', this.#about), part('announcement.title', this.#announce),
      part('group.who-comes', this.#choice('visibility'), this.#choice('joining'), this.#choice('who_invites'), this.#choice('history')),
      part('group.who-writes', this.#choice('muted'), this.#slowMode()), this.#end,
    ];
  }

  /** @param {Group} group */
  draw(group) {
    for (const [name, { show }] of this.#choices) show(String(group[name]));
    const joining = this.#choices.get('joining');
    if (joining) joining.node.hidden = group.visibility !== 'public';
    const { name, description, max_members, announcement } = group;
    this.#renew('about', JSON.stringify([name, description, max_members]), this.#about, () => this.#aboutForm(group));
    this.#renew('announcement', announcement?.text ?? '', this.#announce, () => this.#announcing(group));
    this.#end.hidden = group.role !== 'owner';
    if (!this.#end.hasChildNodes()) this.#end.append(h('h2', { text: t('group.dissolve') }), h('p', { class: 'hint', text: t('group.dissolve-what') }),
      h('div', { class: 'actions' }, button({ label: t('group.dissolve'), icon: 'trash', class: 'button danger' },
        () => this.group && dissolve(this.app, this.group, () => this.wish('go', { route: { page: 'chat', type: 'group', id: this.groupId }, replace: true })))));
  }

  /** Makes a form anew when what it shows is another, unless somebody is writing in it: then what they write stands.
   * @param {'about' | 'announcement'} name @param {string} sign @param {HTMLElement} place @param {() => Node} make */
  #renew(name, sign, place, make) {
    if (place.hasChildNodes() && (sign === this.#seen[name] || place.contains(document.activeElement) && document.activeElement?.matches('input, textarea'))) return;
    const hadFocus = place.contains(document.activeElement);
    this.#seen[name] = sign;
    place.replaceChildren(make());
    if (hadFocus) place.querySelector('button')?.focus();
  }

  /** @param {Group} group */
  #aboutForm(group) {
    return makeForm({
      fields: [
        { name: 'name', label: t('group.name'), value: group.name, max: 64 },
        { name: 'description', label: t('group.description'), value: group.description, optional: true, max: 255, rows: 3 },
        { name: 'max_members', label: t('group.max'), value: String(group.max_members), check: placesWrong, inputmode: 'numeric' },
      ],
      submit: t('action.save'),
      act: async ({ name, description, max_members }) => {
        const wanted = { name, description, max_members: Number(max_members) };
        const before = { name: group.name, description: group.description, max_members: group.max_members };
        await this.#change(wanted, before);
      },
    });
  }

  /** Changes what differs, and offers to take it back. @param {Record<string, any>} wanted @param {Record<string, any>} before */
  async #change(wanted, before) {
    const changed = Object.keys(wanted).filter((key) => wanted[key] !== before[key]);
    if (changed.length === 0) return;
    const only = (/** @type {Record<string, any>} */ values) => Object.fromEntries(changed.map((key) => [key, values[key]]));
    await this.#patch(only(wanted));
    toast(t('group.saved'), () => this.#patch(only(before)));
  }

  /** @param {object} what */
  async #patch(what) {
    await this.app.api.patch(`/api/groups/${this.groupId}`, what);
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    if (focused?.matches('input:not([type=radio]), textarea')) focused.blur();        // what was written is saved: show it
    await this.app.groups.refresh(this.groupId);
  }

  /** @param {Group} group */
  #announcing(group) {
    const before = group.announcement?.text ?? '';
    const form = makeForm({
      fields: [{ name: 'text', label: t('announcement.text'), hint: t('announcement.hint'), value: before, max: 1000, rows: 4 }],
      submit: t(before ? 'announcement.change' : 'announcement.publish'),
      act: ({ text }) => this.#say(text, before),
    });
    const remove = () => attempt(() => this.#say('', before));
    if (before) form.append(h('div', { class: 'actions' }, ...form.querySelectorAll('[type=submit]'),
      button({ label: t('announcement.remove'), icon: 'remove', class: 'button quiet danger' }, remove)));
    return form;
  }

  /** @param {string} text @param {string} before */
  async #say(text, before) {
    if (text === before) return;
    const put = async (/** @type {string} */ said) => {
      await this.app.api.put(`/api/groups/${this.groupId}/announcement`, { text: said });
      /** @type {HTMLElement | null} */ (document.activeElement)?.blur();
      await this.app.groups.refresh(this.groupId);
    };
    await put(text);
    toast(t(text ? 'announcement.done' : 'announcement.removed'), () => put(before));
  }

  /** @param {Exclude<Setting, 'slow_mode'>} name */
  #choice(name) {
    /** @type {HTMLInputElement[]} */
    const inputs = [];
    const hint = h('p', { class: 'hint' });
    const node = h('fieldset', { class: 'choice' }, h('legend', { text: t(`group.set-${name}`) }),
      h('div', { class: 'segments' }, ...CHOICES[name].map((value) => {
        const input = h('input', { type: 'radio', name, value });
        input.addEventListener('change', () => this.#set(name, name === 'muted' ? value === 'true' : value));
        inputs.push(input);
        return h('label', {}, input, h('span', { text: t(`group.set-${name}-${value}`) }));
      })), hint);
    const show = (/** @type {string} */ value) => {
      for (const input of inputs) input.checked = input.value === value;
      hint.textContent = t(`group.set-${name}-${value}-hint`);
    };
    this.#choices.set(name, { node, show });
    return node;
  }

  #slowMode() {
    const select = h('select', { id: 'slow-mode' });
    select.addEventListener('change', () => this.#set('slow_mode', Number(select.value)));
    const show = (/** @type {string} */ value) => {
      const all = [...new Set([...PAUSES, Number(value)])].sort((a, b) => a - b);
      if (select.options.length !== all.length) select.replaceChildren(...all.map((s) => h('option', { value: s, text: pauseText(s) })));
      select.value = value;
    };
    const node = h('div', { class: 'field' }, h('label', { for: 'slow-mode', text: t('group.set-slow') }), select,
      h('p', { class: 'hint', text: t('group.set-slow-hint') }));
    this.#choices.set('slow_mode', { node, show });
    return node;
  }

  /** @param {Setting} name @param {string | number | boolean} value */
  async #set(name, value) {
    const { group } = this;
    if (!group) return;
    await attempt(() => this.#change({ [name]: value }, { [name]: group[name] }));
    if (this.group) this.draw(this.group);
  }
}

/** @param {string} v */
const placesWrong = (v) =>
  (/^\d+$/.test(v) && Number(v) >= LEAST && Number(v) <= MOST ? null : t('group.max-wrong', { least: LEAST, most: MOST }));

/** @param {number} seconds */
function pauseText(seconds) {
  if (seconds === 0) return t('group.pause-none');
  if (seconds % 3600 === 0) return t('group.pause-hours', { count: seconds / 3600 });
  return seconds % 60 === 0 ? t('group.pause-minutes', { count: seconds / 60 }) : t('group.pause-seconds', { count: seconds });
}

/** @param {string} title @param {...Node} inside */
const part = (title, ...inside) => h('section', { class: 'group', 'aria-label': t(title) }, h('h2', { text: t(title) }), ...inside);

customElements.define('magpie-group-settings', MagpieGroupSettings);
