// desktop.js: what this browser lets a page show on the desktop.

/** @returns {'insecure' | 'none' | NotificationPermission} */
export function desktopState() {
  if (!window.isSecureContext) return 'insecure';
  return 'Notification' in window ? Notification.permission : 'none';
}

/** Only after a click: the browser asks. */
export async function askDesktop() {
  if (desktopState() === 'default') await Notification.requestPermission();
  return desktopState();
}

/** Sounds are our own affair. @param {string} title @param {NotificationOptions} options @returns {Notification | null} */
export function showOnDesktop(title, options) {
  try {
    return new Notification(title, { silent: true, ...options });
  } catch {
    return null;                         // Chromium on Android leaves them to service workers
  }
}
