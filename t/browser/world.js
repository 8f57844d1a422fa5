// world.js: a small lively world for the pictures of docs/gallery/: people, groups, and what they wrote until one morning.
import { name, Quick } from './people.js';

export const NOW = '2026-11-21T10:24:00.000Z';
const BEGIN = '2026-11-14T09:00:00.000Z';
const END = '2026-11-28T12:00:00.000Z';

/** What makes user names and groups unlike those of other tests; the pictures show none of it. */
const MARK = name('');

const PEOPLE = {
  alex: 'Alex Morgan', kim: 'Kim Lindqvist', xiaoyu: '林晓雨', ines: 'Inés Duarte', sam: 'Sam Okafor', layla: 'ليلى حداد', wang: '王小明', tomas: 'Tomás Ruiz',
  yuki: '田中さくら', julia: 'Юлия Петрова', priya: 'Priya Raman', zhang: '张伟', lena: 'Lena Voss', noor: 'Noor Aziz', nora: 'Nora Jansen',
};
const FRIENDS = {
  alex: ['kim', 'xiaoyu', 'ines', 'sam', 'layla', 'wang', 'tomas', 'yuki', 'julia', 'priya', 'zhang'], xiaoyu: ['wang', 'zhang', 'yuki', 'kim', 'ines', 'julia'],
  priya: ['zhang', 'sam'], ines: ['julia', 'yuki'],
};
const STATES = { kim: 'online', xiaoyu: 'online', alex: 'online', wang: 'online', ines: 'online', sam: 'away', yuki: 'away', priya: 'busy' };
const STATUS = { kim: 'Counting birds until Monday', alex: 'Out on the hills', xiaoyu: '今天也要好好吃饭', wang: '读书中' };

/** Each: who owns it, its name, the others in it (of whom the first is an admin), what it is about, its announcement. */
const GROUPS = {
  hikers: ['alex', 'Sunday hikers', ['kim', 'xiaoyu', 'ines', 'sam', 'layla', 'tomas', 'julia', 'wang'], 'Where we go on Sundays, and who brings the tea.',
    'We meet at the north entrance this time: the bridge is closed until December. Bring boots, and something warm to drink.'],
  crew: ['priya', 'Release crew', ['alex', 'zhang', 'sam'], 'What goes out, and when.'],
  circle: ['ines', 'Reading circle', ['julia', 'yuki', 'alex'], 'A chapter a week.'],
  books: ['xiaoyu', '读书会', ['wang', 'zhang', 'yuki', 'julia'], '每月一本书，周三晚上聊。', '这个月读《边城》，下周三晚上八点讨论。'],
};

const CODE = `function busiest(sightings) {
  const counts = new Map();
  for (const { place } of sightings) {
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]);
}`;

