// www/join changes nothing but where the modules stand: what is left of each is the same code, token by token, and gives
// the same names.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { filesBelow, folder, join, joinedSite, modulesOf, www } from './joined.js';

const packages = process.env.MAGPIE_NODE_MODULES_DIR ?? fileURLToPath(new URL('../../var/node/node_modules', import.meta.url));
const ts = createRequire(`${packages}/x.js`)('typescript');

const id = (path) => `$${path.replace(/^js\/|\.js$/g, '').replace(/\W/g, '_')}`;
const parse = (text) => ts.createSourceFile('x.mjs', text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.JS);

/** What the code is made of, without what only people read. */
function tokens(text) {
  const all = [];
  const source = parse(text);
  const walk = (node) => {
    if (node.kind >= ts.SyntaxKind.FirstJSDocNode && node.kind <= ts.SyntaxKind.LastJSDocNode) return;
    const children = node.getChildren(source);
    if (children.length > 0) children.forEach(walk);
    else if (node.getText(source) !== '') all.push(node.getText(source));
  };
  walk(source);
  return all;
}

const isImport = (node) => ts.isImportDeclaration(node);
const isExported = (node) => node.modifiers?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword);

/** Each statement but imports, and without `export`: what both have in common. @param {readonly any[]} statements */
const bodies = (statements) => statements.filter((s) => !isImport(s)).flatMap((s) =>
  tokens(s.getText().replace(/^(?:\/\*[^]*?\*\/\s*)?export (default )?/, (_, isDefault) => (isDefault ? 'const $default = ' : ''))));

/** Names as `import` or destructuring tells them: [as named there, as named here], with where from. */
function imports(statements) {
  return statements.filter(isImport).map((s) => {
    const { name, namedBindings } = s.importClause;
    const names = (namedBindings?.elements ?? []).map((e) => `${(e.propertyName ?? e.name).text} as ${e.name.text}`);
    return { from: s.moduleSpecifier.text, names: name ? [`default as ${name.text}`, ...names] : names };
  });
}

const names = (pattern) => pattern.elements.map((e) => `${(e.propertyName ?? e.name).text} as ${e.name.text}`);
const gets = (s, isFrom) => ts.isVariableStatement(s) && ts.isObjectBindingPattern(s.declarationList.declarations[0].name)
  && ts.isIdentifier(s.declarationList.declarations[0].initializer) && isFrom(s.declarationList.declarations[0].initializer.text);
const got = (s) => ({ from: s.declarationList.declarations[0].initializer.text, names: names(s.declarationList.declarations[0].name) });

