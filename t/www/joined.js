// joined.js: the client's sources, and the site that www/join makes of them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

export const www = new URL('../../www/', import.meta.url);

/** @param {string | URL} from @param {string} site */
export function join(from, site) {
  execFileSync(fileURLToPath(new URL('join', www)), [from instanceof URL ? fileURLToPath(from) : from, site], { stdio: 'pipe' });
  const { version } = JSON.parse(readFileSync(`${site}/version.json`, 'utf8'));
  return { site, version, home: `/v/${version}/`, html: readFileSync(`${site}/index.html`, 'utf8') };
}

/** @type {ReturnType<typeof join> | undefined} */
let made;

export function joinedSite() {
  if (made) return made;
  const site = folder();
  made = join(www, site);
  return made;
}

/** @type {string[]} */
const folders = [];
process.on('exit', () => folders.forEach((path) => rmSync(path, { recursive: true, force: true })));

/** A new folder, for as long as this process lives. */
export function folder() {
  folders.push(mkdtempSync(`${tmpdir()}/magpie-site-`));
  return folders.at(-1);
}

/** @param {URL | string} top @returns {string[]} the paths of all files, from there */
export function filesBelow(top, below = '') {
  const base = top instanceof URL ? fileURLToPath(top) : `${top}/`;
  return readdirSync(base + below).flatMap((name) => {
    const path = below + name;
    return statSync(base + path).isDirectory() ? filesBelow(top, `${path}/`) : [path];
  });
}

/** A module and all that it imports. @param {string} path @returns {Set<string>} */
export function modulesOf(path, from = www, seen = new Set()) {
  const file = new URL(path, from);
  if (seen.has(file.href)) return seen;
  seen.add(file.href);
  for (const [, next] of readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?:[^'\n]* from )?'([^']+)'/gm)) modulesOf(next, file, seen);
  return seen;
}
