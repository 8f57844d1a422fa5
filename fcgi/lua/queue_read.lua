#!lua flags=allow-oom
-- One look at a queue on behalf of a poll.
-- KEYS: {u}:t:<tab>:m, {u}:t:<tab>:q, {u}:tabs. ARGV: run, tab, after, gen ('' is a poll's first read: it
-- takes a new one), worker ('' notes nobody: a poll's last read), most events, '1' in doubt of what Redis still has,
-- whether the tab is idle ('1' or '').
-- Gives {'gone', worker to ring}, {'range'}, {'replaced'}, or {'ok', gen, worker to ring, next, whether what
-- others see of the user may be another now (1 or 0), event…}.
local m = redis.call('HMGET', KEYS[1], 'run', 'base', 'given', 'next', 'gen', 'worker', 'expires', 'idle', 'polled')
if not m[1] then return { 'gone', '' } end
local base, given, next = tonumber(m[2]), tonumber(m[3]), tonumber(m[4])
local gen, noted, expires = tonumber(m[5]), m[6], tonumber(m[7])
local first = ARGV[4] == ''
local after = tonumber(ARGV[3])

if m[1] ~= ARGV[1] or redis.call('LLEN', KEYS[2]) ~= next - base then
  redis.call('DEL', KEYS[1], KEYS[2])
  redis.call('SREM', KEYS[3], ARGV[2])
  return { 'gone', noted }
end
if not first and gen ~= tonumber(ARGV[4]) then return { 'replaced' } end
if after < base or after > given then return { 'range' } end

local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
if after > base then
  redis.call('LTRIM', KEYS[2], after - base, -1)
end
local events = {}
if next > after then
  events = redis.call('LRANGE', KEYS[2], 0, ARGV[6] - 1)
end
if first then gen = gen + 1 end
-- Does this tab count for what others see (see presence_state) in another way than before?
local idle, turned, since = m[8], 0, now - tonumber(m[9] or 0)
if first and (idle ~= ARGV[8] or (since >= 9500 and (noted == '' or since >= 60000))) then
  idle, turned = ARGV[8], 1
end
local last = after + #events
redis.call('HSET', KEYS[1], 'base', after, 'given', math.max(given, last), 'gen', gen,
  'worker', #events == 0 and ARGV[5] or '', 'polled', now, 'idle', idle or '')
if first and expires - now < 300000 or ARGV[7] == '1' then
  -- No push finds a queue that the list of tabs lacks, and nothing in the queue tells.
  if redis.call('SISMEMBER', KEYS[3], ARGV[2]) == 0 then
    redis.call('DEL', KEYS[1], KEYS[2])
    return { 'gone', noted }
  end
  redis.call('HSET', KEYS[1], 'expires', now + 330000)
  redis.call('PEXPIREAT', KEYS[1], now + 330000)
  redis.call('PEXPIREAT', KEYS[2], now + 330000)
  redis.call('EXPIRE', KEYS[3], 400, 'GT')
end
-- Who held this poll's predecessor is to look again, and finds that it was replaced.
local ring = (first and noted) or ''
return { 'ok', gen, ring, last, turned, unpack(events) }
