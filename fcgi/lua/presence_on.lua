-- A worker holds polls of a user. KEYS: {u}:on. ARGV: worker, lease in seconds.
-- Gives 1 where the user was away before.
local was = redis.call('EXISTS', KEYS[1])
redis.call('HSET', KEYS[1], ARGV[1], 1)
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1 - was
