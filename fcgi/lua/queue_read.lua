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

local function gone()
  redis.call('DEL', KEYS[1], KEYS[2])
  redis.call('SREM', KEYS[3], ARGV[2])
  return { 'gone', noted }
end
if m[1] ~= ARGV[1] then return gone() end
if not first and gen ~= tonumber(ARGV[4]) then return { 'replaced' } end
if after < base or after > given then return { 'range' } end

local events = {}
if next > after then
  -- A list that was lost, perhaps with newer events in it since. Where all has arrived there is nothing to lose.
  if redis.call('LLEN', KEYS[2]) ~= next - base then return gone() end
  if after > base then redis.call('LTRIM', KEYS[2], after - base, -1) end
  events = redis.call('LRANGE', KEYS[2], 0, ARGV[6] - 1)
elseif after > base then
  redis.call('DEL', KEYS[2])
end
if first then gen = gen + 1 end
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
-- Whose poll was noted has had its answer, where events were given since: they went along with a ring.
local held = noted ~= '' and given == base
-- Does this tab count for what others see (see presence_state) in another way than before?
local turned, since = 0, now - tonumber(m[9] or 0)
if first and (m[8] ~= ARGV[8] or (since >= 9500 and (not held or since >= 60000))) then
  turned = 1
  redis.call('HSET', KEYS[1], 'idle', ARGV[8])
end
local last = after + #events
if last > given then redis.call('HSET', KEYS[1], 'given', last) end
redis.call('HSET', KEYS[1], 'base', ARGV[3], 'gen', gen, 'worker', #events == 0 and ARGV[5] or '', 'polled', now)
if first and expires - now < 300000 or ARGV[7] == '1' then
  -- No push finds a queue that the list of tabs lacks, and nothing in the queue tells.
  if redis.call('SISMEMBER', KEYS[3], ARGV[2]) == 0 then return gone() end
  redis.call('HSET', KEYS[1], 'expires', now + 330000)
  redis.call('PEXPIREAT', KEYS[1], now + 330000)
  redis.call('PEXPIREAT', KEYS[2], now + 330000)
  redis.call('EXPIRE', KEYS[3], 400, 'GT')
end
-- Who held this poll's predecessor is to look again, and finds that it was replaced; but not where the client says that
-- it has that one's answer.
local ring = (first and after == base and noted) or ''
return { 'ok', gen, ring, last, turned, unpack(events) }
