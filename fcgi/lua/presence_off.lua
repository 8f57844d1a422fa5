#!lua flags=allow-oom
-- A worker holds no poll of a user any longer. KEYS: {u}:here. ARGV: worker, seconds for which what is known of the
-- user is kept where no other does.
-- Gives 'others' where another does ('idle' where some tab is, so that it is to be looked at anew); else what others
-- saw of the user (a code).
redis.call('HDEL', KEYS[1], ARGV[1])
local all = redis.call('HGETALL', KEYS[1])
local m = {}
local others = false
for i = 1, #all, 2 do
  m[all[i]] = all[i + 1]
  others = others or #all[i] == 16
end
if others then return m.idle == '1' and 'idle' or 'others' end
if ARGV[2] == '0' then
  redis.call('DEL', KEYS[1])
else
  redis.call('EXPIRE', KEYS[1], ARGV[2])
end
return m.shown or '0'