/** Day of November and time, where (a group, or whom it goes to), who, what. In the order of time. */
const SAID = [
  ['16 08:41', 'alex', 'priya', 'See you at the stand-up'],
  ['16 19:20', 'xiaoyu', 'ines', '¡Gracias! 谢谢你的明信片'],
  ['17 12:13', 'alex', 'yuki', '写真、とてもきれいでした'],
  ['17 20:45', 'alex', 'julia', 'Спасибо, книга чудесная'],
  ['18 13:02', 'alex', 'wang', '新的望远镜到了'],
  ['18 18:30', 'alex', 'tomas', '¡Hasta el domingo!'],
  ['18 21:15', 'xiaoyu', 'yuki', '来月、東京に行きます'],
  ['18 21:18', 'yuki', 'xiaoyu', '楽しみ！案内しますね'],
  ['18 21:40', 'alex', 'xiaoyu', '上周日的照片我洗出来了，一共三十六张。'],
  ['18 21:42', 'xiaoyu', 'alex', 'So many! Is the heron among them?'],
  ['18 21:43', 'alex', 'xiaoyu', '有，最后一张就是。'],
  ['18 21:45', 'xiaoyu', 'alex', 'Then I owe you a coffee.'],
  ['18 21:46', 'alex', 'xiaoyu', '说定了！'],
  ['19 17:11', 'sam', 'alex', 'Can I still keep the tent?'],
  ['19 17:32', 'alex', 'sam', 'Keep it till spring.'],
  ['19 18:02', 'alex', 'kim', 'Did you see the magpies on the roof this morning?'],
  ['19 18:03', 'kim', 'alex', 'Three of them! One had something shiny.'],
  ['19 18:04', 'kim', 'alex', 'I tried to take a picture, but it was too quick for me.'],
  ['19 18:06', 'alex', 'kim', '😍'],
  ['19 20:10', 'xiaoyu', 'zhang', '票买好了'],
  ['19 20:12', 'zhang', 'xiaoyu', '太棒了！'],
  ['20 16:40', 'crew', 'zhang', '周五的版本我再看一遍。'],
  ['20 16:44', 'crew', 'priya', 'Thanks! This is the last open point:'],
  ['20 16:45', 'crew', 'priya', CODE],
  ['20 16:52', 'crew', 'alex', 'Looks good to me. How it sorts is told here: https://example.org/notes/sorting'],
  ['20 16:58', 'crew', 'sam', 'Same here 👍'],
  ['20 17:30', 'crew', 'priya', 'It is out. All green.'],
  ['20 17:31', 'crew', 'zhang', '🎉🎉'],
  ['20 17:33', 'crew', 'alex', 'Well done, everybody. Enjoy the weekend!'],
  ['20 18:20', 'alex', 'layla', 'شكرا على الصور الجميلة'],
  ['20 19:10', 'hikers', 'kim', 'Who is in for Sunday?'],
  ['20 19:12', 'hikers', 'xiaoyu', '我也去！几点在车站见面？'],
  ['20 19:15', 'hikers', 'alex', 'Nine at the station. The next train is at 9:20.'],
  ['20 19:18', 'hikers', 'ines', 'Perfect, I will bring the cheese.'],
  ['20 20:01', 'books', 'wang', '第三章大家读完了吗？'],
  ['20 20:03', 'books', 'xiaoyu', '刚读完，沈从文写雨写得真好。'],
  ['20 20:05', 'books', 'zhang', '渡口那一段我读了两遍。'],
  ['20 20:06', 'books', 'zhang', '👏👏'],
  ['20 21:03', 'xiaoyu', 'alex', 'The pictures are lovely, thank you!'],
  ['20 21:04', 'alex', 'xiaoyu', '太好了，下次再拍 😊'],
  ['20 22:10', 'circle', 'julia', 'I am through with chapter three.'],
  ['20 22:12', 'circle', 'yuki', 'Me too, at last'],
  ['20 22:15', 'circle', 'ines', 'Chapter four, then. No spoilers, please!'],
  ['21 08:50', 'hikers', 'layla', 'صباح الخير! هل الطريق سهل للأطفال؟'],
  ['21 08:57', 'hikers', 'alex', 'Yes, Layla, all of it is flat. Bring them along!'],
  ['21 09:12', 'books', 'wang', `@xiaoyu${MARK} 周三的茶点你来准备吗？`],
  ['21 09:15', 'books', 'xiaoyu', '好的，我带桂花糕。'],
  ['21 09:16', 'books', 'yuki', '楽しみにしています！'],
  ['21 09:31', 'alex', 'kim', 'Sunday is on. Bring the binoculars and a thermos, it will be cold.'],
  ['21 09:36', 'kim', 'alex', 'I will. And the big map, in case Tomás has lost his again.'],
  ['21 09:38', 'alex', 'kim', 'He has 😄'],
  ['21 09:47', 'alex', 'xiaoyu', '要不要叫上小王？'],
  ['21 09:48', 'alex', 'xiaoyu', '他也想看喜鹊'],
  ['21 09:55', 'xiaoyu', 'wang', '明天几点出发？'],
  ['21 10:02', 'hikers', 'sam', 'Forecast says sun until four.'],
  ['21 10:03', 'hikers', 'sam', '☀️'],
  ['21 10:09', 'hikers', 'tomas', `@alex${MARK} could you bring the big map? Mine fell into the lake.`],
  ['21 10:18', 'books', 'zhang', '那就周三晚上八点见。'],
  ['21 10:21', 'hikers', 'kim', 'Then it is settled: nine at the station, boots, cheese.'],
];

