-- Appends an event to each queue of a user; without a queue nothing is made.
-- KEYS: {u}:tabs. ARGV: run, event (JSON without its "{" and number), most waiting events, and, for an event that
-- isn't worth keeping, how many may wait at most for it to be added ('' for others).
-- Gives a list of (worker, tab) to ring. The notes stay: a pusher that dies before it rings must not
-- silence the next one.
local ring = {}
local prefix = string.sub(KEYS[1], 1, -5) .. 't:'
for _, tab in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local mk, qk = prefix .. tab .. ':m', prefix .. tab .. ':q'
  local m = redis.call('HMGET', mk, 'run', 'base', 'next', 'worker', 'expires')
  if m[1] ~= ARGV[1] then
    redis.call('DEL', mk, qk)
    redis.call('SREM', KEYS[1], tab)
    if m[4] and m[4] ~= '' then ring[#ring + 1] = m[4]; ring[#ring + 1] = tab end
  else
    local waiting = tonumber(m[3]) - tonumber(m[2])
    if ARGV[4] == '' and waiting >= tonumber(ARGV[3]) then
      redis.call('DEL', mk, qk)
      redis.call('SREM', KEYS[1], tab)
      if m[4] ~= '' then ring[#ring + 1] = m[4]; ring[#ring + 1] = tab end
    elseif ARGV[4] == '' or waiting <= tonumber(ARGV[4]) then
      if redis.call('RPUSH', qk, ARGV[2]) == 1 then
        redis.call('PEXPIREAT', qk, m[5])
      end
      redis.call('HSET', mk, 'next', tonumber(m[3]) + 1)
      if m[4] ~= '' then ring[#ring + 1] = m[4]; ring[#ring + 1] = tab end
    end
  end
end
return ring
