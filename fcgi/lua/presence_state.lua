#!lua flags=allow-oom
-- What others see of a user who is here: by what the user chose, and by which tabs are idle.
-- KEYS: {u}:here, {u}:tabs. ARGV: what was chosen and the number of that change; or none.
-- Codes: 0 nothing, 1 online, 2 away, 3 busy. Gives {before, now}; {} where nobody holds a poll of the user, and
-- {'ask'} where it isn't known what was chosen.
local m = redis.call('HMGET', KEYS[1], 'chosen', 'version', 'shown')
local chosen, version, before = m[1], tonumber(m[2] or '-1'), m[3] or '0'
if not m[1] and redis.call('EXISTS', KEYS[1]) == 0 then return {} end
if ARGV[1] and tonumber(ARGV[2]) >= version then
  chosen, version = ARGV[1], tonumber(ARGV[2])
end
if not chosen then return { 'ask' } end

local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local prefix = string.sub(KEYS[2], 1, -5) .. 't:'
local active, idle = false, false
for _, tab in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  local t = redis.call('HMGET', prefix .. tab .. ':m', 'idle', 'worker', 'polled', 'base', 'given')
  -- A poll that is held, as long as one may be (the note may be a dead worker's; and what was given since ended that poll);
  -- or one that ended a moment ago: a bit less than the 10 s after which the worker asks.
  local since = now - tonumber(t[3] or '0')
  if since < 9500 or (t[2] and t[2] ~= '' and t[4] == t[5] and since < 60000) then
    if t[1] == '1' then idle = true else active = true end
  end
end
local shown = '1'
if chosen == 'invisible' then shown = '0'
elseif chosen == 'busy' then shown = '3'
elseif idle and not active then shown = '2' end
redis.call('HSET', KEYS[1], 'chosen', chosen, 'version', version, 'shown', shown, 'idle', idle and '1' or '0')
return { before, shown }
