// copy.js: puts a text into the clipboard.

/** Answers whether it could. @param {HTMLInputElement} box  holds the text, and is left with all of it chosen where it couldn't */
export async function copied(box) {
  try {
    await navigator.clipboard.writeText(box.value);        // there is none where the page came over plain HTTP
    return true;
  } catch {
    box.focus();
    box.select();
    return document.execCommand('copy');
  }
}