/** What is unread: from this message on. */
const UNREAD = { alex: ['Forecast says sun until four.', 'I am through with chapter three.', '要不要叫上小王？'], xiaoyu: ['那就周三晚上八点见。', '明天几点出发？'] };

/** Colours of the faces, and which scene each shows; who isn't here has initials. */
const FACES = {
  kim: ['lake', '#f7d9a8', '#e8825a', '#3f6f7d', '#244653'],
  xiaoyu: ['leaf', '#dfeee0', '#5d9c76', '#2f6b4f', '#f2c063'],
  sam: ['hills', '#b9dcea', '#fff2c4', '#7ba66c', '#41704b'],
  ines: ['leaf', '#f9dfd8', '#d9705f', '#a8443f', '#f6c667'],
  layla: ['moon', '#26385e', '#f4e3b2', '#415a8c', '#182543'],
  priya: ['lake', '#e5d4f1', '#f2a7b5', '#6b5594', '#443567'],
  tomas: ['hills', '#fbe3c0', '#e9664c', '#b98a56', '#6d5136'],
  wang: ['moon', '#2f5f6b', '#f8e7c0', '#4f8a8f', '#1d3d47'],
  hikers: ['hills', '#cfe6ee', '#f6c667', '#4d8a78', '#1f5a63'],
  books: ['leaf', '#f3ead7', '#c2503f', '#7d2f2a', '#e9b45b'],
  alex: ['hills', '#f6d7b8', '#fff4dc', '#8a6f9e', '#4c4470'],
};

const circle = (x, y, r, fill) => `<circle cx="${x}" cy="${y}" r="${r}" fill="${fill}"/>`;
const path = (d, fill) => `<path d="${d}" fill="${fill}"/>`;
const SCENES = {
  hills: (sun, far, near) => circle(170, 84, 34, sun)
    + path('M0 170 70 96 130 160 180 118 256 190V256H0Z', far) + path('M0 214Q70 160 140 204T256 196V256H0Z', near),
  lake: (sun, far, near) => circle(128, 128, 52, sun)
    + path('M0 134H256V256H0Z', far) + path('M40 168H216V176H40ZM76 196H180V204H76ZM104 224H152V232H104Z', near),
  leaf: (one, other, dot) => path('M128 226C30 190 40 84 128 30 216 84 226 190 128 226Z', one)
    + path('M128 226C118 160 122 96 128 30 216 84 226 190 128 226Z', other) + circle(196, 62, 20, dot),
  moon: (moon, far, near) => circle(150, 96, 48, moon)
    + path('M0 188Q64 140 128 180T256 172V256H0Z', far) + path('M0 226Q80 186 150 222T256 216V256H0Z', near),
};
const face = ([scene, ground, ...colours]) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"><rect width="256" height="256" fill="${ground}"/>${SCENES[scene](...colours)}</svg>`;

const shown = (text) => text.replaceAll(MARK, '');

export class World {
  #times = new Map(SAID.map(([when, , , text]) => [shown(text), `2026-11-${when.replace(' ', 'T')}:00.000Z`]));
  people = {};
  groups = {};                           // their numbers
  #stops = new Set();                    // where somebody has stopped reading
  #states = new Map(Object.entries(STATES).map(([who, state]) => [PEOPLE[who], state]));

  /** @param {(svg: string) => Promise<Buffer>} paint  a drawing as the bytes of a picture */
  static async make(paint) {
    const world = new World();
    // One after the other: a number decides the colour of a face.
    for (const [who, called] of Object.entries(PEOPLE)) world.people[who] = await Quick.make(`${who}${MARK}`, called);
    await world.#meet();
    await world.#found();
    for (const [who, look] of Object.entries(FACES)) {
      const [by, to] = world.groups[who] ? [GROUPS[who][0], `/api/groups/${world.groups[who]}/avatar`] : [who, '/api/me/avatar'];
      await world.people[by].call('PUT', to, await paint(face(look)));
    }
    await world.#talk();
    return world;
  }

