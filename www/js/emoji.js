// emoji.js: emoji by what they are called, in English, Chinese and pinyin. Pure.

/** A line: the emoji, its English names, its Chinese ones, these in pinyin. */
const TABLE = `
😀 grinning smile|笑脸|xiaolian
😃 smiley happy|开心|kaixin
😄 laughing_eyes|高兴|gaoxing
😁 beaming grin|嘻嘻|xixi
😆 laughing satisfied|哈哈|haha
😅 sweat_smile|尴尬 汗|ganga han
🤣 rofl rolling|笑翻|xiaofan
😂 joy lol tears|笑哭|xiaoku
🙂 slight_smile|微笑|weixiao
🙃 upside_down|倒脸 无语|daolian wuyu
😉 wink|眨眼|zhayan
😊 blush|害羞 脸红|haixiu lianhong
😇 innocent angel|天使|tianshi
🥰 in_love adore|喜爱 爱你|xiai aini
😍 heart_eyes|喜欢 色|xihuan se
🤩 star_struck|崇拜|chongbai
😘 kiss kissing_heart|飞吻 亲亲|feiwen qinqin
😋 yum tasty|好吃|haochi
😛 tongue|吐舌|tushe
😜 wink_tongue|调皮|tiaopi
🤪 zany crazy|疯狂|fengkuang
🤑 money_face|发财|facai
🤗 hug hugging|抱抱 拥抱|baobao yongbao
🤭 giggle oops|偷笑|touxiao
🤫 shush quiet|嘘|xu
🤔 thinking hmm|思考 想|sikao xiang
🫡 salute|敬礼|jingli
🤐 zipper_mouth|闭嘴|bizui
🤨 raised_eyebrow|怀疑|huaiyi
😐 neutral|面无表情|mianwubiaoqing
😑 expressionless|无语|wuyu
😶 no_mouth speechless|沉默|chenmo
😏 smirk|得意 坏笑|deyi huaixiao
😒 unamused|不高兴|bugaoxing
🙄 eye_roll|白眼|baiyan
😬 grimace|龇牙|ziya
😌 relieved|放松|fangsong
😔 pensive|失落|shiluo
😪 sleepy|困|kun
🤤 drool|流口水|liukoushui
😴 sleeping zzz|睡觉 晚安|shuijiao wanan
😷 mask sick|口罩 生病|kouzhao shengbing
🤒 fever|发烧|fashao
🤕 hurt|受伤|shoushang
🤢 nauseated|恶心|exin
🤮 vomit|吐|tu
🤧 sneeze|打喷嚏|dapenti
🥵 hot_face|热|re
🥶 cold_face|冷|leng
😵 dizzy|晕|yun
🤯 mind_blown exploding_head|震惊|zhenjing
🥳 partying party_face|庆祝|qingzhu
😎 cool sunglasses|酷 墨镜|ku mojing
🤓 nerd|书呆子|shudaizi
🧐 monocle|仔细看|zixikan
😕 confused|困惑|kunhuo
😟 worried|担心|danxin
🙁 slight_frown sad|难过|nanguo
😮 open_mouth wow|惊讶 哇|jingya wa
😲 astonished|吃惊|chijing
😳 flushed|脸红 不好意思|lianhong buhaoyisi
🥺 pleading please|可怜 求你|kelian qiuni
😨 fearful|害怕|haipa
😰 anxious|焦虑|jiaolv
😥 disappointed|失望|shiwang
😢 cry|哭 流泪|ku liulei
😭 sob crying|大哭|daku
😱 scream|尖叫|jianjiao
😩 weary|疲惫|pibei
😫 tired|累|lei
🥱 yawn bored|哈欠|haqian
😤 triumph huff|哼|heng
😡 rage angry|生气 愤怒|shengqi fennu
🤬 swearing|骂人|maren
😈 devil|恶魔|emo
💀 skull dead|骷髅|kulou
💩 poop|便便|bianbian
🤡 clown|小丑|xiaochou
👻 ghost|鬼|gui
👽 alien|外星人|waixingren
🤖 robot|机器人|jiqiren
🙈 see_no_evil|非礼勿视|feiliwushi
🙉 hear_no_evil|非礼勿听|feiliwuting
🙊 speak_no_evil|非礼勿言|feiliwuyan
❤️ heart love|爱心 爱|aixin ai
🧡 orange_heart|橙心|chengxin
💛 yellow_heart|黄心|huangxin
💚 green_heart|绿心|lvxin
💙 blue_heart|蓝心|lanxin
💜 purple_heart|紫心|zixin
🖤 black_heart|黑心|heixin
💔 broken_heart|心碎|xinsui
💕 two_hearts|双心|shuangxin
💯 100 hundred|满分|manfen
💢 anger|怒|nu
💥 boom collision|爆炸|baozha
💦 sweat_drops|水滴|shuidi
💤 zzz_sign|瞌睡|keshui
👋 wave hello bye|挥手 你好 再见|huishou nihao zaijian
✋ raised_hand stop|举手 停|jushou ting
👌 ok ok_hand|好的|haode
✌️ victory peace|胜利 耶|shengli ye
🤞 fingers_crossed|祈祷好运|qidaohaoyun
🤟 love_you|我爱你|woaini
🤙 call_me|打电话|dadianhua
👈 point_left|左|zuo
👉 point_right|右|you
👆 point_up|上|shang
👇 point_down|下|xia
👍 +1 thumbsup yes|赞 好|zan hao
👎 -1 thumbsdown no|踩 差|cai cha
✊ fist|拳头|quantou
👊 punch|出拳|chuquan
👏 clap bravo|鼓掌|guzhang
🙌 raised_hands hooray|万岁|wansui
🫶 heart_hands|比心|bixin
🤝 handshake deal|握手 合作|woshou hezuo
🙏 pray thanks please_do|谢谢 拜托|xiexie baituo
✍️ writing|写字|xiezi
💪 muscle strong|加油 强壮|jiayou qiangzhuang
👀 eyes look|看 眼睛|kan yanjing
🧠 brain|大脑|danao
👶 baby|宝宝|baobao
👦 boy|男孩|nanhai
👧 girl|女孩|nvhai
👨 man|男人|nanren
👩 woman|女人|nvren
👴 old_man|爷爷|yeye
👵 old_woman|奶奶|nainai
🤷 shrug|耸肩 不知道|songjian buzhidao
🤦 facepalm|捂脸|wulian
🙋 raising_hand|我来|wolai
🙇 bow sorry|鞠躬 对不起|jugong duibuqi
🏃 run running|跑步|paobu
💃 dance|跳舞|tiaowu
👪 family|家庭 家人|jiating jiaren
🐶 dog|狗|gou
🐱 cat|猫|mao
🐭 mouse|老鼠|laoshu
🐰 rabbit|兔子|tuzi
🦊 fox|狐狸|huli
🐻 bear|熊|xiong
🐼 panda|熊猫|xiongmao
🐯 tiger|老虎|laohu
🦁 lion|狮子|shizi
🐮 cow|牛|niu
🐷 pig|猪|zhu
🐵 monkey|猴子|houzi
🐔 chicken|鸡|ji
🐧 penguin|企鹅|qie
🐦 bird magpie|鸟 喜鹊|niao xique
🐴 horse|马|ma
🐝 bee|蜜蜂|mifeng
🦋 butterfly|蝴蝶|hudie
🐢 turtle|乌龟|wugui
🐍 snake|蛇|she
🐉 dragon|龙|long
🐟 fish|鱼|yu
🌸 blossom cherry_blossom|樱花|yinghua
🌹 rose|玫瑰|meigui
🌻 sunflower|向日葵|xiangrikui
🌲 tree|树|shu
🍀 clover luck|四叶草 幸运|siyecao xingyun
🍎 apple|苹果|pingguo
🍉 watermelon|西瓜|xigua
🍓 strawberry|草莓|caomei
🍚 rice|米饭|mifan
🍜 noodles ramen|面条|miantiao
🥟 dumpling|饺子|jiaozi
🍞 bread|面包|mianbao
🍔 burger|汉堡|hanbao
🍕 pizza|披萨|pisa
🍰 cake|蛋糕|dangao
🎂 birthday|生日 生日快乐|shengri shengrikuaile
🍫 chocolate|巧克力|qiaokeli
☕ coffee|咖啡|kafei
🍵 tea|茶|cha
🍺 beer|啤酒|pijiu
🍻 cheers|干杯|ganbei
🍷 wine|红酒|hongjiu
⚽ soccer football|足球|zuqiu
🏀 basketball|篮球|lanqiu
🏆 trophy|奖杯 冠军|jiangbei guanjun
🎮 game|游戏|youxi
🎵 music note|音乐|yinyue
🎤 microphone sing|唱歌|changge
🎬 film movie|电影|dianying
🚗 car|汽车|qiche
🚌 bus|公交车|gongjiaoche
🚄 train|火车 高铁|huoche gaotie
🚲 bicycle bike|自行车|zixingche
✈️ plane airplane|飞机|feiji
🚀 rocket launch|火箭|huojian
🏠 house home|家 房子|jia fangzi
🏢 office|公司 办公室|gongsi bangongshi
🏫 school|学校|xuexiao
🏥 hospital|医院|yiyuan
🌍 earth world|地球 世界|diqiu shijie
☀️ sun sunny|太阳 晴|taiyang qing
🌙 moon|月亮|yueliang
⭐ star|星星|xingxing
⛅ cloud|多云|duoyun
🌧️ rain|下雨|xiayu
❄️ snow|下雪|xiaxue
🌈 rainbow|彩虹|caihong
🔥 fire hot|火|huo
✨ sparkles|闪亮|shanliang
🎉 tada party hooray_party|恭喜 庆祝|gongxi qingzhu
🎁 gift present|礼物|liwu
🧧 red_envelope|红包|hongbao
🏮 lantern|灯笼|denglong
🧨 firecracker|鞭炮|bianpao
🎄 christmas_tree|圣诞树|shengdanshu
💰 money|钱|qian
📱 phone|手机|shouji
💻 laptop computer|电脑|diannao
📷 camera|相机 照片|xiangji zhaopian
💡 idea bulb|主意 灯泡|zhuyi dengpao
📚 books|书|shu
📝 memo|笔记|biji
📅 calendar date|日历|rili
📌 pin pushpin|图钉|tuding
📎 paperclip|回形针|huixingzhen
🔑 key|钥匙|yaoshi
🔒 lock|锁|suo
🔧 wrench tool|扳手 工具|banshou gongju
🐛 bug|虫子|chongzi
⏰ alarm clock|闹钟|naozhong
⏳ hourglass wait|沙漏 等|shalou deng
✅ check done|完成 对|wancheng dui
❌ cross wrong|错|cuo
⚠️ warning|警告|jinggao
❓ question|疑问|yiwen
❗ exclamation|感叹|gantan
🚫 forbidden|禁止|jinzhi
🆗 ok_sign|可以|keyi
🆕 new|新|xin
`;

