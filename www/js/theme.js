// theme.js: runs before the first paint, so that a chosen theme never flashes the other one. No module, on purpose.
try {
  const theme = localStorage.getItem('magpie.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // No storage: the system's preference holds.
}
