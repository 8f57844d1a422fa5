// choice.js: one of a few, side by side.

import { h } from '../html.js';

/**
 * @param {{ name: string, title: string, values: string[], label: (value: string) => string }} what
 * @param {(value: string) => void} act
 */
export function choice({ name, title, values, label }, act) {
  return h('fieldset', { class: 'choice', name }, h('legend', { text: title }), h('div', { class: 'segments' }, ...values.map((value) => {
    const input = h('input', { type: 'radio', name, value });
    input.addEventListener('change', () => act(value));
    return h('label', {}, input, h('span', { text: label(value) }));
  })));
}

/** @param {HTMLFieldSetElement} node @param {string} value */
export function chosen(node, value) {
  for (const input of node.querySelectorAll('input')) input.checked = input.value === value;
  return node;
}
