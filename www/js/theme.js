// theme.js: runs before the first paint, so that a chosen theme never flashes the other one, and the texts of the chosen
// language are fetched beside the modules. No module, on purpose.
{
  let language = '';
  try {
    const theme = localStorage.getItem('magpie.theme');
    language = localStorage.getItem('magpie.language') ?? '';
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // No storage: the system's preferences hold.
  }
  const spoken = [language, ...navigator.languages].find((l) => /^(en|zh)\b/i.test(l)) ?? 'en';
  const link = document.createElement('link');
  link.rel = 'modulepreload';
  link.href = `js/lang/${/^zh/i.test(spoken) ? 'zh-CN' : 'en'}.js`;
  document.head.append(link);
}
