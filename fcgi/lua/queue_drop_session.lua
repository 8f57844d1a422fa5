#!lua flags=allow-oom
-- Drops the queues that a session opened. KEYS: {u}:tabs. ARGV: session.
-- Gives a list of (worker, tab) to ring.
local ring = {}
local prefix = string.sub(KEYS[1], 1, -5) .. 't:'
for _, tab in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local m = redis.call('HMGET', prefix .. tab .. ':m', 'session', 'worker')
  if m[1] == ARGV[1] then
    redis.call('DEL', prefix .. tab .. ':m', prefix .. tab .. ':q')
    redis.call('SREM', KEYS[1], tab)
    if m[2] ~= '' then ring[#ring + 1] = m[2]; ring[#ring + 1] = tab end
  end
end
return ring
