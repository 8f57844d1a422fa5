// mark.js: the bird, as it stands in the page (index.html): nothing may be asked for before the page lives.

const bird = /** @type {Element} */ (document.querySelector('magpie-auth .mark'));

export const mark = () => bird.cloneNode(true);