/** The addresses of import() count from where the text stands. */
const unaddressed = (all) => all.map((token, i) => (all[i - 2] === 'import' && all[i - 1] === '(' ? token.replace(/^'.*\//, "'") : token));

const first = [...modulesOf('js/main.js')].map((href) => href.slice(www.href.length));
const { site, home } = joinedSite();

/** In what is joined: [the module's name, its statements, what it returns]. */
const parts = parse(readFileSync(`${site}${home}js/first.js`, 'utf8')).statements.filter((s) => !ts.isExportDeclaration(s)).map((s) => {
  if (ts.isBlock(s)) return ['$main', s.statements, []];
  const { name, initializer } = s.declarationList.declarations[0];
  const { statements } = initializer.expression.expression.body;
  const given = statements.at(-1).expression.properties.map((p) => `${p.name.text} as ${p.initializer.text}`);
  return [name.text, statements.slice(0, -1), given];
});

test('the first modules are joined, each after those that it imports', () => {
  assert.deepEqual(parts.map(([name]) => name).sort(), first.map(id).sort());
  assert.equal(parts.at(-1)[0], '$main');
  const seen = new Set();
  for (const [name, statements] of parts) {
    for (const s of statements.filter((x) => gets(x, (from) => from.startsWith('$')))) assert.ok(seen.has(got(s).from), `${name} before ${got(s).from}`);
    seen.add(name);
  }
});

test('each of them is the same code, and gives and takes the same names', () => {
  for (const path of first) {
    const source = parse(readFileSync(new URL(path, www), 'utf8')).statements;
    const [name, all, given] = parts.find(([n]) => n === id(path));
    const taken = all.filter((s) => gets(s, (from) => from.startsWith('$')));
    const rest = all.filter((s) => !taken.includes(s));
    assert.deepEqual(unaddressed(bodies(rest)), unaddressed(bodies(source)), name);
    const wanted = imports(source).map(({ from, names: n }) => ({ from: id(new URL(from, new URL(path, www)).href.slice(www.href.length)), names: n }));
    assert.deepEqual(taken.map(got), wanted, name);
    const exported = source.filter((s) => isExported(s) || ts.isExportAssignment(s)).flatMap((s) => (ts.isExportAssignment(s) ? ['default as $default']
      : s.name ? [`${s.name.text} as ${s.name.text}`] : s.declarationList.declarations.map((d) => `${d.name.text} as ${d.name.text}`)));
    assert.deepEqual(given, exported.sort(), name);
  }
});

test('the later modules are the same code, and take what they need from there', () => {
  const later = filesBelow(www).filter((path) => /^js\/.*\.js$/.test(path) && !first.includes(path));
  assert.ok(later.length > 30);
  for (const path of later) {
    const source = parse(readFileSync(new URL(path, www), 'utf8')).statements;
    const made = parse(readFileSync(`${site}${home}${path}`, 'utf8')).statements;
    const isTaken = (s) => gets(s, (from) => from.startsWith('$'));
    const asMade = path === 'js/early.js' ? (token) => token.replace('main.js', 'first.js') : (token) => token;
    assert.deepEqual(bodies(made.filter((s) => !isTaken(s))), bodies(source).map(asMade), path);
    const own = (from) => new URL(from, new URL(path, www)).href.slice(www.href.length);
    const there = new Map(made.filter(isTaken).map((s) => [got(s).from, got(s).names]));
    for (const { from, names: n } of imports(source)) {
      if (first.includes(own(from))) assert.deepEqual(there.get(id(own(from))), n, `${path} takes from ${from}`);
      else assert.deepEqual(imports(made).find((i) => i.from === from)?.names, n, `${path} takes from ${from}`);
    }
    for (const { from } of imports(made)) assert.ok(existsSync(new URL(from, new URL(path, `file://${site}${home}`))), `${path}: ${from}`);
  }
});

/** A small client beside the real one's page and worker. */
function small(files) {
  const from = folder();
  mkdirSync(`${from}/js`);
  for (const name of ['index.html', 'sw.js', 'app.css', 'js/early.js']) cpSync(fileURLToPath(new URL(name, www)), `${from}/${name}`);
  for (const [path, text] of Object.entries(files)) writeFileSync(`${from}/${path}`, text);
  return from;
}

const joinedOf = (files) => {
  const { site: to, home: at } = join(small(files), folder());
  return readFileSync(`${to}${at}js/first.js`, 'utf8');
};

test('what looks like a comment in a text stays, and what join does not know is refused', async () => {
  const text = joinedOf({ 'js/main.js': "import { a } from './a.js';\nglobalThis.told = a;\n", 'js/a.js': 'export const a = `\n  // here\n  /* and */\n`;\n' });
  await import(`data:text/javascript,${encodeURIComponent(text)}`);
  assert.equal(globalThis.told, '\n  // here\n  /* and */\n');
  const told = joinedOf({ 'js/main.js': "globalThis.told = 'a;  // here';  // it's gone\nglobalThis.told += \"(  // {\";\n" });
  assert.equal(told, "{\nglobalThis.told = 'a;  // here';\nglobalThis.told += \"(  // {\";\n}\nexport {  };\n");
  const refused = (files) => assert.throws(() => joinedOf({ 'js/a.js': 'export const a = 1;\n', ...files }));
  refused({ 'js/main.js': "import { a } from './b.js';\n" });
  refused({ 'js/main.js': "import * as a from './a.js';\n" });
  refused({ 'js/main.js': "import { b } from './b.js';\n", 'js/b.js': "export * from './a.js';\nexport const b = 1;\n" });
  refused({ 'js/main.js': "import { b } from './b.js';\n", 'js/b.js': 'export let b = 1;\n' });
  const circle = { 'js/b.js': "import { c } from './c.js';\nexport const b = 1;\n", 'js/c.js': "import { b } from './b.js';\nexport const c = 1;\n" };
  refused({ 'js/main.js': "import { b } from './b.js';\n", ...circle });
});

test('another content has another address, and the former one stays for a while', () => {
  const from = small({ 'js/main.js': 'globalThis.told = 0;\n' });
  const to = folder();
  const versions = [];
  for (let i = 0; i < 10; i++) {
    writeFileSync(`${from}/js/main.js`, `globalThis.told = ${i};\n`);
    const { version } = join(from, to);
    versions.push(version);
    utimesSync(`${to}/v/${version}`, 1e9 + i, 1e9 + i);
  }
  assert.equal(new Set(versions).size, 10);
  const left = versions.filter((version) => existsSync(`${to}/v/${version}`));
  assert.deepEqual(left, versions.slice(2));
  assert.equal(join(from, to).version, versions[9]);
});

test('what is made is everybody’s to read, whoever made it', () => {
  const mask = process.umask(0o077);
  const { site: to, home: at } = join(small({ 'js/main.js': 'globalThis.told = 0;\n' }), `${folder()}/site`);
  process.umask(mask);
  const modes = ['', 'index.html', `${at}js`, `${at}js/first.js`].map((path) => (statSync(`${to}/${path}`).mode & 0o777).toString(8));
  assert.deepEqual(modes, ['755', '644', '755', '644']);
});
