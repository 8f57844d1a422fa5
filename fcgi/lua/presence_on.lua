-- A worker holds polls of a user. KEYS: {u}:here. ARGV: worker, lease in seconds.
-- Gives what others see of the user (a code), or 'ask' where it isn't known what the user chose; with '?' behind it where some
-- tab is idle and others aren't: that may be over.
local m = redis.call('HMGET', KEYS[1], 'shown', 'chosen', 'idle')
redis.call('HSET', KEYS[1], ARGV[1], 1)
redis.call('EXPIRE', KEYS[1], ARGV[2])
if not m[2] then return 'ask' end
return m[1] .. ((m[3] == '1' and m[1] == '1') and '?' or '')
