// lazy.js: fetches a part of the program that is seldom needed; null where it can't be had just now.

/** @template M @param {() => Promise<M>} fetch @returns {Promise<M | null>} */
export const lazy = (fetch) => fetch().catch((problem) => {
  console.error(problem);
  return null;
});
