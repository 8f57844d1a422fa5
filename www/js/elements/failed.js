// failed.js: what stands in the place of a part that has failed.

import { blank, button, icon } from '../html.js';
import { t } from '../i18n.js';

/** @param {() => void} again */
export const failed = (again) => blank({ sign: icon('alert'), title: t('part.failed'), text: t('part.others'), role: 'alert', within: true },
  button({ label: t('action.retry'), icon: 'retry', class: 'button' }, again));
