// theme.js: runs before the first paint, so that a chosen theme never flashes the other one. No module, on purpose.
try {
  const chosen = localStorage.getItem('magpie.theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // No storage: the system's preference holds.
}
