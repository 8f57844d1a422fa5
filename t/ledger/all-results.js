// all-results.js FOLDER: the table of the runs whose results.json lie in the folders below, and which forms of each fault
// struck how often.

import fs from 'node:fs';
import { alone, table } from './results.js';

const folder = process.argv[2];
const lines = [];
for (const name of fs.readdirSync(folder).sort((a, b) => Number(b === 'calm') - Number(a === 'calm') || a.localeCompare(b))) {
  const file = `${folder}/${name}/results.json`;
  if (!fs.existsSync(file)) continue;
  const { faults } = JSON.parse(fs.readFileSync(file, 'utf8'));
  const own = alone(faults, name);
  if (own) lines.push(own);
}
process.stdout.write(`${table(lines)}\n\n`);
for (const { fault, forms = {} } of lines) {
  const counts = Object.entries(forms).map(([form, count]) => `${form} ${count}`);
  if (counts.length > 0) process.stdout.write(`${fault}: ${counts.join(', ')}\n`);
}