const FOUND_MAX = 6;

/** @typedef {{ emoji: string, english: string[], chinese: string[], pinyin: string[] }} Emoji */

/** @type {Emoji[]} */
export const EMOJI = TABLE.trim().split('\n').map((line) => {
  const [english, chinese, pinyin] = line.split('|').map((names) => names.split(' '));
  return { emoji: english[0], english: english.slice(1), chinese, pinyin };
});

/** How well it is called so: 0 exactly, 1 at a name's beginning, 2 somewhere in one, 3 not at all. @param {Emoji} e @param {string} words */
function distance(e, words) {
  const names = [...e.english, ...e.chinese, ...e.pinyin];
  if (names.includes(words)) return 0;
  if (names.some((name) => name.startsWith(words))) return 1;
  return names.some((name) => name.includes(words)) ? 2 : 3;
}

/** The best few. @param {string} words as they were typed after the colon */
export function emojiFor(words) {
  const lower = words.toLowerCase();
  const rated = EMOJI.map((e) => ({ e, far: distance(e, lower) })).filter(({ far }) => far < 3);
  return rated.sort((a, b) => a.far - b.far).slice(0, FOUND_MAX).map(({ e }) => e);
}

const ASKS = /[:：]([a-z+-][a-z0-9_+-]+|\p{Script=Han}+)$/iu;
const HAN = /\p{Script=Han}/u;

/**
 * What somebody who writes asks for: the words after a colon, up to the caret; not in a word, a time or an address.
 * @param {string} text @param {number} caret @returns {{ start: number, words: string } | null}
 */
export function askedFor(text, caret) {
  const match = ASKS.exec(text.slice(0, caret));
  if (!match || !mayFollow(text.slice(0, match.index), match[0])) return null;
  return { start: match.index, words: match[1] };
}

/** Chinese has no spaces, so the narrow colon may follow its characters; the wide one is its punctuation, and a Chinese word after
 * either goes on with the sentence. @param {string} before @param {string} asked */
function mayFollow(before, asked) {
  if (/(^|\s)$/u.test(before)) return true;
  if (/:\/\/\S*$/u.test(before) || asked.startsWith('：') || HAN.test(asked)) return false;
  return /\p{Script=Han}$/u.test(before) || !/[\p{L}\p{N}/:：_]$/u.test(before);
}
