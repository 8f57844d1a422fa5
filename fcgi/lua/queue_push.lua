-- Appends an event to each queue of a user; without a queue nothing is made.
-- KEYS: {u}:tabs. ARGV: run, event (JSON without its "{" and number), most waiting events; for an event that
-- isn't worth keeping, how many may wait at most for it to be added ('' for others); and how many may wait at most
-- for it to go along with the ring ('' where it is too long for that).
-- Gives a list of (worker, tab, number) to ring: the event's number where it goes along, else 0. What goes along
-- counts as given, and stays in the list until it is acknowledged. The notes stay: a pusher that dies before it rings
-- must not silence the next one.
local ring = {}
local prefix = string.sub(KEYS[1], 1, -5) .. 't:'
for _, tab in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local mk, qk = prefix .. tab .. ':m', prefix .. tab .. ':q'
  local m = redis.call('HMGET', mk, 'run', 'base', 'given', 'next', 'worker', 'expires', 'polled')
  local worker, number = m[5] or '', 0
  local waiting = m[1] == ARGV[1] and m[4] - m[2]
  local good = waiting and (ARGV[4] ~= '' or waiting < tonumber(ARGV[3]))
  if good and ARGV[4] ~= '' and waiting > tonumber(ARGV[4]) then
    worker = '' -- it is left out, and nobody is rung
  elseif good then
    local length = redis.call('RPUSH', qk, ARGV[2])
    good = length == waiting + 1
    if length == 1 then redis.call('PEXPIREAT', qk, m[6]) end
    -- A worker whose bell's name begins so takes the event from the ring, if all before it was handed over too.
    if string.byte(worker) == 43 and m[3] == m[4] and ARGV[5] ~= '' and waiting <= tonumber(ARGV[5]) then
      number = m[4] + 1
    end
    if number == 0 then
      redis.call('HSET', mk, 'next', m[4] + 1)
    else
      local now = redis.call('TIME')
      now = now[1] * 1000 + math.floor(now[2] / 1000)
      -- The poll that was held ends: its tab was here until now. But a note may be a dead worker's (see presence_state).
      local polled = waiting == 0 and now - m[7] < 60000 and now or m[7]
      redis.call('HSET', mk, 'next', number, 'given', number, 'polled', polled)
    end
  end
  if not good then
    redis.call('DEL', mk, qk)
    redis.call('SREM', KEYS[1], tab)
    number = 0
  end
  if worker ~= '' then
    local n = #ring
    ring[n + 1], ring[n + 2], ring[n + 3] = worker, tab, number
  end
end
return ring
