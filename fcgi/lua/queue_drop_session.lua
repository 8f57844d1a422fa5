#!lua flags=allow-oom
-- Drops the queues that a session opened. KEYS: {u}:tabs. ARGV: session.
-- Gives a list of (worker, tab, 0) to ring, as a push does.
local ring = {}
local prefix = string.sub(KEYS[1], 1, -5) .. 't:'
for _, tab in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local m = redis.call('HMGET', prefix .. tab .. ':m', 'session', 'worker')
  if m[1] == ARGV[1] then
    redis.call('DEL', prefix .. tab .. ':m', prefix .. tab .. ':q')
    redis.call('SREM', KEYS[1], tab)
    if m[2] ~= '' then
      local n = #ring
      ring[n + 1], ring[n + 2], ring[n + 3] = m[2], tab, 0
    end
  end
end
return ring