  async #meet() {
    const { people } = this;
    const { alex, lena, noor } = people;
    for (const [who, friends] of Object.entries(FRIENDS)) for (const friend of friends) await people[friend].befriend(people[who]);
    for (const [who, status] of Object.entries(STATUS)) await people[who].call('PATCH', '/api/me', { status });
    for (const [list, friends] of [['Neighbours', ['kim', 'layla', 'sam']], ['Work', ['priya', 'zhang']]]) {
      const { list: { id } } = await alex.call('POST', '/api/friend-lists', { name: list });
      for (const friend of friends) await alex.call('PATCH', `/api/friends/${people[friend].id}`, { list_id: id });
    }
    await alex.call('PATCH', `/api/friends/${people.priya.id}`, { remark: 'Priya of the front desk' });
    await lena.call('POST', '/api/friend-requests', { username: alex.username, note: 'We met at the lake on Sunday. I was the one with the red hat.' });
    await noor.call('POST', '/api/friend-requests', { username: people.xiaoyu.username, note: '我们在读书会见过，我坐在窗边。' });
    await alex.call('POST', '/api/friend-requests', { username: noor.username, note: 'Will you come along on Sunday?' });
  }

  async #found() {
    for (const [key, [owner, called, members, description, announcement]] of Object.entries(GROUPS)) {
      const by = this.people[owner];
      const { group: { id } } = await by.call('POST', '/api/groups', { name: `${called}${MARK}`, description });
      this.groups[key] = id;
      for (const who of members) await by.call('POST', `/api/groups/${id}/members`, { user_id: this.people[who].id });
      await by.call('PATCH', `/api/groups/${id}/members/${this.people[members[0]].id}`, { role: 'admin' });
      if (announcement) await by.call('PUT', `/api/groups/${id}/announcement`, { text: announcement });
    }
  }

  async #talk() {
    for (const [, where, who, text] of SAID) {
      const { contact_type: type, contact_id: to } = this.#place(where);
      const { message: { seq } } = await this.people[who].say(type, to, text);
      for (const reader of Object.keys(UNREAD)) await this.#read(reader, where, who, text, seq);
    }
    for (const [who, where, change] of [['alex', 'kim', { pinned: true }], ['alex', 'circle', { muted: true }], ['xiaoyu', 'books', { pinned: true }],
      ['xiaoyu', 'hikers', { muted: true }]]) {
      const { contact_type: type, contact_id: id } = this.#place(where);
      await this.people[who].call('PATCH', `/api/conversations/${type}/${id}`, change);
    }
  }

  #place(where) {
    return this.groups[where] ? { contact_type: 'group', contact_id: this.groups[where] } : { contact_type: 'single', contact_id: this.people[where].id };
  }

  /** Reads what was just said, unless it, or something above it, is to be unread. */
  async #read(reader, where, who, text, seq) {
    const group = GROUPS[where];
    const isTold = who !== reader && (group ? [group[0], ...group[2]].includes(reader) : where === reader);
    if (!isTold) return;
    const place = group ? where : who;
    if (UNREAD[reader].includes(text)) this.#stops.add(`${reader} ${place}`);
    if (!this.#stops.has(`${reader} ${place}`)) await this.people[reader].call('POST', '/api/read', { ...this.#place(place), seq });
  }

  /** Lets a browser see the world as it was on that morning, whatever the day is and whoever else is on the server. */
  async showTo({ context, page }) {
    await page.clock.setFixedTime(NOW);
    await context.route(/\/api\/(?!avatars|login)/, async (route) => {
      try {
        const response = await route.fetch();
        const json = response.headers()['content-type']?.includes('json') ? this.#seen(await response.json()) : undefined;
        await route.fulfill({ response, json });
      } catch {
        // The page has gone, or broken it off.
      }
    });
  }

  #seen(value, key = '') {
    if (Array.isArray(value)) return value.map((each) => this.#seen(each));
    if (typeof value === 'string') return /^\d{4}-\d\d-\d\dT/.test(value) ? /until|expires/.test(key) ? END : BEGIN : shown(value);
    if (value === null || typeof value !== 'object') return value;
    const seen = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, this.#seen(each, name)]));
    if ('msg' in seen) seen.timestamp = this.#times.get(seen.msg) ?? BEGIN;
    if ('state' in seen && 'name' in seen) Object.assign(seen, { state: this.#states.get(seen.name) ?? 'offline', online: this.#states.has(seen.name) });
    return seen.type === 'presence' ? { ...seen, type: 'unknown' } : seen;
  }
}
