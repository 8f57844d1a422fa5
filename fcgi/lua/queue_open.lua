-- Opens a queue, dropping the one that was longest without a poll where there are too many.
-- KEYS: {u}:tabs, then {u}:t:<tab>:m of the new one. ARGV: run, tab, session, most queues.
-- Gives a list of (worker, tab, 0) to ring, as a push does: those of a dropped queue.
local tabs = redis.call('SMEMBERS', KEYS[1])
local prefix = string.sub(KEYS[1], 1, -5) .. 't:'
local ring = {}
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)

local alive, oldest, oldest_at = 0, nil, nil
for _, tab in ipairs(tabs) do
  local m = redis.call('HMGET', prefix .. tab .. ':m', 'run', 'polled', 'worker', 'base', 'given')
  if m[1] ~= ARGV[1] then
    redis.call('DEL', prefix .. tab .. ':m', prefix .. tab .. ':q')
    redis.call('SREM', KEYS[1], tab)
  else
    alive = alive + 1
    -- A poll that is held counts as now; but a note may be a dead worker's, and no poll is held for a minute. What was
    -- given since the note went along with a ring, and ended that poll.
    local at = tonumber(m[2])
    if m[3] ~= '' and m[4] == m[5] and now - at < 60000 then at = now end
    if oldest == nil or at < oldest_at then
      oldest, oldest_at = tab, at
    end
  end
end
if alive >= tonumber(ARGV[4]) then
  local worker = redis.call('HGET', prefix .. oldest .. ':m', 'worker')
  redis.call('DEL', prefix .. oldest .. ':m', prefix .. oldest .. ':q')
  redis.call('SREM', KEYS[1], oldest)
  if worker ~= '' then ring = { worker, oldest, 0 } end
end

redis.call('HSET', KEYS[2], 'run', ARGV[1], 'session', ARGV[3], 'base', 0, 'given', 0, 'next', 0, 'gen', 0,
  'worker', '', 'polled', now, 'expires', now + 330000)
redis.call('PEXPIREAT', KEYS[2], now + 330000)
redis.call('SADD', KEYS[1], ARGV[2])
-- Never before any of the queues in it, whose end a clock that jumped may have put far away.
redis.call('EXPIRE', KEYS[1], 400, 'NX')
redis.call('EXPIRE', KEYS[1], 400, 'GT')
return ring
