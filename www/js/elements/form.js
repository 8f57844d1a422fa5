// form.js: a form whose errors stand in words beside the field, and that sends once.

import { button, h } from '../html.js';
import { problemText, t } from '../i18n.js';
import { length } from '../text.js';

/**
 * @typedef {object} Field
 * @property {string} name
 * @property {string} label
 * @property {string} [hint]
 * @property {string} [type]
 * @property {string} [autocomplete]
 * @property {number} [max]          characters
 * @property {boolean} [optional]
 * @property {string} [value]        to begin with
 * @property {string} [placeholder]
 * @property {string} [inputmode]
 * @property {number} [rows]         a box of so many lines, which counts its characters
 * @property {{ value: string, label: string }[]} [options]  one of these, instead of a text
 * @property {(value: string) => string | null} [check]  what is wrong, in words
 */

let made = 0;

/**
 * Without a `submit` each change is sent when the field is left, or by Enter.
 * @param {{ fields: Field[], submit?: string, act: (values: Record<string, string>) => Promise<void> }} what
 */
export function makeForm(what) {
  const rows = what.fields.map(makeField);
  const whole = h('p', { class: 'error', role: 'alert', hidden: true });
  const submit = what.submit ? button({ label: what.submit, class: 'button primary', type: 'submit' }) : null;
  const form = h('form', { class: 'form', novalidate: true }, ...rows.map((r) => r.node), whole, ...submit ? [submit] : []);
  bring(form, rows, whole, submit, what.act);
  return form;
}

/** Brings a form to life that is in the page as makeForm() would make it.
 * @param {HTMLFormElement} form @param {{ fields: Pick<Field, 'name' | 'type'>[], act: (values: Record<string, string>) => Promise<void> }} what */
export function takeForm(form, { fields, act }) {
  const rows = fields.map((field) => {
    const input = /** @type {HTMLInputElement} */ (form.elements.namedItem(field.name));
    return makeRow(field, input, /** @type {HTMLElement} */ (input.nextElementSibling));
  });
  bring(form, rows, /** @type {HTMLElement} */ (form.querySelector(':scope > .error')), form.querySelector('[type="submit"]'), act);
}

/** @param {HTMLFormElement} form @param {Row[]} rows @param {HTMLElement} whole  for what is wrong with no field
 * @param {HTMLElement | null} submit @param {(values: Record<string, string>) => Promise<void>} act */
function bring(form, rows, whole, submit, act) {
  const show = (/** @type {any} */ problem) => showProblem(problem, rows, whole);
  let busy = false;
  let isDue = false;                     // without a button nothing would say that what came meanwhile was not sent
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    isDue = busy && !submit;
    if (busy || !checkAll(rows)) return;
    busy = true;
    submit?.setAttribute('aria-disabled', 'true');
    do {                                 // also where the page has gone meanwhile
      isDue = false;
      whole.hidden = true;
      await act(valuesOf(rows)).catch(show);
    } while (isDue && checkAll(rows));
    submit?.removeAttribute('aria-disabled');
    busy = false;
  });
  if (!submit) form.addEventListener('change', () => form.requestSubmit());
}

/** @typedef {ReturnType<typeof makeRow>} Row */

/** @param {Field} field */
function makeField(field) {
  const id = `field-${++made}`;
  const error = h('p', { class: 'error', id: `${id}-error`, role: 'alert', hidden: true });
  const hint = field.hint ? h('p', { class: 'hint', id: `${id}-hint`, text: field.hint }) : null;
  const input = makeInput(field, {
    id, name: field.name, 'aria-describedby': hint ? `${error.id} ${hint.id}` : error.id, required: !field.optional,
  });
  if (field.value !== undefined) input.value = field.value;
  const isOptional = field.optional && !field.options;
  const label = h('label', { for: id }, field.label, isOptional && h('span', { class: 'optional', text: t('action.optional') }));
  const count = field.rows ? h('span', { class: 'counted', 'aria-hidden': 'true' }) : null;
  const counted = () => {
    if (count) count.textContent = t('field.count', { count: length(input.value), max: field.max ?? 0 });
  };
  counted();
  input.addEventListener('input', counted);
  const node = h('div', { class: 'field' }, h('div', { class: 'label' }, label, count), input, error, hint);
  return { ...makeRow(field, input, error, hint), node };
}

/** @param {Pick<Field, 'name' | 'type' | 'optional' | 'max' | 'check'>} field @param {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} input
 * @param {HTMLElement} error  where it says what is wrong @param {HTMLElement | null} [hint] */
function makeRow(field, input, error, hint) {
  const say = (/** @type {string | null} */ text) => {
    error.textContent = text ?? '';
    error.hidden = !text;
    if (hint) hint.hidden = !!text;
    input.toggleAttribute('aria-invalid', !!text);
    if (text) input.setAttribute('aria-invalid', 'true');
  };
  input.addEventListener('input', () => say(null));
  return { field, input, say };
}

/** @param {Field} field @param {object} props */
function makeInput(field, props) {
  if (field.options) return h('select', props, ...field.options.map((o) => h('option', { value: o.value, text: o.label })));
  const text = { ...props, autocomplete: field.autocomplete ?? 'off', dir: 'auto', placeholder: field.placeholder };
  if (field.rows) return h('textarea', { ...text, rows: field.rows });
  return h('input', {
    ...text, type: field.type ?? 'text', spellcheck: 'false', inputmode: field.inputmode,
    autocapitalize: field.type === 'password' || field.check ? 'none' : undefined,
  });
}

/** @param {Row[]} rows */
function checkAll(rows) {
  const wrong = rows.filter((row) => {
    const text = complaint(row.field, valueOf(row));
    row.say(text);
    return text !== null;
  });
  wrong[0]?.input.focus();
  return wrong.length === 0;
}

/** @param {Row['field']} field @param {string} value */
function complaint(field, value) {
  if (value === '') return field.optional ? null : t('field.needed');
  if (field.max && length(value) > field.max) return t('field.too-long', { count: field.max });
  return field.check?.(value) ?? null;
}

/** @param {Row} row */
const valueOf = (row) => (row.field.type === 'password' ? row.input.value : row.input.value.trim());

/** @param {Row[]} rows */
const valuesOf = (rows) => Object.fromEntries(rows.map((row) => [row.field.name, valueOf(row)]));

/** @param {any} problem @param {Row[]} rows @param {HTMLElement} whole */
function showProblem(problem, rows, whole) {
  const row = rows.find((r) => r.field.name === problem.field);
  if (row) {
    row.say(problem.status === 400 ? t('field.refused') : problemText(problem));
    row.input.focus();
  } else {
    whole.textContent = problemText(problem);
    whole.hidden = false;
  }
}
