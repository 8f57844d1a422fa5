#!lua flags=allow-oom
-- A worker holds no poll of a user any longer. KEYS: {u}:on. ARGV: worker.
-- Gives 1 where no other does.
redis.call('HDEL', KEYS[1], ARGV[1])
return 1 - redis.call('EXISTS', KEYS[1])
